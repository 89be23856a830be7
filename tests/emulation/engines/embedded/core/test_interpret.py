"""What the core executes itself ends as Unicorn's execution does, in every bit and cycle."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.engines.embedded import Core
from tests.emulation.engines.embedded.guest import Guest

CODE, RAM = 0x0800_0000, 0xA000_0000
"""Nothing is executed from there: what was known of code would be forgotten with every change."""
START = CODE + 0x100
HANDLER = CODE + 0x80
NAMES = (*(f"r{i}" for i in range(13)), "sp", "lr", "pc")
SEEN = (*NAMES, "xpsr", "msp", "psp", "control", "primask", "basepri", "faultmask")
NOP = struct.pack("<H", 0xBF00)
STAY = struct.pack("<H", 0xE7FE)
VECTORS = struct.pack("<16I", RAM + 0x800, *15 * [HANDLER + 1])
CYCLE = 12.5
"""ns."""


def _filled(code: bytes, size: int) -> bytes:
    return code + (size - len(code)) // 2 * STAY


class Pair:
    """The same code from the same state, executed by the one and by the other."""

    def __init__(self) -> None:
        self.core = core = Core()
        core.map_memory(CODE, 0x1000, "code", kind="flash")
        core.map_memory(RAM, 0x1000, "ram")
        core.vector_table = CODE
        self.ram = bytes(range(256)) * 16

    def outcomes(
        self,
        code: bytes,
        registers: list[int],
        flags: int,
        prepare: Callable[[], None] | None = None,
        seen: Sequence[str] = SEEN,
    ) -> tuple[list[object], list[object], int]:
        """Of Unicorn, of the core, and how many instructions the latter executed."""
        core = self.core
        core.bus.write_bytes(CODE, _filled(VECTORS, 0x100) + _filled(code + 8 * NOP, 0xF00))
        core.bus.write_bytes(RAM, self.ram)
        core.reset()
        for name, value in zip(NAMES, [*registers, RAM + 0x800, CODE + 0x201, START], strict=True):
            core.write_register(name, value)
        core.write_register("apsr_nzcv", flags << 28)
        if prepare is not None:
            prepare()
        start = core.save()
        core.use_fast_paths(True, False)
        translated = self._outcome(seen)
        core.restore(start)
        core.use_fast_paths(True, True)
        before = core.interpreted
        return translated, self._outcome(seen), core.interpreted - before

    def _outcome(self, seen: Sequence[str]) -> list[object]:
        core = self.core
        core.run(core.now + int(200 * CYCLE))
        registers: list[object] = [core.read_register(name) for name in seen]
        return [*registers, core.bus.read_bytes(RAM, 0x1000), core.instructions]


LOW = st.integers(0, 255)
ADDRESS = st.integers(0, 0x3FF).map(lambda offset: RAM + 0x400 + offset)
ALIGNED = st.integers(0, 0xFF).map(lambda word: RAM + 0x400 + 4 * word)
VALUE = st.one_of(LOW, ALIGNED, ADDRESS, st.integers(0, 0xFFFFFFFF))
IT_AND_HINTS = range(0xBF00, 0xC000)
T16 = (
    st.integers(0, 0xE7FF)
    .filter(lambda code: code not in IT_AND_HINTS)
    .map(lambda code: struct.pack("<H", code))
)
CONDITIONAL = st.tuples(st.integers(0, 13), T16).map(
    lambda parts: struct.pack("<H", 0xBF08 | parts[0] << 4) + parts[1]
)
GROUPS = (0xE800, 0xEA00, 0xF000, 0xF200, 0xF800, 0xFA00, 0xFB00)
COMMON = (0xF8D0, 0xF8C0, 0xF890, 0xF9B0, 0xF850, 0xE920, 0xE8B0, 0xE9D0, 0xE9C0, 0xE8D0, 0xFA80)
SPECIAL = (0xF380, 0xF3E0)
T32 = st.tuples(
    st.one_of(
        st.sampled_from(GROUPS).flatmap(lambda group: st.integers(group, group + 0x1FF)),
        st.sampled_from(COMMON + SPECIAL).flatmap(lambda group: st.integers(group, group + 15)),
    ),
    st.one_of(
        st.integers(0, 0xFFFF),
        st.integers(0, 0xF).map(lambda low: 0x0F80 | low),
        st.sampled_from([0x8005, 0x8808, 0x8809, 0x8810, 0x8811, 0x8812]),
    ),
).map(lambda halves: struct.pack("<HH", *halves))
CONDITIONAL_T32 = st.tuples(st.integers(0, 13), T32).map(
    lambda parts: struct.pack("<H", 0xBF08 | parts[0] << 4) + parts[1]
)
INSTRUCTION = st.one_of(T16, T16, CONDITIONAL, T32, T32, CONDITIONAL_T32)
PAIR = Pair()
IT_EQ, IT_NE, MOV_R0_R0 = b"\x08\xbf", b"\x18\xbf", b"\0\0"


@settings(max_examples=600)
@given(
    st.lists(INSTRUCTION, min_size=1, max_size=4),
    st.lists(VALUE, min_size=13, max_size=13),
    st.integers(0, 15),
)
def test_any_code_ends_as_unicorn_would_have_it(
    code: list[bytes], registers: list[int], flags: int
) -> None:
    translated, interpreted, _ = PAIR.outcomes(b"".join(code), registers, flags)
    assert interpreted == translated


@pytest.mark.parametrize("stack", [8, 9])
@pytest.mark.parametrize("first", [b"", IT_NE])
@pytest.mark.parametrize("second", [b"", IT_NE, IT_EQ])
def test_msr_clears_the_lowest_bits_as_with_unicorn(
    first: bytes, second: bytes, stack: int
) -> None:
    """MSR ends a block, and the entry of the first can't know R0."""
    msr = struct.pack("<HH", 0xF380, 0x8800 | stack)
    code = IT_EQ + MOV_R0_R0 + first + msr + second + msr
    translated, interpreted, _ = PAIR.outcomes(code, [57] * 13, 0)
    assert interpreted == translated
    assert translated[SEEN.index("msp" if stack == 8 else "psp")] == 56


EXCEPTIONS = """
reset:
    load r5, 0x20004000
    msr psp, r5
    mov r0, #2
    msr control, r0
    isb
    put SHPR3, 0x20FF0000       @ SysTick 0x20, PendSV 0xFF
    put IPR0, 0x40101000        @ of 1 and 2 the same, 3 less urgent
    put ISER0, 0x0F
    put SYST_RVR, 799
    put SYST_CSR, 7
    mov r4, #0
again:
    adds r4, r4, #1
    mov r0, #0x30
    msr basepri, r0             @ masks PendSV and irq3, not SysTick
    adds r6, r6, r4
    mov r0, #0
    msr basepri, r0
    tst r4, #63
    bne again
    svc 7
    wfi
    b again

svc:
    mrs r0, psp
    ldr r1, [r0, #24]
    ldrb r2, [r1, #-2]
    log_register r2
    bx lr

systick:
    push {r4-r9, lr}
    ldr r4, =0x20000000
    ldrd r5, r6, [r4]
    adds r5, r5, #3
    adc r6, r6, r5, lsl #3
    strd r5, r6, [r4]
    add r7, r4, #16
    stmia r7!, {r5, r6}
    ldmdb r7, {r8, r9}
    strb r8, [r4, #40]
    ldrsb r8, [r4, #40]
    strh r9, [r4, #42]!
    ldrsh r9, [r4], #2
    cmp r8, r9
    ite gt
    subgt r9, r8, r9
    rsble r9, r8, r9
    ubfx r8, r9, #3, #9
    bfi r9, r8, #20, #5
    umull r5, r6, r9, r5
    smlal r5, r6, r8, r9
    mls r5, r6, r8, r5
    clz r6, r5
    rev r8, r5
    rbit r9, r8
    uxtb r8, r9, ror #8
    sxtah r9, r8, r5
    udiv r6, r9, r6
    uadd8 r6, r6, r5
    sel r5, r8, r9
    lsls r6, r6, r6
    rors r5, r6
    rrx r8, r5
    bl sum
    and r0, r0, #3
    tbb [pc, r0]
table_of_sums:
    .byte (first - table_of_sums) / 2, (second - table_of_sums) / 2
    .byte (second - table_of_sums) / 2, (first - table_of_sums) / 2
first:
    put RAISE, 1                @ preempts
    b out
second:
    put RAISE, 2
    put RAISE, 3                @ tail-chains
    put ICSR, 0x10000000
out:
    log_register r0
    log_register r5
    pop {r4-r9, pc}
sum:
    cbz r6, 1f
    eor r0, r6, r5, asr #7
    movt r0, #0x1234
    bx lr
1:  mvn r0, r8
    bx lr
    .ltorg

irq1:
    put LOWER, 1
    log 0x101
    bx lr
irq2:
    put LOWER, 2
    log 0x102
    bx lr
irq3:
    put LOWER, 3
    cpsid i
    log 0x103
    cpsie i
    bx lr
pendsv:
    log 0x50
    bx lr
"""


def _run(interpret: bool, slices: int) -> tuple[list[object], float]:
    guest = Guest(EXCEPTIONS, interpret=interpret)
    core = guest.core
    for number in range(slices):
        core.run(6_000_000 * (number + 1) // slices)
    state: list[object] = [guest.register(name) for name in SEEN]
    return [guest.log, guest.rig.times, state, core.instructions], (
        core.interpreted / core.instructions
    )


@pytest.mark.parametrize("slices", [1, 100])
def test_exceptions_come_and_go_as_with_unicorn(slices: int) -> None:
    translated, none = _run(False, 1)
    interpreted, share = _run(True, slices)
    assert interpreted == translated
    assert none == 0
    assert share > 0.7  # the rest was slept


def test_handlers_that_use_the_fpu_keep_its_registers() -> None:
    source = """
reset:
    put CPACR, 0x00F00000
    dsb
    isb
    vmov.f32 s0, #1.0
    vmov.f32 s1, #1.5
    put SYST_RVR, 499
    put SYST_CSR, 7
again:
    vadd.f32 s0, s0, s1
    b again
systick:
    push {r4, lr}
    vmov.f32 s0, #2.0
    vmov r4, s1
    log_register r4
    vmrs r4, fpscr
    log_register r4
    pop {r4, pc}
"""
    logs = []
    for interpret in (False, True):
        guest = Guest(source, interpret=interpret).run(1000)
        logs.append((guest.log, guest.rig.times, guest.register("d0")))
    assert logs[0] == logs[1]
    assert len(logs[0][0]) > 100


def test_code_that_is_overwritten_is_executed_as_it_is_now() -> None:
    source = """
reset:
    load r4, 0x20001000
    load r5, 0x47702000         @ movs r0, #0; bx lr
    str r5, [r4]
    put SYST_RVR, 699
    put SYST_CSR, 7
    mov r7, #0
again:
    add r7, r7, #1
    uxtb r6, r7
    orr r6, r6, r5
    str r6, [r4]
    mov r0, #60
1:  subs r0, #1
    bne 1b
    b again
systick:
    push {r4, lr}
    load r4, 0x20001001
    blx r4
    log_register r0
    pop {r4, pc}
"""
    logs = []
    for interpret in (False, True):
        guest = Guest(source, interpret=interpret).run(1000)
        logs.append((guest.log, guest.rig.times))
    assert logs[0] == logs[1]
    assert len(set(logs[0][0])) > 50


LEAVING = """
reset:
    put SYST_RVR, 499
    put SYST_CSR, 7
    mov r9, #0
again:
    adds r4, #1
    b again
systick:
    push {r4-r7, lr}
    add r9, r9, #1
    load r4, 0x20000200
    load r6, 0
    cmp r9, #5
    itttt eq
    movweq r4, #((TARGET) & 0xFFFF)
    movteq r4, #(((TARGET) >> 16) & 0xFFFF)
    movweq r6, #((VALUE) & 0xFFFF)
    movteq r6, #(((VALUE) >> 16) & 0xFFFF)
    log 0x11
    str r6, [r4]
    add r3, r3, #1
    mrs r7, control             @ not executed by the core itself
    log 0x77
    log_register r3
    pop {r4-r7, pc}
"""


@pytest.mark.parametrize(
    ("target", "value"),
    [("AIRCR", "0x05FA0004"), ("CCR", "0x210"), ("RIG_CALL", "1"), ("0x20000200", "1")],
)
def test_block_that_is_left_in_its_middle_goes_on_without_a_break(target: str, value: str) -> None:
    source = LEAVING.replace("TARGET", target.replace("RIG_CALL", "0x40000018")).replace(
        "VALUE", value
    )
    outcomes = []
    for interpret in (False, True):
        guest = Guest(source, interpret=interpret)
        core = guest.core
        guest.rig.actions[1] = core.request_stop
        seen: list[object] = []
        for time in range(0, 100_000, 150):
            core.run(time)
            seen.append((core.instructions, guest.register("pc")))
        outcomes.append((seen, guest.log, guest.rig.times))
    assert outcomes[0] == outcomes[1]


def test_handler_that_changes_code_is_left_where_it_was() -> None:
    source = """
reset:
    load r4, 0x20001000
    load r5, 0x00004770         @ bx lr
    str r5, [r4]
    add r4, r4, #1
    blx r4
    mov r9, #0
    put SYST_RVR, 699
    put SYST_CSR, 7
    b .
systick:
    push {r4, lr}
    load r4, 0x22040800         @ a bit, by its alias
    cmp r9, #20
    it eq
    subeq r4, #0x20000          @ now of the page with that code
    str r9, [r4]
    add r9, r9, #1
    mrs r7, control             @ not executed by the core itself
    log_register r9
    pop {r4, pc}
"""
    logs = []
    for interpret in (False, True):
        guest = Guest(source, interpret=interpret).run(1000)
        logs.append((guest.log, guest.rig.times, guest.faults))
    assert logs[0] == logs[1]
    assert len(logs[0][0]) > 50


def test_jump_to_where_a_device_points_reads_it_once() -> None:
    source = """
reset:
    put SYST_RVR, 699
    put SYST_CSR, 7
    b .
systick:
    load r4, 0x40000020
    ldr pc, [r4]
    .align 2
hardfault:
    log 3
    b .
"""
    accesses = []
    for interpret in (False, True):
        guest = Guest(source, interpret=interpret)
        guest.rig.answer = 0x2000_0000
        guest.run(100)
        accesses.append((guest.rig.accesses, guest.log, guest.rig.times))
    assert accesses[0] == accesses[1]
