"""Accesses that must be aligned, and faults exactly at an instruction: ARM DDI 0403E, A3.2.1."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import RAM, STACK, Guest, logged

ALIGNED, UNALIGNED = RAM + 0x100, RAM + 0x102
UNALIGNED_FAULT, DIVIDE_BY_ZERO = 1 << 24, 1 << 25

WORDS = (
    "ldmia r6!, {r2, r3}",
    "ldmia.w r6, {r2, r8}",
    "ldmdb r6!, {r2, r3}",
    "stmia r6!, {r2, r3}",
    "stmdb r6!, {r2, r8}",
    "ldrd r2, r3, [r6]",
    "ldrd r2, r3, [r6, #8]!",
    "ldrd r2, r3, [r6], #-8",
    "strd r2, r3, [r6, #-4]",
    "vldr s0, [r6, #4]",
    "vldr d1, [r6]",
    "vstr s1, [r6]",
    "vldmia r6!, {s0-s3}",
    "vstmdb r6!, {s0-s3}",
    "ldrex r2, [r6]",
    "strex r2, r3, [r6]",
)
HALFWORDS = ("ldrexh r2, [r5]", "strexh r2, r3, [r5]")
SINGLE = (
    "ldr r2, [r6]",
    "str r2, [r6, #4]",
    "ldrh r2, [r6, #1]",
    "ldr.w r2, [r6, #4]!",
    "ldrexb r2, [r6]",
)

HEAD = f"""
reset:
    put CPACR, 0x00F00000
    isb
    load r6, {UNALIGNED}
    load r5, {RAM + 0x201}
    mov r2, #2
    mov r3, #3
"""
TAIL = """
    log 1
    b .
hardfault:
    log_word CFSR
    ldr r1, [sp, #24]
    log_register r1
    b .
"""


def _fault(guest: Guest) -> tuple[int, int]:
    """Status and size of the instruction at which the guest faulted."""
    status, pc = guest.log
    code = int.from_bytes(guest.core.bus.read_bytes(pc, 2), "little")
    assert pc == guest.faults[0].pc
    return status, 4 if code >> 11 >= 0x1D else 2


@pytest.mark.parametrize("instruction", [*WORDS, *HALFWORDS])
def test_words_must_be_aligned(instruction: str) -> None:
    """A3.2.1: LDM, STM, LDRD, STRD, VLDR, VSTR, PUSH, and exclusive accesses of their size."""
    guest = Guest(f"{HEAD} b 1f\n1: {instruction}\n{TAIL}").run()
    assert _fault(guest)[0] == UNALIGNED_FAULT
    assert guest.log[1] % 2 == 0


@pytest.mark.parametrize("instruction", SINGLE)
def test_single_accesses_may_be_unaligned(instruction: str) -> None:
    """A3.2.1: all others, unless CCR.UNALIGN_TRP is set."""
    assert logged(f"{HEAD} {instruction}\n{TAIL}") == [1]


@pytest.mark.parametrize("instruction", WORDS)
def test_aligned_words_do_not_fault(instruction: str) -> None:
    head = HEAD.replace(str(UNALIGNED), str(ALIGNED))
    assert logged(f"{head} {instruction}\n{TAIL}") == [1]


@pytest.mark.parametrize(
    "computed",
    [
        "mov r4, #2\n add r6, r6, r4, lsl #2",
        "lsl r4, r6, #2\n orr r6, r4, #1",
        "bic r6, r6, #3\n add r6, #2",
        "ubfx r4, r6, #0, #2\n bic r6, #3\n add r6, r4",
        "mov r4, #3\n mla r6, r4, r4, r6\n add r6, #2",
    ],
)
def test_base_computed_in_the_same_block_is_seen(computed: str) -> None:
    guest = Guest(f"{HEAD} b 1f\n1: {computed}\n ldrd r2, r3, [r6]\n{TAIL}").run()
    assert _fault(guest)[0] == UNALIGNED_FAULT


@pytest.mark.parametrize(
    "loaded",
    [
        "ldr r6, [r4]",
        "str r6, [r4]\n ldr r6, [r4]",
        "strd r6, r2, [r4]\n ldrd r6, r2, [r4]",
        "stm r4, {r6}\n ldm r4, {r6}",
        "vmov s0, r6\n mov r6, #0\n vmov r6, s0",
        "mov r2, #0\n uadd8 r6, r6, r2",
        "cmp r2, #2\n ite eq\n moveq r6, r6\n movne r6, #4",
        "ldr r6, =0x20000102\n b 2f\n .ltorg\n2: nop",
        "add r6, #2\n b 2f\n2: strexb r6, r2, [r4]",
    ],
)
def test_base_from_elsewhere_in_the_same_block_is_seen(loaded: str) -> None:
    source = f"""{HEAD}
    load r4, {RAM + 0x300}
    str r6, [r4]
    b 1f
1:  {loaded}
    ldrd r2, r3, [r6]
{TAIL}"""
    assert _fault(Guest(source).run())[0] == UNALIGNED_FAULT


def test_loop_is_looked_at_in_every_iteration_that_may_differ() -> None:
    source = f"""{HEAD}
    load r6, {RAM + 0x100}
    mov r4, #0
    b 1f
1:  ldrd r2, r3, [r6]
    add r4, #1
    add r6, #8
    cmp r4, #5
    bne 1b
    mov r4, #0
    b 2f
2:  ldrd r2, r3, [r6]
    add r4, #1
    add r6, r6, #1
    b 2b
hardfault:
    log_register r4
    log_word CFSR
    b .
"""
    assert logged(source) == [1, UNALIGNED_FAULT]


def _loop_of_loaded_bases(iterations: int, unaligned_after: int) -> str:
    """A block whose entry can't know the base: it is loaded behind a store."""
    return f"""{HEAD}
    load r6, {ALIGNED}
    load r4, {RAM + 0x300}
    load r7, {iterations}
    load r8, {unaligned_after}
    mov r0, #0
    b 1f
1:  str r6, [r4]
    ldr r1, [r4]
    ldrd r2, r3, [r1]
    add r0, #1
    cmp r0, r8
    it eq
    addeq r6, #2
    cmp r0, r7
    bne 1b
    log_register r0
    b .
hardfault:
    log_register r0
    log_word CFSR
    b .
"""


def test_base_that_the_entry_cannot_know_is_looked_at_in_every_iteration() -> None:
    assert logged(_loop_of_loaded_bases(3000, 500)) == [500, UNALIGNED_FAULT]


@pytest.mark.parametrize("slice_length", [1, 7, 1000])
def test_instruction_that_is_not_looked_at_any_more_runs_alike_however_time_is_cut(
    slice_length: int,
) -> None:
    guest = Guest(_loop_of_loaded_bases(5000, 6000))
    for _ in range(0, 1000, slice_length):
        guest.run(slice_length)
        if guest.log:
            break
    assert guest.log == [5000]
    assert not guest.faults


@pytest.mark.parametrize(
    "place",
    [
        "cmp r2, #2\n itt eq\n ldrdeq r2, r3, [r6]\n addeq r4, #1",
        "cmp r2, #2\n itet eq\n moveq r1, #1\n movne r1, #2\n ldrdeq r2, r3, [r6]",
        "cmp r2, #2\n ittt eq\n ldmeq r6, {r2, r3}\n streq r4, [r5]\n moveq r2, #9",
    ],
)
def test_within_an_it_block_nothing_behind_the_fault_executes(place: str) -> None:
    source = f"""{HEAD}
    mov r1, #1
    mov r4, #4
    load r5, {RAM + 0x200}
    b 1f
1:  {place}
    log 9
    b .
hardfault:
    log_word CFSR
    log_register r4
    log_word {RAM + 0x200}
    ldr r1, [sp, #28]
    ubfx r1, r1, #10, #1
    log_register r2
    b .
"""
    assert logged(source) == [UNALIGNED_FAULT, 4, 0, 2]


def test_instruction_that_it_switches_off_does_not_fault() -> None:
    place = "cmp r2, #2\n itt ne\n ldrdne r2, r3, [r6]\n ldmne r6, {r2, r3}\n"
    assert logged(f"{HEAD} b 1f\n1: {place}{TAIL}") == [1]


@pytest.mark.parametrize(
    ("ccr", "instruction", "cause"),
    [
        (0x210, "udiveq r2, r3, r1", DIVIDE_BY_ZERO),
        (0x210, "sdiveq r2, r3, r1", DIVIDE_BY_ZERO),
        (0x208, "ldreq r2, [r6]", UNALIGNED_FAULT),
        (0x218, "ldrheq r2, [r6, #1]", UNALIGNED_FAULT),
    ],
)
def test_traps_within_an_it_block_are_exact(ccr: int, instruction: str, cause: int) -> None:
    """B3.2.8: UNALIGN_TRP and DIV_0_TRP, whatever follows."""
    source = f"""{HEAD}
    put CCR, {ccr}
    isb
    load r4, {RAM + 0x200}
    mov r1, #0
    cmp r2, #2
    b 1f
1:  itttt eq
    {instruction}
    addeq r4, #4
    streq r4, [r4]
    moveq r3, #33
    log 9
    b .
hardfault:
    put CCR, 0x200
    log_word CFSR
    log_register r2
    log_register r3
    log_word {RAM + 0x204}
    ldr r1, [sp, #28]             @ ITSTATE of the stacked xPSR: at its first of four
    log_register r1
    b .
"""
    *seen, xpsr = logged(source)
    assert seen == [cause, 2, 3, 0]
    assert (xpsr >> 25 & 3) | (xpsr >> 8 & 0xFC) == 0x01


def test_repaired_division_goes_on_within_its_it_block() -> None:
    source = f"""{HEAD}
    put SHCSR, 7 << 16
    put CCR, 0x210
    isb
    mov r1, #0
    mov r4, #8
    cmp r2, #2
    b 1f
1:  ittt eq
    udiveq r3, r4, r1
    addeq r3, #1
    moveq r0, #5
    log_register r3
    log_register r0
    b .
usagefault:
    mov r1, #2
    str r1, [sp, #4]
    bx lr
"""
    assert logged(source) == [5, 5]


@pytest.mark.parametrize("interpret", [True, False])
@pytest.mark.parametrize("stack", ["msp", "psp"])
def test_msr_clears_the_lowest_bits_of_a_stack_pointer(stack: str, interpret: bool) -> None:
    """B1.4.1: bits 1:0 of MSP and PSP are always 0."""
    source = f"""
reset:
    mov r4, #2
    load r0, {STACK - 0x100 + 3}
    svc #0
1:  msr {stack}, r0
    mrs r1, {stack}
    log_register r1
    mov r2, sp
    cmp r4, #0
    itt eq
    msreq {stack}, r0
    mrseq r1, {stack}
    log_register r1
    subs r4, #1
    bpl 1b
    b .
svc:
    bx lr
"""
    expected = STACK - 0x100
    log = logged(
        source.replace("    svc #0\n", "") if stack == "msp" else source, interpret=interpret
    )
    assert log == [expected] * 6


@pytest.mark.parametrize("interpret", [True, False])
def test_what_a_block_sets_out_with_is_not_lost_by_a_look(interpret: bool) -> None:
    """SEV and the first use of the FPU, B1.5.7, in blocks with MSR of unaligned values."""
    source = f"""
reset:
    put CPACR, 0x00F00000
    put 0xE000EF3C, 0x01000000
    isb
    load r0, {STACK - 0x100 + 3}
    load r1, {RAM + 0x100}
    b 1f
1:  vldr s0, [r1]
    msr psp, r0
    vmrs r2, fpscr
    log_register r2
    b 1f
1:  sev
    msr psp, r0
    wfe
    log 1
    b .
"""
    assert logged(source, interpret=interpret) == [0x01000000, 1]


def test_unaligned_exception_of_the_core_itself() -> None:
    """In a handler, which the core executes itself."""
    source = f"""
reset:
    mov r7, #3
1:  svc #0
    subs r7, #1
    bne 1b
    log 1
    b .
svc:
    load r6, {RAM + 0x100}
    cmp r7, #1
    it eq
    addeq r6, #2
    ldmia r6, {{r0, r1}}
    log_register r7
    bx lr
hardfault:
    log_word CFSR
    b .
"""
    assert logged(source) == [3, 2, UNALIGNED_FAULT]


@pytest.mark.parametrize("interpret", [True, False])
def test_exclusive_store_fails_after_an_exception(interpret: bool) -> None:
    """A3.4.1, B1.5.6: exception entry and return clear the local monitor."""
    source = f"""
reset:
    load r0, {RAM + 0x100}
    mov r5, #3
1:  ldrex r1, [r0]
    b 2f
2:  strex r2, r5, [r0]
    log_register r2
    ldrex r1, [r0]
    svc #0
    strex r2, r5, [r0]
    log_register r2
    strex r2, r5, [r0]
    log_register r2
    subs r5, #1
    bne 1b
    b .
svc:
    bx lr
"""
    assert logged(source, interpret=interpret) == [0, 1, 1] * 3


EXCLUSIVE = f"""
reset:
    load r0, {RAM + 0x100}
    mov r5, #1
1:  ldrex r1, [r0]
    cmp r5, #0
    beq 2f
    b 3f
2:  nop
3:  add r1, r5
    b 4f
4:  strex r2, r1, [r0]
    cmp r2, #0
    bne 1b
    add r5, #1
    b 1b
"""


@pytest.mark.parametrize("elsewhere", [True, False])
def test_exclusive_store_succeeds_after_a_snapshot_behind_the_load(elsewhere: bool) -> None:
    """Wherever a run is cut and continued, in a fresh core or in one whose monitor is closed."""
    whole = Guest(EXCLUSIVE).run(20)
    end = whole.core.save()
    taken, fresh = Guest(EXCLUSIVE), Guest(EXCLUSIVE)
    for cut in range(300, 2_000, 12):
        taken.core.run(cut)
        saved = taken.core.save()
        guest = fresh if elsewhere else taken
        guest.core.run(guest.core.now + 30_000)
        guest.core.restore(saved)
        assert guest.core.save() == saved
        guest.core.run(whole.core.now)
        assert guest.core.save() == end
        taken.core.restore(saved)


def test_exclusive_store_of_a_handler_does_not_succeed_for_the_interrupted_load() -> None:
    source = f"""
reset:
    load r0, {RAM + 0x100}
    ldrex r1, [r0]
    svc #0
    log_word {RAM + 0x100}
    b .
svc:
    mov r3, #7
    strex r2, r3, [r0]
    log_register r2
    bx lr
"""
    assert logged(source) == [1, 0]


def test_fault_within_an_it_block_that_ends_with_its_block() -> None:
    """The next block begins under another watch, which must not take the fault's place."""
    source = f"""{HEAD}
    mov r1, #0
    cmp r2, #2
    put CCR, 0x210
    isb
    cmp r2, #2
    b 1f
1:  itett eq
    sdiveq r4, r4, r1
    vnmlsne.f32 s17, s17, s16
    smullseq r5, r4, r2, r3
    addeq r4, #1
    ldr r5, [r4]
    ldrd r2, r3, [r5]
    log 9
hardfault:
    log_word CFSR
    b .
""".replace("    smullseq r5, r4, r2, r3\n", "    vmoveq s1, r3\n")
    assert logged(source) == [DIVIDE_BY_ZERO]


def test_block_that_begins_within_an_it_block_is_conditional() -> None:
    """MSR ends a block: the instruction behind it, which is skipped, makes nothing aligned."""
    source = """
reset:
    load r9, 0x20001002
    mov r2, #0
    mrs r4, msp
    cmp r2, r2
    ite eq
    msreq primask, r2
    bicne r9, r9, r9
    msr msp, r9
    mrs r0, msp
    msr msp, r4
    log_register r0
    b .
"""
    assert logged(source) == [0x2000_1000]
