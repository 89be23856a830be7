"""Bluetooth devices around the board, as a world file says it."""

from collections.abc import Iterator
from typing import Annotated

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.bluetooth import (
    PROPERTIES,
    DeviceAddress,
    parse_address,
    parse_uuid,
)
from renode_wifi.peripherals.network.worldfile.converter import Many, Model
from renode_wifi.peripherals.network.worldfile.rules import Mistake, ValueRule, text, text_of
from renode_wifi.peripherals.network.worldfile.values import Duration, Text, Truth

CENTRAL_ADDRESS = parse_address("02:48:50:00:00:01")
PERIPHERAL_ADDRESS = parse_address("02:48:50:00:00:02")
MAX_VALUE = 512
"""Bytes of an attribute (Bluetooth Core 4.1, Vol 3, Part F, section 3.2.9)."""


def _uuid(raw: object) -> bytes:
    return parse_uuid(text_of(raw))


def _address(raw: object) -> DeviceAddress:
    return parse_address(text_of(raw))


def _value(raw: object) -> bytes:
    value = bytes.fromhex(text_of(raw))
    if len(value) > MAX_VALUE:
        raise ValueError
    return value


def _property(raw: object) -> int:
    name = text_of(raw)
    if name not in PROPERTIES:
        raise ValueError
    return PROPERTIES[name]


Uuid = Annotated[bytes, ValueRule("a UUID such as 2a37, in quotes where it is all digits", _uuid)]
BluetoothAddress = Annotated[
    DeviceAddress,
    ValueRule("an address such as 11:22:33:44:55:66, or one with ` random`", _address),
]
Bytes = Annotated[bytes, ValueRule('bytes in hexadecimal, in quotes, such as "01 ff"', _value)]
Property = Annotated[
    int, ValueRule(f"one of {', '.join(PROPERTIES)}", _property, choices=tuple(PROPERTIES))
]
PeerName = Annotated[str, text("a short name")]


@late_dataclass(frozen=True)
class CharacteristicWrite(Model):
    DESCRIPTION = "a characteristic, the value to write, and after which time"

    characteristic: Uuid
    value: Bytes
    after: Duration = 0
    """After the characteristics are found."""


@late_dataclass(frozen=True)
class CentralSettings(Model):
    DESCRIPTION = "a device that connects: its name, and the local name or address it connects to"

    name: PeerName
    connects: Text
    """A pattern of local names, or an address."""
    address: BluetoothAddress = CENTRAL_ADDRESS
    after: Duration = 1000 * MILLISECOND
    interval: Duration = 50 * MILLISECOND
    """Between connection events."""
    subscribes: Annotated[tuple[Uuid, ...], Many("a list of UUIDs")] = ()
    reads: Annotated[tuple[Uuid, ...], Many("a list of UUIDs")] = ()
    writes: Annotated[tuple[CharacteristicWrite, ...], Many("a list of what it writes")] = ()
    leaves: Duration | None = None
    """After the connection is made."""
    again: Truth = False
    """Whether it looks again after a connection has ended."""

    def check(self) -> Iterator[Mistake]:
        """The limits of Vol 2, Part E, section 7.8.12."""
        yield from _check_interval(self.interval, 7.5, 4000)


@late_dataclass(frozen=True)
class CharacteristicSettings(Model):
    DESCRIPTION = "a characteristic: its uuid, properties and value"

    uuid: Uuid
    properties: Annotated[tuple[Property, ...], Many("a list of properties")] = (
        PROPERTIES["read"],
    )
    value: Bytes = b""

    @property
    def bits(self) -> int:
        return sum(set(self.properties))


@late_dataclass(frozen=True)
class ServiceSettings(Model):
    DESCRIPTION = "a service: its uuid and characteristics"

    uuid: Uuid
    characteristics: Annotated[
        tuple[CharacteristicSettings, ...], Many("a list of characteristics")
    ] = ()


@late_dataclass(frozen=True)
class PeripheralSettings(Model):
    DESCRIPTION = "a device that advertises: its name, which is its local name, and its services"

    name: PeerName
    address: BluetoothAddress = PERIPHERAL_ADDRESS
    interval: Duration = 100 * MILLISECOND
    """Between advertising events."""
    services: Annotated[tuple[ServiceSettings, ...], Many("a list of services")] = ()

    def check(self) -> Iterator[Mistake]:
        """The limits of Vol 6, Part B, section 4.4.2.2."""
        yield from _check_interval(self.interval, 20, 10240)


def _check_interval(interval: int, shortest: float, longest: float) -> Iterator[Mistake]:
    if not shortest <= interval / MILLISECOND <= longest:
        yield Mistake(
            "no device has such an interval",
            f"write one from {shortest} ms to {longest} ms",
            path=("interval",),
        )


@late_dataclass(frozen=True)
class BluetoothSettings(Model):
    DESCRIPTION = "the Bluetooth devices around the board: centrals and peripherals"

    centrals: Annotated[tuple[CentralSettings, ...], Many("a list of devices that connect")] = ()
    peripherals: Annotated[
        tuple[PeripheralSettings, ...], Many("a list of devices that advertise")
    ] = ()

    def check(self) -> Iterator[Mistake]:
        names = [each.name for each in self.centrals]
        names += [each.name for each in self.peripherals]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Mistake(f"two devices are called {name}", "give one another name")
