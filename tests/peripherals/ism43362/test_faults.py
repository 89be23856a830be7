"""Faults of the real module, and the error that ST's port returns for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.ism43362.faults import Fault, FaultKind
from renode_wifi.peripherals.ism43362.link import CURSOR
from renode_wifi.peripherals.ism43362.module import ISM43362
from renode_wifi.peripherals.network.world import load_world
from renode_wifi.peripherals.network.worldfile.faults import fault_of
from tests.peripherals.ism43362.drivers import MbedDriver, Reset, Status, StPort, Wires
from tests.peripherals.ism43362.rig import Rig
from tests.peripherals.ism43362.worlds import ECHO, make_world

SERVER = b"10.10.0.1"
CURED_BY_RESET = [
    FaultKind.HANG,
    FaultKind.OUT_OF_STEP,
    FaultKind.STUCK_LOW,
    FaultKind.STUCK_HIGH,
]


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def port(rig: Rig) -> StPort:
    port = rig.joined()
    assert port.connect(0, SERVER, ECHO)
    return port


def recover(port: StPort) -> None:
    """What the port asks of an application after SOCKETS_PERIPHERAL_RESET."""
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    assert port.connect(0, SERVER, ECHO)
    assert port.send_some(0, b"cured") == 5
    assert port.receive_some(0, 10) == b"cured"


@pytest.mark.parametrize("command", ["P0", "R1", "R2", "R0"])
@pytest.mark.parametrize("kind", CURED_BY_RESET)
def test_peripheral_reset_in_receive_is_cured_by_joining_again(
    rig: Rig, port: StPort, kind: FaultKind, command: str
) -> None:
    rig.module.inject(Fault(kind, command))
    with pytest.raises(Reset):
        port.receive_some(0, 10)
    recover(port)


@pytest.mark.parametrize("command", ["P0", "S2"])
@pytest.mark.parametrize("kind", CURED_BY_RESET)
def test_peripheral_reset_in_send_is_cured_by_joining_again(
    rig: Rig, port: StPort, kind: FaultKind, command: str
) -> None:
    rig.module.inject(Fault(kind, command))
    with pytest.raises(Reset):
        port.send_some(0, b"data")
    recover(port)


def test_hang_in_the_data_of_a_send_is_a_socket_error_first(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.HANG, "S3"))
    assert port.send_some(0, b"data") == -1
    with pytest.raises(Reset):
        port.send_some(0, b"data")
    recover(port)


@pytest.mark.parametrize("kind", [FaultKind.LEADING_PADS, FaultKind.PADS_WITHOUT_DATA])
def test_pads_ahead_of_data_reset_the_module(rig: Rig, port: StPort, kind: FaultKind) -> None:
    port.send_some(0, b"abc")
    rig.module.inject(Fault(kind, "R0"))
    with pytest.raises(Reset):
        port.receive_some(0, 10)
    recover(port)


def test_short_closed_form_resets_the_module(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.SHORT_CLOSED_FORM, "R0"))
    with pytest.raises(Reset):
        port.receive_some(0, 10)
    recover(port)


@pytest.mark.parametrize(
    ("form", "resets"),
    [
        (b"\r\n-1\r\n> ", True),
        (b"\r\nERROR", True),
        (b"\r\nERROR\r\n> ", False),
        (b"\r\n-1\r\nERROR\r\n> ", False),
    ],
)
def test_forms_of_a_dead_socket(form: bytes, resets: bool) -> None:
    """The table of closed forms: error of the socket, or reset of the module."""
    rig = Rig(closed_reply=form)
    port = rig.joined()
    if resets:
        with pytest.raises(Reset):
            port.receive_some(1, 10)
    else:
        assert port.receive_some(1, 10) is None


def test_closed_form_with_ok_is_delivered_as_data() -> None:
    port = Rig(closed_reply=b"\r\n-1\r\nOK\r\n> ").joined()
    assert port.receive_some(1, 10) == b"-1"
    assert port.send_some(1, b"x") == -1


@pytest.mark.parametrize(("command", "resets"), [("P0", True), ("R2", True), ("R0", False)])
def test_truncated_reply(rig: Rig, port: StPort, command: str, resets: bool) -> None:
    port.send_some(0, b"a long enough text")
    rig.module.inject(Fault(FaultKind.TRUNCATED, command, amount=9))
    if resets:
        with pytest.raises(Reset):
            port.receive_some(0, 100)
    else:
        assert port.receive_some(0, 100) is None


def test_oversized_reply_makes_the_driver_reset_by_itself(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.OVERSIZED, "P0"))
    assert port.receive_some(0, 10) is None
    assert port.resets == 2
    assert not port.connected()


def test_ready_high_after_a_reply_makes_the_driver_reset(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.HIGH_AFTER_REPLY, "P0"))
    assert port.receive_some(0, 10) is None
    assert port.resets == 2


def test_injected_error(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.ERROR, "S3"))
    assert port.send_some(0, b"x") == -1
    assert port.send_some(0, b"x") == 1


def test_lost_edge_is_a_time_out(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.EDGE_LOST, "P0"))
    start = rig.wires.now_us
    with pytest.raises(Reset):
        port.receive_some(0, 10)
    assert rig.wires.now_us - start >= 30_000_000
    recover(port)


def test_mbed_reads_on_after_pads(rig: Rig) -> None:
    driver = MbedDriver(rig.wires)
    driver.start()
    rig.module.inject(Fault(FaultKind.LEADING_PADS, "Z5", amount=4))
    assert driver.execute(b"Z5\r").startswith(b"\x15" * 4 + b"\r\nC4:7F:51")


def test_slow_reply(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.SLOW, "Z5", amount=3_000_000))
    start = rig.wires.now_us
    port.ok(b"Z5\r")
    assert 3_000_000 <= rig.wires.now_us - start < 3_010_000


def test_dropped_connection(rig: Rig, port: StPort) -> None:
    assert port.connect(1, SERVER, ECHO)
    rig.module.inject(Fault(FaultKind.CONNECTION_DROPPED, "R0"))
    assert port.receive_some(0, 10) is None
    rig.module.inject(Fault(FaultKind.CONNECTION_DROPPED, "Z5", amount=1))
    port.ok(b"Z5\r")
    assert port.send_some(1, b"x") == -1
    assert port.close(1)


def test_connect_fails_although_the_server_is_there(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.CONNECT_FAILS))
    assert not port.connect(1, SERVER, ECHO)
    assert port.connect(1, SERVER, ECHO)


def test_scan_without_an_answer(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.HANG, "F0"))
    assert port.execute(b"F0\r")[0] is Status.IO_ERROR


def test_stuck_after_a_failed_join(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.STUCK_LOW, "C0"))
    port.ok(b"CD\r")
    assert not port.connect_ap(b"fwemu-ap", b"wrong")
    assert not rig.wires.ready
    assert port.reset()
    recover(port)


def test_fault_strikes_the_nth_command_and_only_so_often(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.ERROR, "Z5", nth=3, times=2))
    outcomes = [port.execute(b"Z5\r")[0] is Status.OK for _ in range(6)]
    assert outcomes == [True, True, False, False, True, True]
    assert [each["kind"] for each in rig.traced("fault")] == ["error", "error"]


def test_fault_that_never_ends(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.ERROR, "Z5", times=0))
    assert not any(port.execute(b"Z5\r")[0] is Status.OK for _ in range(4))
    rig.module.processor.faults.clear()
    assert port.execute(b"Z5\r")[0] is Status.OK


def test_fault_at_a_time(rig: Rig, port: StPort) -> None:
    rig.module.inject(Fault(FaultKind.ERROR, at=rig.machine.clock.now + 1_000_000_000))
    assert port.execute(b"Z5\r")[0] is Status.OK
    rig.wires.wait_ms(1000)
    assert port.execute(b"CS\r")[0] is not Status.OK
    assert port.execute(b"CS\r")[0] is Status.OK


def test_faults_of_a_world_file() -> None:
    machine = BenchMachine()
    module = ISM43362(machine, "wifi")
    faults = (
        fault_of("error", {"command": "Z5", "nth": 2}),
        fault_of("hang", {"at": "60 s"}),
    )
    module.connect_world(make_world(machine, faults=faults))
    port = StPort(Wires(machine, module))
    assert port.start()
    assert [port.execute(b"Z5\r")[0] is Status.OK for _ in range(3)] == [True, False, True]
    port.wires.wait_ms(60_000)
    assert port.execute(b"Z5\r")[0] is Status.IO_ERROR


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"kind": "explodes"},
        {"kind": "hang", "when": "now"},
        {"kind": "hang", "at": "soon"},
        {"kind": "hang", "at": -5},
        {"do": "abort"},
        {"kind": "hang", "nth": "first"},
    ],
)
def test_faults_that_make_no_sense(entry: dict[str, object]) -> None:
    with pytest.raises(RenodeWifiError):
        Fault.from_entry(entry)


# The prompt after RESET, which ST's driver reads into 6 bytes (STM32CubeL4, issues 82 and 83)


def prompt_of(rig: Rig, words: int = 20) -> bytes:
    """What a host reads after RESET for as long as the ready line is high, `words` at most."""
    wires = rig.wires
    wires.deselect()
    wires.reset(True)
    wires.wait_ms(10)
    wires.reset(False)
    wires.wait_ms(500)
    wires.select()
    data = b""
    while wires.ready and len(data) < 2 * words:
        data += wires.read(1)
    wires.deselect()
    return data


@pytest.mark.parametrize(
    ("fault", "prompt"),
    [
        (Fault(FaultKind.LEADING_PADS, amount=4), b"\x15" * 4 + CURSOR),
        (Fault(FaultKind.LEADING_PADS, "prompt", amount=4), b"\x15" * 4 + CURSOR),
        (Fault(FaultKind.OVERSIZED, amount=10), CURSOR + b"####"),
        (Fault(FaultKind.TRUNCATED, amount=3), CURSOR[:3] + b"\x15"),
        (Fault(FaultKind.HIGH_AFTER_REPLY), CURSOR + b"\x15" * 34),
        (Fault(FaultKind.OUT_OF_STEP), b"\x15\x15" + CURSOR[:4]),
        (Fault(FaultKind.STUCK_HIGH), CURSOR + b"\x15" * 34),
        (Fault(FaultKind.STUCK_LOW), b""),
        (Fault(FaultKind.HANG), b""),
        (Fault(FaultKind.SLOW), b""),
        (Fault(FaultKind.SLOW, amount=100_000), CURSOR),
        (Fault(FaultKind.LEADING_PADS, "I?"), CURSOR),
        (Fault(FaultKind.ERROR), CURSOR),
        (Fault(FaultKind.LEADING_PADS, nth=2), CURSOR),
    ],
    ids=lambda value: value.kind.value if isinstance(value, Fault) else "",
)
def test_prompt_is_spoilt(fault: Fault, prompt: bytes) -> None:
    rig = Rig()
    rig.module.inject(fault)
    assert prompt_of(rig) == prompt


def test_spoilt_prompt_is_in_the_trace_and_the_next_one_is_whole() -> None:
    rig = Rig()
    rig.module.inject(Fault(FaultKind.LEADING_PADS, amount=4))
    assert len(prompt_of(rig)) == 10
    assert rig.traced("fault") == [{"kind": "leading-pads", "request": "prompt"}]
    assert prompt_of(rig) == CURSOR
    assert rig.port.start()


def test_world_file_spoils_the_prompt(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    spoilt = "faults: [{kind: leading-pads, amount: 4}]"
    file.write_text("access_points: [{ssid: home}]\nradio:\n  options:\n    " + spoilt + "\n")
    rig = Rig(world=False)
    rig.module.connect_world(load_world(file, rig.machine, None, {}))
    assert prompt_of(rig) == b"\x15" * 4 + CURSOR
