"""A phone and a lamp of the world, with each other."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import SECOND, VirtualClock
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.bluetooth import advertising
from renode_wifi.peripherals.network.bluetooth.surroundings import BluetoothSurroundings
from renode_wifi.peripherals.network.contract.bluetooth import PROPERTIES, parse_address
from renode_wifi.peripherals.network.worldfile.devices.bluetooth import (
    BluetoothSettings,
    CentralSettings,
    CharacteristicSettings,
    CharacteristicWrite,
    PeripheralSettings,
    ServiceSettings,
)

POWER, STATE, ALARM = b"\1\x2b", b"\2\x2b", b"\3\x2b"


def characteristic(uuid: bytes, *names: str, value: bytes = b"") -> CharacteristicSettings:
    return CharacteristicSettings(uuid, tuple(PROPERTIES[name] for name in names), value)


LAMP = PeripheralSettings(
    "lamp",
    parse_address("AA:00:00:00:00:01"),
    services=(
        ServiceSettings(
            b"\x30\x1a",
            (
                characteristic(POWER, "read", "write", value=b"\0"),
                characteristic(STATE, "read", "notify"),
                characteristic(ALARM, "write without response", "indicate"),
            ),
        ),
    ),
)


class Room:
    def __init__(self, **settings: Any) -> None:
        self.clock = VirtualClock()
        self.said: list[dict[str, object]] = []
        central = CentralSettings("phone", **{"connects": "la*", "after": SECOND, **settings})
        around = BluetoothSettings((central,), (LAMP,))
        self.around = BluetoothSurroundings(self.clock, self._trace, around)
        self.phone = self.around.central("phone")
        self.lamp = self.around.peripheral("lamp")

    def _trace(self, event: str, **fields: object) -> None:
        self.said.append(fields)

    def did(self, peer: str) -> list[object]:
        return [each["do"] for each in self.said if each["peer"] == peer]


def test_a_central_does_what_its_settings_say() -> None:
    room = Room(
        reads=(POWER,),
        subscribes=(STATE,),
        writes=(
            CharacteristicWrite(POWER, b"\1", SECOND),
            CharacteristicWrite(ALARM, b"\2", SECOND),
        ),
        leaves=5 * SECOND,
    )
    room.clock.advance(3 * SECOND)
    assert room.lamp.received == [(POWER, b"\1"), (ALARM, b"\2")]
    room.lamp.set_value(STATE, b"on")
    room.clock.advance(4 * SECOND)
    assert room.phone.received == [(STATE, b"on")]
    assert room.phone.values[POWER] == b"\0"
    assert room.did("phone") == [
        *("found", "connected", "discovered", "subscribed", "read", "wrote", "wrote"),
        *("received", "disconnected"),
    ]
    assert room.did("lamp") == ["connected", "configured", "written", "written", "disconnected"]


@pytest.mark.parametrize(
    ("uuids", "listed"),
    [
        ([b"\x0d\x18", b"\x0f\x18"], b"\x05\x03\x0d\x18\x0f\x18"),
        ([bytes(range(16))], b"\x11\x07" + bytes(range(16))),
        ([bytes(range(16)), b"\x0d\x18"], b"\x03\x03\x0d\x18\x11\x07" + bytes(range(16))),
        ([bytes(range(16))] * 2, b""),
        ([], b""),
    ],
)
def test_advertising_lists_services_as_far_as_they_fit(uuids: list[bytes], listed: bytes) -> None:
    assert advertising.services(uuids) == listed


@pytest.mark.parametrize("name", ["lamp", "a lamp with quite a long name"])
def test_a_peripheral_advertises_its_services(name: str) -> None:
    settings = replace(LAMP, name=name)
    around = BluetoothSurroundings(VirtualClock(), print, BluetoothSettings((), (settings,)))
    (advertiser,) = around.air._advertisers.values()
    found = advertising.structures(advertiser.data) | advertising.structures(advertiser.response)
    assert found[advertising.SHORT_UUIDS] == b"\x30\x1a"


def test_a_central_connects_by_address_and_again() -> None:
    room = Room(connects="aa:00:00:00:00:01", leaves=SECOND, again=True)
    room.clock.advance(6 * SECOND)
    assert room.did("phone").count("connected") > 2


def test_indications_are_confirmed_and_subscriptions_end() -> None:
    room = Room()
    room.clock.advance(3 * SECOND)
    room.phone.subscribe(ALARM)
    room.clock.advance(SECOND)
    room.lamp.set_value(ALARM, b"!")
    room.clock.advance(SECOND)
    assert room.phone.received == [(ALARM, b"!")]
    room.phone.subscribe(ALARM, 0)
    room.clock.advance(SECOND)
    room.lamp.set_value(ALARM, b"?")
    room.clock.advance(SECOND)
    assert len(room.phone.received) == 1


def test_what_is_not_there_is_reported() -> None:
    room = Room(reads=(rb"\9\9",))
    with pytest.raises(RenodeWifiError, match="knows no characteristic"):
        room.phone.read(POWER)
    room.clock.advance(3 * SECOND)
    assert "missing" in room.did("phone")
    room.phone.subscribe(POWER)
    room.phone.read(ALARM)
    room.clock.advance(SECOND)
    assert [each.did for each in room.phone.outcomes] == ["refused", "refused"]
    with pytest.raises(RenodeWifiError, match="has no characteristic"):
        room.lamp.set_value(rb"\9\9", b"")
    for wrong in (room.around.central, room.around.peer):
        with pytest.raises(RenodeWifiError, match="no Bluetooth device"):
            wrong("nobody")
    with pytest.raises(RenodeWifiError, match="does not connect"):
        room.around.central("lamp")


def test_a_connection_survives_pickling() -> None:
    room = Room()
    room.clock.advance(2 * SECOND)
    copy = pickle.loads(pickle.dumps(room))
    copy.phone.write(POWER, b"\5")
    copy.clock.advance(SECOND)
    assert copy.lamp.values[POWER] == b"\5"
    assert room.lamp.values[POWER] == b"\0"
