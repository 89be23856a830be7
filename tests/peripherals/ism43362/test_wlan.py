"""Joining, addresses, names, ping and scan, as ST's port does it and by single commands."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.ism43362.faults import Fault, FaultKind
from tests.peripherals.ism43362.drivers import OK_TAIL, Status, StPort
from tests.peripherals.ism43362.rig import Rig

ALL_SETTINGS = 15


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def port(rig: Rig) -> StPort:
    assert rig.port.start()
    return rig.port


def test_join_and_leave_as_the_port_does(port: StPort) -> None:
    port.log.clear()
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    assert [command[:2] for command in port.log] == [b"CS", b"C1", b"C2", b"C3", b"C0", b"C?"]
    assert port.connected()
    port.log.clear()
    assert port.connect_ap(b"fwemu-ap2", b"fwemu-pass2")
    assert port.log[1] == b"CD\r"
    assert port.disconnect()
    assert not port.connected()


def test_join_reports_the_address(port: StPort) -> None:
    port.ok(b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=3\r")
    assert port.ok(b"C0\r") == b"[JOIN   ] fwemu-ap,10.10.0.50,0,0"


def test_settings_line_has_every_field(port: StPort) -> None:
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    fields = port.ok(b"C?\r").split(b",")
    assert fields == [
        b"fwemu-ap",
        b"fwemu-pass",
        b"3",
        b"1",
        b"0",
        b"10.10.0.50",
        b"255.255.255.0",
        b"10.10.0.1",
        b"10.10.0.1",
        b"0.0.0.0",
        b"3",
        b"0",
        b"0",
        b"US",
        b"1",
    ]
    assert len(fields) == ALL_SETTINGS
    assert port.disconnect()
    fields = port.ok(b"C?\r").split(b",")
    assert fields[5:10] == [b"0.0.0.0"] * 5
    assert fields[-1] == b"0"


def test_leaving_without_having_joined_is_fine(port: StPort) -> None:
    assert port.disconnect()


@pytest.mark.parametrize(
    ("ssid", "passphrase", "security"),
    [
        (b"invalid ssid", b"fwemu-pass", 3),
        (b"fwemu-ap", b"invalid password", 3),
        (b"fwemu-ap", b"fwemu-pass", 0),
        (b"x" * 33, b"fwemu-pass", 3),
        (b"fwemu-ap", b"x" * 33, 3),
        (b"fwemu-ap", b"x" * 65, 3),
        (b"", b"fwemu-pass", 3),
        (b"fwemu-ap", b"(null)", 3),
        (b"fwemu-ap", b"", 3),
        (b"fwemu-ap", b"fwemu-pass", 255),
    ],
)
def test_wrong_access_data_are_refused(
    port: StPort, ssid: bytes, passphrase: bytes, security: int
) -> None:
    assert not port.connect_ap(ssid, passphrase, security)
    assert not port.connected()


def test_failed_join_says_so(port: StPort) -> None:
    port.ok(b"C1=nobody\r", b"C2=x\r", b"C3=3\r")
    status, reply = port.execute(b"C0\r")
    assert status is Status.UNEXPECTED_CLOSED_SOCKET
    assert reply.startswith(b"\r\n[JOIN   ] nobody,Failed\r\nERROR")


def test_joining_twice_is_an_error_that_arm_s_driver_knows(port: StPort) -> None:
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    assert b"Already connected!" in port.execute(b"C0\r")[1]
    assert port.connected()


def test_static_addresses(port: StPort) -> None:
    port.ok(b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=4\r", b"C4=0\r", b"C5=0\r")
    port.ok(b"C6=10.10.0.77\r", b"C7=255.255.0.0\r", b"C8=10.10.0.1\r", b"C9=10.10.0.9\r")
    port.ok(b"CA=10.10.0.8\r")
    assert port.ok(b"C?\r").split(b",")[5] == b"10.10.0.77"
    assert b"10.10.0.77" in port.ok(b"C0\r")
    assert port.ok(b"C?\r").split(b",")[5:10] == [
        b"10.10.0.77",
        b"255.255.0.0",
        b"10.10.0.1",
        b"10.10.0.9",
        b"10.10.0.8",
    ]


def test_without_address_server_the_join_fails(rig: Rig, port: StPort) -> None:
    rig.world.access_point("fwemu-ap").dhcp.answering = False
    assert not port.connect_ap(b"fwemu-ap", b"fwemu-pass")


def test_settings_that_only_have_to_be_accepted(port: StPort) -> None:
    port.ok(
        b"CB=5\r", b"CC=0\r", b"CE=0\r", b"CN=US/0\r", b"CF=1\r", b"CJ=0\r", b"CM=0\r", b"CW=0\r"
    )
    assert port.ok(b"C?\r").split(b",")[10] == b"5"
    assert port.execute(b"C5=1\r")[0] is Status.UNEXPECTED_CLOSED_SOCKET


def test_signal_strength(port: StPort) -> None:
    assert port.ok(b"CR\r") == b"0"
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    assert port.ok(b"CR\r") == b"-50"


def test_lost_access_point(rig: Rig, port: StPort) -> None:
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    rig.world.deauthenticate(rig.world.access_point("fwemu-ap"), "switched off")
    assert not port.connected()
    assert b"Disconnected" in port.ok(b"MR\r")


def test_auto_connect_after_saving(rig: Rig, port: StPort) -> None:
    port.ok(b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=3\r", b"CC=1\r", b"Z1\r")
    assert port.reset()
    rig.wires.wait_ms(3000)
    assert port.connected()
    assert port.ok(b"MR\r") == b"[SOMA][JOIN   ] fwemu-ap,10.10.0.50,0,0[EOMA]"


def test_auto_connect_that_fails_leaves_a_message(rig: Rig, port: StPort) -> None:
    port.ok(b"C1=elsewhere\r", b"CC=1\r", b"Z1\r")
    assert port.reset()
    rig.wires.wait_ms(5000)
    assert not port.connected()
    assert port.ok(b"MR\r") == b"[SOMA][JOIN   ] elsewhere,Failed[EOMA]"


def test_names(port: StPort) -> None:
    assert port.host_by_name(b"amazon.com") is None
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    assert port.host_by_name(b"amazon.com") == b"93.184.216.34"
    assert port.host_by_name(b"many.test") == b"10.10.0.1"
    assert port.host_by_name(b"10.1.2.3") == b"10.1.2.3"
    assert port.host_by_name(b"invalid") is None
    assert port.host_by_name(b"x" * 300) is None
    assert port.host_by_name(b"\xff\xfe") is None
    assert port.host_by_name(b"") is None


def test_unknown_name_may_get_the_last_answer(rig: Rig, port: StPort) -> None:
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    rig.module.inject(Fault(FaultKind.STALE_DNS))
    assert port.host_by_name(b"amazon.com") == b"93.184.216.34"
    assert port.host_by_name(b"invalid") == b"93.184.216.34"
    assert port.host_by_name(b"invalid") is None


def test_ping(rig: Rig, port: StPort) -> None:
    port.ok(b"T1=10.10.0.1\r", b"T2=3\r", b"T3=10\r")
    assert port.execute(b"T0=\r")[0] is not Status.OK
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    start = rig.wires.now_us
    assert port.ok(b"T0=\r") == b"\r\n".join([b"10.10.0.1,2"] * 3)
    assert 20_000 < rig.wires.now_us - start < 30_000
    port.ok(b"T1=10.10.0.99\r", b"T2=1\r")
    assert port.ok(b"T0\r") == b"10.10.0.99,Timeout"
    assert port.ok(b"T?\r") == b"10.10.0.99,1,10"


@pytest.mark.parametrize("command", [b"T2=0\r", b"T3=0\r"])
def test_ping_with_a_zero_pings_at_least_once(port: StPort, command: bytes) -> None:
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    port.ok(b"T1=10.10.0.1\r", command)
    assert port.ok(b"T0\r") == b"10.10.0.1,2"


def test_scan_one_by_one_gives_at_least_ten(port: StPort) -> None:
    lines = port.scan()
    assert len(lines) >= 10
    for number, line in enumerate(lines, 1):
        assert line.startswith(b'\r\n#%03d,"' % number)
        assert len(line.split(b",")) == 9
        assert line.rstrip(b"\x15").endswith(b"\r\n> ")
    ours = next(line for line in lines if b'"fwemu-ap"' in line)
    assert ours.split(b",")[2] == b"02:00:00:00:00:01"
    assert ours.split(b",")[6] == b"WPA2 AES"
    assert port.ok(b"MR\r") == b"[SOMA][EOMA]"


def test_scan_all_at_once_fits_the_driver_s_buffer(port: StPort) -> None:
    status, reply = port.execute(b"F0\r")
    assert status is Status.OK
    assert len(reply) < 1400
    assert reply.count(b"#") >= 10
    assert reply.startswith(b'\r\n#001,"fwemu-ap')


def test_scan_reply_is_cut_at_whole_lines() -> None:
    rig = Rig(scan_reply_limit=200)
    assert rig.port.start()
    reply = rig.port.ok(b"F0\r")
    assert reply.count(b"#") == 2
    assert len(reply) + len(OK_TAIL) + 2 <= 200


def test_scan_options(port: StPort) -> None:
    port.ok(b"F1=2\r", b"F3=6\r")
    assert port.ok(b"F?\r") == b"2,0,6,0,0"
    assert port.execute(b"F0=9\r")[0] is not Status.OK


def test_scan_where_nothing_is_on_the_air() -> None:
    rig = Rig(world=False)
    assert rig.port.start()
    assert rig.port.scan() == []


def test_auto_connect_without_a_world_does_nothing() -> None:
    port = Rig(world=False).port
    assert port.start()
    port.ok(b"C1=fwemu-ap\r", b"CC=1\r", b"Z1\r")
    assert port.reset()
    assert not port.connected()


def test_module_without_a_world_cannot_join() -> None:
    rig = Rig(world=False)
    assert rig.port.start()
    assert not rig.port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    assert rig.port.disconnect()
    assert rig.port.ok(b"CR\r") == b"0"
    assert rig.port.host_by_name(b"amazon.com") is None
