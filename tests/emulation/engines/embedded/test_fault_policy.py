"""When a fault ends the run, and when the firmware's handler decides.

What the core does is that of ARM DDI 0403E, whose sections the tests name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi import Board
from renode_wifi.emulation.board import session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.engines.embedded.faults import loops_purely
from renode_wifi.emulation.image.crash import Crash
from renode_wifi.emulation.image.image import Image, Segment
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import OnFault, Stop
from tests.emulation.guest import FLASH, RAM

MICROSECOND, MILLISECOND = 1_000, 1_000_000
CODE, HANDLER = FLASH + 0x40, FLASH + 0x60
READ_UNMAPPED = "4ff03041 0868"  # mov.w r1, #0xB0000000; ldr r0, [r1]
STAY = "fee7"  # b .
AGAIN = "fde7"  # b to the load
LOOP = STAY
SKIP = "0698 0230 0690 7047"  # ldr r0, [sp, #24]; adds r0, #2; str r0, [sp, #24]; bx lr
POLL = "1868 fde7"  # ldr r0, [r3]; b to it
COUNT = "0132 013a 0132 fbe7"  # adds and subs of r2, then back: other registers each time
RESET = "0148 0249 0160 fee7 0ced00e0 0400fa05"  # AIRCR = VECTKEY | SYSRESETREQ


RAM_IN_R2 = "4ff00052"  # mov.w r2, #0x20000000


def guest(handler: str, then: str = STAY, code: str | None = None) -> Image:
    vectors = [RAM + 0x2000, CODE + 1, *[HANDLER + 1] * 14]
    program = READ_UNMAPPED + then if code is None else code
    begin = bytes.fromhex(program).ljust(HANDLER - CODE, b"\0")
    data = b"".join(vector.to_bytes(4, "little") for vector in vectors)
    return Image(
        Path("guest.bin"), "binary", [Segment(FLASH, data + begin + bytes.fromhex(handler))]
    )


def running(handler: str, policy: OnFault = OnFault.REPORT) -> EmbeddedEngine:
    engine = EmbeddedEngine.of_board(boards.find("b_l475e_iot01a"), None, 5)
    engine.on_fault = policy
    engine.load(guest(handler))
    return engine


def test_a_handler_that_only_loops_is_a_crash_at_once() -> None:
    """B1.5.14: the fault escalates to a HardFault; B3.2.18: BFAR has the address."""
    engine = running(LOOP)
    assert engine.run(1000 * MILLISECOND) is Stop.CRASH
    assert engine.now < 100 * MICROSECOND
    assert engine.crash is not None
    assert engine.crash.address == 0xB000_0000
    assert engine.run(1000 * MILLISECOND) is Stop.CRASH


def test_a_handler_that_goes_on_is_reported() -> None:
    """B1.5.8: the handler returns behind the instruction, by the address that it stacked."""
    engine = running(SKIP)
    reported: list[Crash] = []
    engine.fault_listeners.append(reported.append)
    assert engine.run(MILLISECOND) is Stop.TIME
    assert engine.crash is None
    assert [fault.address for fault in reported] == [0xB000_0000]


def test_a_handler_that_polls_for_ever_is_a_crash() -> None:
    """B1.5.14: a HardFault's handler is code as any other, and no lockup (B1.5.15)."""
    engine = running(POLL)
    assert engine.run(1000 * MILLISECOND) is Stop.CRASH
    assert 200 * MILLISECOND < engine.now < 400 * MILLISECOND


def test_a_handler_that_resets_goes_on_and_is_reported() -> None:
    """B3.2.6: AIRCR.SYSRESETREQ."""
    engine = running(RESET)
    reported: list[Crash] = []
    engine.fault_listeners.append(reported.append)
    assert engine.run(MILLISECOND) is Stop.TIME
    assert engine.crash is None
    assert len(reported) > 1


def test_every_fault_ends_the_run_on_request() -> None:
    """B1.5.14: at the entry of the handler, which goes on from there."""
    engine = running(SKIP, OnFault.STOP)
    assert engine.run(MILLISECOND) is Stop.CRASH
    assert engine.run(MILLISECOND) is Stop.TIME


def test_a_fault_with_a_handler_of_its_own_ends_the_run_on_request() -> None:
    """B1.5.14, B3.2.13: BusFault is enabled, and its handler would go on."""
    engine = running(SKIP, OnFault.STOP)
    engine.machine.bus.write(0xE000ED24, 7 << 16, 4)
    assert engine.run(MILLISECOND) is Stop.CRASH
    assert engine.crash is not None
    assert engine.crash.taken == engine.crash.raised
    assert engine.run(MILLISECOND) is Stop.TIME


@pytest.mark.parametrize(
    ("size", "attributes", "then", "cause", "address"),
    [
        # Read only: a store to the first KiB (DACCVIOL), what an SVC stacks at the end (MSTKERR).
        (10, 6 << 24, "1060", "access that the MPU forbids: write at 0x20000000", RAM),
        (13, 6 << 24, "00df", "stacking that the MPU forbids", None),
        # No instruction may be fetched (IACCVIOL).
        (13, 1 << 28 | 3 << 24, "0132 1047", "fetch from an execute-never region", None),
    ],
)
def test_what_the_mpu_forbids_is_said_so(
    size: int, attributes: int, then: str, cause: str, address: int | None
) -> None:
    """B3.2.15: MMFSR, of a fault that escalates (B3.2.16: FORCED). The region begins with RAM."""
    engine = EmbeddedEngine.of_board(boards.find("b_l475e_iot01a"), None, 5)
    engine.load(guest(STAY, code=f"{RAM_IN_R2} {then} {STAY}"))
    bus = engine.machine.bus
    bus.write(0xE000_ED98, 0, 4)
    bus.write(0xE000_ED9C, RAM, 4)
    bus.write(0xE000_EDA0, attributes | (size - 1) << 1 | 1, 4)
    bus.write(0xE000_ED94, 5, 4)
    assert engine.run(MILLISECOND) is Stop.CRASH
    assert engine.crash is not None
    assert engine.crash.cause.startswith("HardFault in thread mode: ")
    assert cause in engine.crash.cause
    assert address is None or engine.crash.address == address


def test_an_access_where_nothing_is_shows_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Renode's words, with the address of the instruction, whatever the handler does then."""
    engine = running(SKIP)
    engine.run(MILLISECOND)
    assert caplog.messages == [
        "sysbus: [cpu: 0x8000044] ReadDoubleWord from non existing peripheral at 0xB0000000"
        " (reported once)"
    ]


@pytest.mark.parametrize("handler", [LOOP, POLL, SKIP])
def test_no_fault_ends_the_run_on_request(handler: str) -> None:
    """B1.5.14: the handler decides."""
    engine = running(handler, OnFault.CONTINUE)
    assert engine.run(500 * MILLISECOND) is Stop.TIME
    assert engine.crash is None


@pytest.mark.parametrize("handler", [LOOP, POLL])
def test_slices_and_snapshots_change_nothing(handler: str) -> None:
    """B1.5.14, cut anywhere between the fault and the crash."""
    whole, sliced = running(handler), running(handler)
    assert whole.run(1000 * MILLISECOND) is Stop.CRASH
    while sliced.run(sliced.now + 7 * MICROSECOND + sliced.now // 3) is Stop.TIME:
        sliced.restore(sliced.save())
    assert sliced.crash == whole.crash
    assert sliced.now == whole.now


def test_a_reset_forgets_the_crash() -> None:
    """B1.5.5: after a reset there is no fault."""
    engine = running(LOOP)
    engine.run(MILLISECOND)
    engine.reset()
    assert engine.crash is None


@pytest.mark.parametrize(
    ("code", "loops"),
    [
        ("fee7", True),
        ("00bf fde7", True),  # nop; b to it
        ("30bf fde7", True),  # wfi; b to it
        ("fff7febf", True),  # b.w .
        ("0846 fde7", True),  # mov r0, r1; b to it
        ("1868 fde7", False),  # a load may see a change
        ("7047", False),
        ("8746 fde7", False),  # mov pc, r0
    ],
)
def test_loops_that_nothing_ends(code: str, loops: bool) -> None:
    """A7.7.12, a branch to itself or back over what changes nothing, B1.5.19 over WFI."""
    data = bytes.fromhex(code).ljust(64, b"\0")
    assert loops_purely(lambda at: int.from_bytes(data[at : at + 2], "little"), 0) is loops


def test_firmware_that_lives_on_faults_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MAX_HANDLED_FAULTS", 10)
    with Board("b_l475e_iot01a", engine="embedded") as board:
        assert isinstance(board.engine, EmbeddedEngine)
        board.engine.load(guest(SKIP, then=AGAIN))
        assert board.engine.run(MILLISECOND) is Stop.TIME
        assert len(board.handled_faults) == 10
        assert board.handled_fault_count > 100


def test_faults_that_concern_nobody_do_not_leave_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = running(SKIP, OnFault.CONTINUE)
    engine.load(guest(SKIP, then=AGAIN))
    runs: list[int] = []
    machine = engine.machine
    run = machine.run

    def counted(until: int) -> Stop:
        runs.append(until)
        return run(until)

    monkeypatch.setattr(machine, "run", counted)
    assert engine.run(MILLISECOND) is Stop.TIME
    assert len(runs) < 5
