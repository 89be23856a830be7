"""The DWT's comparators and steps of the monitor: ARM DDI 0403E, C1.8, C1.4.1 and C1.6.5."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import RAM, Guest, logged

WATCHED = RAM + 0x100
DFSR = 0xE000ED30
TRCENA, MON_EN, MON_PEND = 1 << 24, 1 << 16, 1 << 17

NAMES = f"""
    .equ DEMCR, 0xE000EDFC
    .equ DFSR, {DFSR}
    .equ CYCCNT, 0xE0001004
    .equ COMP0, 0xE0001020
    .equ MASK0, 0xE0001024
    .equ FUNCTION0, 0xE0001028
    .equ COMP1, 0xE0001030
    .equ FUNCTION1, 0xE0001038
    .equ COMP3, 0xE0001050
    .equ MASK3, 0xE0001054
    .equ FUNCTION3, 0xE0001058
"""
MONITOR = """
debugmonitor:
    log_register r7
    log_word DFSR
    put DFSR, 4
    bx lr
"""
"""Logs how far the code came, in R7, and why."""


def events(comparator: str, accesses: str, demcr: int = TRCENA | MON_EN) -> list[int]:
    """What MONITOR logs, and FUNCTION0 behind it, in both ways of execution."""
    source = f"""{NAMES}
reset:
    put DEMCR, {demcr}
    load r0, {WATCHED}
    mov r1, #0x55
{comparator}
    b 1f
1:
{accesses}
    b 1f
1:  put DEMCR, {TRCENA}
    b 1f
1:  log_word FUNCTION0
    b .
{MONITOR}"""
    outcomes = [logged(source, interpret=interpret) for interpret in (False, True)]
    assert outcomes[0] == outcomes[1]
    return outcomes[0]


LOAD, STORE = "    ldr r2, [r0]\n", "    str r1, [r0]\n"


@pytest.mark.parametrize(
    ("function", "access", "hits"),
    [
        (5, LOAD, True),
        (5, STORE, False),
        (6, STORE, True),
        (6, LOAD, False),
        (7, LOAD, True),
        (7, STORE, True),
        (0, STORE, False),
        (2, STORE, False),  # a packet with the value: tracing
    ],
)
def test_data_access_is_a_debug_event_behind_its_instruction(
    function: int, access: str, hits: bool
) -> None:
    """C1.8.10, table C1-14."""
    comparator = f"    put COMP0, {WATCHED}\n    put FUNCTION0, {function}\n"
    marked = f"    mov r7, #1\n{access}    mov r7, #2\n"
    matched = 1 << 24 if hits else 0
    assert events(comparator, marked) == [*([1, 4] if hits else []), matched | function]


def test_mask_ignores_low_bits_of_the_address() -> None:
    """C1.8.9: 2 to the power of MASK bytes; a Cortex-M4 ignores 15 bits at most."""
    comparator = f"    put COMP0, {WATCHED}\n    put MASK0, 4\n    put FUNCTION0, 6\n"
    stores = """
    mov r7, #1
    strb r1, [r0, #15]
    mov r7, #2
    strb r1, [r0, #16]
    mov r7, #3
    strh r1, [r0, #-1]
    mov r7, #4
    strb r1, [r0, #-1]
"""
    assert events(comparator, stores) == [1, 4, 3, 4, 1 << 24 | 6]
    assert events("    put MASK0, 31\n", "    log_word MASK0\n")[0] == 15


def test_value_is_compared_at_the_address_of_a_linked_comparator() -> None:
    """C1.8.10, DATAVMATCH: comparator 1 has the value, a halfword here, and 3 the address."""
    comparator = f"""
    put COMP3, {WATCHED}
    put COMP1, 0x12341234
    put FUNCTION1, 0x33506
"""
    stores = """
    mov r7, #1
    load r2, 0x1234
    strh r1, [r0]
    mov r7, #2
    strh r2, [r0, #2]
    mov r7, #3
    strh r2, [r0]
    mov r7, #4
    str r2, [r0]
"""
    assert events(comparator, stores)[:-1] == [3, 4]


def test_value_may_be_compared_at_any_address() -> None:
    comparator = "    put COMP1, 0x55\n    put FUNCTION1, 0x11906\n"
    stores = "    mov r7, #1\n    str r1, [r0]\n    mov r7, #2\n    str r0, [r0, #64]\n"
    assert events(comparator, stores)[:-1] == [1, 4]


def test_instruction_is_compared_when_it_has_been_executed() -> None:
    """C1.8.10, function 4: the handler returns behind the instruction, which doesn't hit again."""
    comparator = """
    adr r3, 7f
    load r10, COMP0
    str r3, [r10]
    put FUNCTION0, 4
"""
    loop = """
    mov r7, #0
    b 7f
    .align 2
7:  add r7, #1
    cmp r7, #3
    bne 7b
"""
    assert events(comparator, loop) == [1, 4, 2, 4, 3, 4, 1 << 24 | 4]


@pytest.mark.parametrize("demcr", [TRCENA, MON_EN])
def test_event_that_nobody_wants_is_ignored(demcr: int) -> None:
    """C1.4.1: neither a debugger nor DEMCR.MON_EN; C1.6.5: DEMCR.TRCENA is off."""
    comparator = f"    put COMP0, {WATCHED}\n    put FUNCTION0, 6\n"
    matched = 1 << 24 if demcr == TRCENA else 0
    assert events(comparator, STORE + "    log_word DFSR\n", demcr) == [0, matched | 6]


def test_event_waits_for_its_priority() -> None:
    """B1.5.1: a watchpoint is asynchronous and behaves as an interrupt."""
    comparator = f"    put COMP0, {WATCHED}\n    put FUNCTION0, 6\n    cpsid i\n"
    stores = f"{STORE}    mov r7, #2\n    log_word DEMCR\n    cpsie i\n    mov r7, #3\n"
    assert events(comparator, stores) == [TRCENA | MON_EN | MON_PEND, 2, 4, 1 << 24 | 6]


def test_matched_bit_clears_when_it_is_read() -> None:
    comparator = f"    put COMP0, {WATCHED}\n    put FUNCTION0, 6\n"
    source = f"{STORE}    log_word FUNCTION0\n"
    assert events(comparator, source) == [0, 4, 1 << 24 | 6, 6]


def test_event_within_an_it_block_comes_behind_its_instruction() -> None:
    comparator = f"    put COMP0, {WATCHED}\n    put FUNCTION0, 6\n"
    block = "    cmp r0, r0\n    itt eq\n    streq r1, [r0]\n    moveq r7, #2\n    mov r7, #3\n"
    assert events(comparator, block) == [0, 4, 1 << 24 | 6]


def test_monitor_can_be_pended_by_software() -> None:
    """C1.6.5, MON_PEND."""
    assert events("", f"    put DEMCR, {TRCENA | MON_EN | MON_PEND}\n") == [0, 0, 0]


def test_debugger_stops_at_the_guests_comparator() -> None:
    """C1.4: with C_DEBUGEN a debug event halts, and DEMCR.MON_EN is ignored."""
    source = f"""{NAMES}
reset:
    put DEMCR, {TRCENA | MON_EN}
    put COMP0, {WATCHED}
    put FUNCTION0, 6
    load r0, {WATCHED}
    b 1f
1:  mov r7, #1
    str r7, [r0]
    mov r7, #2
    log_word DFSR
    b .
"""
    guest = Guest(source)
    guest.core.debug.attached = True
    guest.run()
    assert (guest.register("r7"), guest.log) == (1, [])
    guest.run()
    assert (guest.register("r7"), guest.log) == (2, [4])


def test_comparators_show_in_no_slicing_and_survive_a_snapshot() -> None:
    source = f"""{NAMES}
reset:
    put DEMCR, {TRCENA | MON_EN}
    put COMP0, {WATCHED}
    put FUNCTION0, 6
    load r0, {WATCHED}
    mov r7, #0
    b 1f
1:  add r7, #1
    str r7, [r0, #4]
    tst r7, #3
    it eq
    streq r7, [r0]
    cmp r7, #40
    bne 1b
    log_word CYCCNT
    b .
{MONITOR}"""
    whole = Guest(source).run(20)
    sliced, other = Guest(source), Guest(source)
    for _ in range(4):
        sliced.run(1)
    first = list(sliced.log)
    other.core.restore(sliced.core.save())
    for _ in range(16):
        sliced.run(1)
        other.run(1)
    assert sliced.log == first + other.log == whole.log
    assert 0 < len(first) < len(whole.log)
    assert whole.log[:4] == [4, 4, 8, 4]
    assert sliced.rig.times == whole.rig.times


COUNTED = f"""{NAMES}
    .equ DWT_CTRL, 0xE0001000
reset:
    put DEMCR, {TRCENA | MON_EN}
    put CYCCNT, 0
    put DWT_CTRL, 1
    put COMP0, 1000
    put FUNCTION0, 0x84
    mov r7, #1
    {{wait}}
debugmonitor:
    log_word CYCCNT
    log_word DFSR
    log_word FUNCTION0
    put DFSR, 4
    put COMP0, 2500
    bx lr
"""


@pytest.mark.parametrize("interpret", [True, False])
@pytest.mark.parametrize("wait", ["1: b 1b", "1: wfi\n    b 1b", "1: adds r0, #1\n    b 1b"])
def test_counted_cycles_are_a_debug_event(wait: str, interpret: bool) -> None:
    """C1.8.10, CYCMATCH."""
    first, *rest = logged(COUNTED.replace("{wait}", wait), interpret=interpret)
    second = rest[2]
    assert 1000 <= first < 1040  # a read is charged with its block
    assert 2500 <= second < 2540
    assert rest == [4, 1 << 24 | 0x84, second, 4, 1 << 24 | 0x84]


@pytest.mark.parametrize(
    ("function", "demcr"), [(0x84, MON_EN), (0x80, TRCENA | MON_EN), (4, TRCENA)]
)
def test_cycles_are_not_compared_without_their_function(function: int, demcr: int) -> None:
    source = COUNTED.replace("0x84", f"{function:#x}").replace(
        f"put DEMCR, {TRCENA | MON_EN}", f"put DEMCR, {demcr}"
    )
    assert logged(source.replace("{wait}", "b .")) == []


STEPPED = f"""{NAMES}
reset:
    mov r4, #0
    svc #0
again:
    put DEMCR, {MON_EN | 1 << 18 | MON_PEND}
first:
    add r4, #1
    add r4, #2
    cbz r4, over
    b over
    nop
over:
    add r4, #4
    add r4, #8
    add r4, #16
    cmp r4, #60
    blt again
    b .
svc:
    bx lr
debugmonitor:
    log_register r4
    log_word DFSR
    put DFSR, 7
    ldr r0, [sp, #24]
    adr r1, first
    subs r0, r0, r1
    log_register r0
    tst r4, #8
    beq 1f
    put DEMCR, {MON_EN}
1:  bx lr
"""


@pytest.mark.parametrize("interpret", [True, False])
def test_monitor_steps_through_less_urgent_code(interpret: bool) -> None:
    """C1.6.5, MON_STEP: entered behind each instruction until it clears the bit."""
    log = logged(STEPPED, interpret=interpret)
    rounds = [tuple(log[at : at + 3]) for at in range(0, len(log), 3)]
    # MON_PEND is taken where its block ends, at the branch.
    first = [(3, 0, 10), (3, 1, 14), (7, 1, 18), (15, 1, 22)]
    second = [(34, 0, 10), (34, 1, 14), (38, 1, 18), (46, 1, 22)]
    assert rounds == first + second


WITHIN_IT = """
    cmp r4, r4
    itttt eq
    addeq r4, #8
    streq r4, [r6]
    ldreq r5, [r6]
    beq last
    add r4, #1
last:
"""


@pytest.mark.parametrize("interpret", [True, False])
def test_monitor_steps_within_it_blocks(interpret: bool) -> None:
    """Of an IT block's rest, which stores and loads and branches, nothing has been executed."""
    source = STEPPED.replace("    add r4, #8\n", WITHIN_IT).replace("tst r4, #8", "tst r4, #16")
    source = source.replace("reset:\n", "reset:\n    load r6, 0x20001000\n")
    log = logged(source, interpret=interpret)
    rounds = [tuple(log[at : at + 3]) for at in range(0, len(log), 3)]
    assert rounds[4:10] == [
        (7, 1, 22),
        (15, 1, 24),
        (15, 1, 26),
        (15, 1, 28),
        (15, 1, 34),
        (31, 1, 38),
    ]
