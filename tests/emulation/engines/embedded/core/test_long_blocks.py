"""Blocks that are too long for Unicorn, which cuts them somewhere: only speed shows where."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.guest import FLASH, Guest

# LDM at addresses that the block's entry can't know are looked at, until they have been harmless
# often enough: then Unicorn cuts the block somewhere else.
LONG = """
reset:
    load r8, 0x20001000
    str r8, [r8]
    put SYST_RVR, 6998
    put SYST_CVR, 0
    put SYST_CSR, 7
again:
    .rept 3
    .rept 15
    ldr r9, [r8]
    ldmia r9, {r0, r1}
    .rept 20
    adds r2, r0
    adcs r3, r1
    .endr
    .endr
    add r7, #1
    b 1f
1:
    .endr
    b again
systick:
    ldr r0, [sp, #24]
    log_register r0
    log_register r7
    bx lr
"""


def interrupts(guest: Guest, microseconds: int = 1_000) -> list[int]:
    """Where the guest is interrupted in the next time, and how many blocks it has executed then."""
    guest.log.clear()
    end = guest.core.now + 1000 * microseconds
    while guest.core.now < end:
        guest.core.run(end)
    return list(guest.log)


def test_time_does_not_depend_on_what_ran_before() -> None:
    guest = Guest(LONG)
    guest.run(10)
    start = guest.core.save()
    first = interrupts(guest)
    assert len(set(first[::2])) == 3
    guest.run(60_000)
    guest.core.restore(start)
    assert interrupts(guest) == first


def test_time_does_not_depend_on_breakpoints_in_a_long_block() -> None:
    guest = Guest(LONG)
    guest.run(10)
    start = guest.core.save()
    first = interrupts(guest)
    for address in range(FLASH + 0x100, FLASH + len(guest.code), 100):
        guest.core.debug.add_breakpoint(address)
    guest.core.restore(start)
    assert interrupts(guest) == first


ENDS = {
    "branch": "b 1f",
    "T32 branch": "b.w 1f",
    "conditional branch": "beq 1f",
    "T32 conditional branch": "beq.w 1f",
    "call": "bl 1f",
    "branch to register": "bx r4",
    "call of register": "blx r4",
    "move to PC": "mov pc, r4",
    "add to PC": "add pc, r5\nnop",
    "compare and branch": "cbnz r5, 1f + 8",
    "table of bytes": "tbb [pc, r5]\n.byte 1, 1",
    "table of halfwords": "tbh [r6, r5]",
    "pop": "push {r4}\npop {pc}",
    "T32 pop": "push {r0, r4}\npop.w {r0, pc}",
    "load": "ldr pc, [r7]",
    "masks": "cpsie i",
    "MSR": "msr basepri, r5",
    "barrier": "isb",
    "FPSCR": "vmsr fpscr, r5",
    "hint": "yield",
    "T32 hint": "yield.w",
}


@pytest.mark.parametrize("instruction", ENDS.values(), ids=ENDS)
def test_a_long_block_ends_where_unicorn_ends_a_block(instruction: str) -> None:
    guest = Guest(
        f"""
reset:
    put CPACR, 0x00F00000
    adr r4, 2f
    mov r5, #0
    adr r6, offsets
    orr r4, #1
    load r7, 0x20000000
    str r4, [r7]
    cmp r5, #1
    b 3f
    .align 2
offsets:
    .word 0
3:  .rept 30
    nop
    .endr
    {instruction}
2:
1:  .rept 300
    nop
    .endr
    b .
    """
    )
    core = guest.core
    start = FLASH + guest.code.index(b"\x00\xbf" * 30)
    while core.read_register("pc") != start:
        core.run(core.now + 1)
    core.run(core.now + 1)
    assert core.read_register("pc") == core.read_register("r4") & ~1
