"""Identification, settings, persistence, access-point mode, and the profile."""

from __future__ import annotations

import pickle

import pytest

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.ism43362.asynchronous import MAX_PENDING
from renode_wifi.peripherals.ism43362.credentials import CredentialSet
from renode_wifi.peripherals.ism43362.faults import Fault, FaultKind
from renode_wifi.peripherals.ism43362.module import ISM43362
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.network.worldfile.radio import CredentialSettings, RadioSettings
from tests.peripherals.ism43362.drivers import Status, StPort
from tests.peripherals.ism43362.rig import Rig
from tests.peripherals.ism43362.worlds import make_world


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def port(rig: Rig) -> StPort:
    assert rig.port.start()
    return rig.port


def test_firmware_version_is_a_setting() -> None:
    rig = Rig(firmware="C3.5.2.3.BETA9")
    assert rig.port.start()
    assert b",C3.5.2.3.BETA9," in rig.port.ok(b"I?\r\n")


def test_mac_address_is_fixed_by_the_seed_or_given() -> None:
    ports = [Rig().port, Rig().port, Rig(mac="C4:7F:51:01:02:03").port]
    for port in ports:
        assert port.start()
    addresses = [port.ok(b"Z5\r") for port in ports]
    assert addresses[0] == addresses[1]
    assert addresses[0].startswith(b"C4:7F:51:")
    assert addresses[2] == b"C4:7F:51:01:02:03"


def test_new_mac_address_is_used_after_saving_and_a_restart(rig: Rig, port: StPort) -> None:
    old = rig.module.processor.system.mac
    port.ok(b"Z4=2:0:0:A:B:C\r")
    assert port.ok(b"Z5\r") == b"02:00:00:0A:0B:0C"
    assert port.reset()
    assert port.ok(b"Z5\r") == old.hex(":").upper().encode()
    port.ok(b"Z4=2:0:0:A:B:C\r", b"Z1\r")
    assert port.reset()
    assert port.ok(b"Z5\r") == b"02:00:00:0A:0B:0C"
    station = rig.module.processor.station
    assert station is not None
    assert station.mac == b"\x02\0\0\x0a\x0b\x0c"
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")


def test_settings_line(port: StPort) -> None:
    port.ok(b"Z6=192.168.7.1\r", b"Z7=1234\r", b"ZN=my module\r", b"ZP=1,1\r")
    fields = port.ok(b"Z?\r").split(b",")
    assert len(fields) == 11
    assert fields[1] == b"1234"
    assert fields[5:7] == [b"192.168.7.1", b"1"]
    assert fields[10] == b"my module"
    assert port.ok(b"I?\r\n").endswith(b",my module")


@pytest.mark.parametrize(
    "command",
    [
        b"Z4=12:34\r",
        b"Z4\r",
        b"Z6=nowhere\r",
        b"ZN=\r",
        b"ZP=1\r",
        b"ZP=a,b\r",
        b"Z0=10\rhttp://x",
        b"Z2\r",
    ],
)
def test_bad_system_commands(port: StPort, command: bytes) -> None:
    assert port.execute(command)[0] is Status.UNEXPECTED_CLOSED_SOCKET


def test_factory_reset_forgets_what_was_saved(port: StPort) -> None:
    port.ok(b"C1=saved\r", b"ZN=saved\r", b"Z1\r", b"Z0\r")
    assert b"saved" not in port.ok(b"Z?\r")
    assert port.reset()
    assert b"saved" not in port.ok(b"C?\r")


def test_settings_not_saved_are_lost_in_a_reset(port: StPort) -> None:
    port.ok(b"C1=kept\r", b"Z1\r", b"C1=lost\r")
    assert port.ok(b"C?\r").startswith(b"lost,")
    assert port.reset()
    assert port.ok(b"C?\r").startswith(b"kept,")


def test_reboot_by_command_leaves_the_network(rig: Rig) -> None:
    port = rig.joined()
    port.send(b"ZR\r")
    rig.wires.deselect()
    rig.wires.wait_edge(1000)
    rig.wires.select()
    assert rig.wires.read(3) == b"\x15\x15\r\n> "
    rig.wires.deselect()
    assert not port.connected()


def test_reset_while_a_reboot_is_under_way(rig: Rig, port: StPort) -> None:
    port.send(b"ZR\r")
    rig.wires.deselect()
    assert port.reset()
    assert port.execute(b"I?\r\n")[0] is Status.OK


def test_reset_while_a_command_waits_for_the_network(rig: Rig, port: StPort) -> None:
    port.ok(b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=3\r")
    port.send(b"C0\r")
    rig.wires.deselect()
    rig.wires.wait_ms(50)
    assert port.reset()
    rig.wires.wait_ms(5000)
    assert not port.connected()


def test_unknown_commands(port: StPort) -> None:
    for command in (b"XX\r", b"U0\r", b"Q?\r", b"C\r"):
        status, reply = port.execute(command)
        assert status is Status.UNEXPECTED_CLOSED_SOCKET
        assert b"USAGE" in reply


def test_listed_but_unmodelled_commands_may_succeed() -> None:
    rig = Rig(unmodelled_succeed=True)
    assert rig.port.start()
    assert rig.port.ok(b"E2=1\r") == b""
    assert rig.port.execute(b"XX\r")[0] is not Status.OK


def test_error_without_a_reason() -> None:
    rig = Rig(error_text=False)
    assert rig.port.start()
    assert rig.port.execute(b"P5=1\r")[1] == b"\r\nERROR\r\n> \x15"


def test_one_more_line_before_ok() -> None:
    rig = Rig(extra_line_before_ok=True)
    assert rig.port.start()
    assert rig.port.execute(b"P0=0\r")[1] == b"\r\n\r\n\r\nOK\r\n> "
    assert rig.port.execute(b"CS\r")[1] == b"\r\n0\r\nOK\r\n> \x15"


def test_messages_are_bounded(rig: Rig, port: StPort) -> None:
    for number in range(100):
        rig.module.processor.messages.post(b"%d" % number)
    assert port.ok(b"MR\r") == b"[SOMA]%d[EOMA]" % (100 - MAX_PENDING)


def visible(rig: Rig) -> list[bytes]:
    """Names on the air, as another radio scans them."""
    return [beacon.ssid for beacon in rig.world.station(b"\x02\0\0\0\0\x77").scan()]


def test_access_point_mode(rig: Rig, port: StPort) -> None:
    port.ok(b"AS=0,my-ap\r", b"A1=3\r", b"A2=secret-key\r", b"AC=6\r", b"AT=4\r", b"AL=2\r")
    assert port.ok(b"AD\r") == b"[AP     ] my-ap,3,192.168.10.1"
    assert visible(rig).count(b"my-ap") == 1
    assert b"Already running" in port.execute(b"AD\r")[1]
    line = port.ok(b"A?\r").split(b",")
    assert line[:2] == [b"my-ap", b"192.168.10.1"]
    assert line[-1] == b"1"
    phone = rig.world.station(b"\x02\0\0\0\0\x09")
    joined: list[object] = []
    phone.join(b"my-ap", b"secret-key", None, joined.append)
    rig.wires.wait_ms(2000)
    assert phone.lease is not None
    client = b"02:00:00:00:00:09", str(phone.lease.address).encode()
    assert b"[DHCP   ] Assigned %s has %s" % client in port.ok(b"MR\r")
    assert port.ok(b"AA\r") == b"%s,%s" % client
    assert port.ok(b"AR\r") == b"-40"
    phone.leave()
    assert port.ok(b"AA\r") == b""
    phone.join(b"my-ap", b"secret-key", None, joined.append)
    rig.wires.wait_ms(2000)
    assert port.ok(b"AA\r") == b"%s,%s" % client
    port.ok(b"AE\r")
    assert port.ok(b"AA\r") == b""
    assert port.ok(b"A?\r").endswith(b",0")


def test_access_point_ends_with_a_reset(rig: Rig, port: StPort) -> None:
    port.ok(b"AS=1,open\r", b"A1=0\r", b"Z6=10.9.8.1\r")
    assert port.ok(b"AD\r").endswith(b",10.9.8.1")
    own = b"open_" + rig.module.processor.system.mac.hex().upper().encode()
    assert own in visible(rig)
    assert port.reset()
    assert own not in visible(rig)


@pytest.mark.parametrize(
    "command", [b"AS=2,x\r", b"AS=x\r", b"A1=6\r", b"AC=15\r", b"AT=5\r", b"AL=255\r"]
)
def test_bad_access_point_settings(port: StPort, command: bytes) -> None:
    assert port.execute(command)[0] is Status.UNEXPECTED_CLOSED_SOCKET


def test_access_point_needs_a_key_and_a_radio(port: StPort) -> None:
    port.ok(b"A1=3\r", b"A2=short\r", b"AC=0\r")
    assert b"key too short" in port.execute(b"AD\r")[1]
    alone = Rig(world=False).port
    assert alone.start()
    assert b"no radio" in alone.execute(b"AD\r")[1]


def test_z3_as_drivers_send_it(port: StPort) -> None:
    """Z3=0 ahead of Z0, right after the prompt."""
    port.ok(b"ZN=mine\r", b"Z1\r", b"Z3=0\r")
    assert port.ok(b"I?\r").endswith(b"mine")
    port.ok(b"Z0\r")
    assert port.ok(b"I?\r").endswith(b"Inventek eS-WiFi")
    assert port.execute(b"Z3=1\r")[0] is Status.UNEXPECTED_CLOSED_SOCKET


def test_unknown_attribute_is_reported_with_the_known_ones() -> None:
    with pytest.raises(RenodeWifiError, match="no attribute 'bootTimes'") as caught:
        ISM43362(BenchMachine(), bootTimes=3)
    assert "bootTimeUs" in str(caught.value)


@pytest.mark.parametrize(
    "attributes",
    [
        {"bootTimeUs": "soon"},
        {"serverName": "any"},
        {"mac": "C4-7F"},
        {"error_text": 1},
        {"timing": "slow"},
    ],
)
def test_attributes_of_the_wrong_kind(attributes: dict[str, object]) -> None:
    with pytest.raises(RenodeWifiError):
        ISM43362(BenchMachine(), **attributes)


def test_byte_strings_are_written_with_escapes() -> None:
    profile = ModuleProfile.from_attributes({"closedReply": "\\r\\n-1\\r\\n> "})
    assert profile.closed_reply == b"\r\n-1\r\n> "


def test_world_file_has_a_word_in_the_radio() -> None:
    machine = BenchMachine()
    module = ISM43362(machine, "wifi", firmware="C3.5.2.2", bootTimeUs=50_000)
    radio = RadioSettings(
        tls="relaxed",
        credentials=(CredentialSettings(3, ca=b"CA"),),
        options={"firmware": "C6.2.1.7"},
    )
    module.connect_world(make_world(machine, radio=radio))
    assert module.profile.firmware == "C6.2.1.7"
    assert module.profile.boot_time_us == 50_000
    assert module.profile.maximum_tls == "TLSv1.3"
    assert module.processor.credentials.sets[3] == CredentialSet(ca=b"CA")


def test_credential_set_that_does_not_exist() -> None:
    module = ISM43362(BenchMachine())
    with pytest.raises(RenodeWifiError, match="no credential set 4"):
        module.processor.credentials.provision(4, CredentialSet())


def test_whole_module_is_saved_and_goes_on(rig: Rig) -> None:
    port = rig.joined()
    rig.module.inject(Fault(FaultKind.ERROR, "Z5", nth=2))
    port.send(b"C0\r")
    rig.wires.deselect()
    twin: Rig = pickle.loads(pickle.dumps(rig))
    for each in (rig, twin):
        assert b"Already connected" in (each.port.receive(0) or b"")
        assert each.port.execute(b"Z5\r")[0] is Status.OK
        assert each.port.execute(b"Z5\r")[0] is not Status.OK
    assert rig.machine.traced == twin.machine.traced
