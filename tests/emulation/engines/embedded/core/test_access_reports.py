"""Accesses that are reported on demand: loads of RAM that nobody has written since power-on, and
unaligned ones that the core permits."""

from __future__ import annotations

import pytest

from tests.emulation.engines.embedded.core import test_alignment as alignment
from tests.emulation.engines.embedded.guest import RAM, Guest

PLACE = RAM + 0x3000
HEAD = f"""
reset:
    load r6, {PLACE}
    mov r2, #2
    mov r3, #0
"""
TAIL = """
    log 1
    b .
"""


def loaded(body: str, wanted: bool = True) -> tuple[list[tuple[str, int]], list[int], int]:
    """Reported: the encoding of the instruction, and what it loaded; the log; the cycles."""
    guest = Guest(f"{HEAD}{body}{TAIL}")
    reported: list[tuple[str, int]] = []

    def on_load(instruction: int, access: int) -> None:
        code = guest.core.bus.read_bytes(instruction, 2)
        reported.append((code.hex(), access - PLACE))

    if wanted:
        guest.core.debug.report_uninitialised(on_load)
    guest.run()
    return reported, guest.log, guest.core.instructions


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("ldr r4, [r6]\n", [("3468", 0)]),
        ("ldrb r4, [r6, #5]\n", [("7479", 5)]),
        ("ldr r4, [r6]\n ldr r4, [r6]\n", [("3468", 0)]),
        ("str r3, [r6]\n ldr r4, [r6]\n", []),
        ("strb r3, [r6]\n ldr r4, [r6]\n ldrb r4, [r6, #1]\n", [("7478", 1)]),
        ("stm r6, {r2, r3}\n ldrd r4, r5, [r6]\n", []),
        ("mov sp, r6\n push {r2, r3}\n pop {r4, r5}\n", []),
        ("strh r3, [r6, #2]\n ldr r4, [r6, #4]\n", [("7468", 4)]),
    ],
)
def test_what_nobody_has_written_is_reported_once(body: str, found: list[tuple[str, int]]) -> None:
    reported, log, cycles = loaded(body)
    assert reported == found
    assert ([], log, cycles) == loaded(body, wanted=False)


def test_what_an_exception_or_a_host_writes_is_written() -> None:
    guest = Guest(
        f"{HEAD} mov sp, r6\n svc 0\n ldr r4, [r6]\n{TAIL}svc:\n ldr r4, [sp, #24]\n bx lr\n"
    )
    reported: list[int] = []
    guest.core.debug.report_uninitialised(lambda instruction, access: reported.append(access))
    guest.core.bus.write_bytes(PLACE, bytes(4))
    guest.run()
    assert (reported, guest.log) == ([], [1])


def test_a_page_that_is_written_whole_is_plain_memory_again() -> None:
    body = """
        mov r4, #0x1000
    1:  subs r4, #4
        str r3, [r6, r4]
        bne 1b
        ldr r4, [r6, #8]
    """
    guest = Guest(f"{HEAD}{body}{TAIL}")
    reported: list[int] = []
    guest.core.debug.report_uninitialised(lambda instruction, access: reported.append(access))
    guest.run()
    memory, offset, _ = guest.core.memory_map.at(PLACE)
    assert memory is not None
    assert memory.pages[offset >> 12] & 32 == 0
    assert memory.pages[(offset >> 12) + 1] & 32
    assert reported == []


ADDRESSES = (
    alignment.UNALIGNED,
    alignment.UNALIGNED + 4,
    alignment.UNALIGNED + 1,
    alignment.UNALIGNED + 4,
    None,
)


def _reported(source: str, wanted: bool = True) -> tuple[list[int], list[int], int]:
    """Accesses that were reported, what the guest logged, and how long it took, in cycles."""
    guest = Guest(source)
    accesses: list[int] = []
    if wanted:
        guest.core.debug.report_unaligned(lambda instruction, access: accesses.append(access))
    guest.run()
    return accesses, guest.log, guest.core.instructions


@pytest.mark.parametrize(
    ("instruction", "access"), [*zip(alignment.SINGLE, ADDRESSES, strict=True)]
)
def test_permitted_accesses_are_reported_on_demand(instruction: str, access: int | None) -> None:
    source = f"{alignment.HEAD} {instruction}\n{alignment.TAIL}"
    accesses, log, cycles = _reported(source)
    assert accesses == ([] if access is None else [access])
    assert ([], log, cycles) == _reported(source, wanted=False)


@pytest.mark.parametrize(("condition", "count"), [("eq", 1), ("ne", 0)])
def test_only_accesses_that_are_executed_are_reported(condition: str, count: int) -> None:
    source = (
        f"{alignment.HEAD} cmp r2, #2\n it {condition}\n ldr{condition} r3, [r6]\n{alignment.TAIL}"
    )
    assert len(_reported(source)[0]) == count


def test_the_instruction_that_accesses_is_reported() -> None:
    guest = Guest(f"{alignment.HEAD} nop\n ldr r2, [r6]\n nop\n{alignment.TAIL}")
    instructions: list[int] = []
    guest.core.debug.report_unaligned(lambda instruction, access: instructions.append(instruction))
    guest.run()
    assert [guest.core.bus.read_bytes(each, 2).hex() for each in instructions] == ["3268"]


def test_accesses_that_fault_are_not_reported() -> None:
    assert _reported(f"{alignment.HEAD} ldrd r2, r3, [r6]\n{alignment.TAIL}")[0] == []


WATCHED = f"""
reset:
    load r7, {alignment.ALIGNED}
    mov r8, #1
    mov r9, #600
1:  udiv r6, r7, r8
    ldrd r2, r3, [r6]
    subs r9, #1
    bne 1b
    add r7, #2
    mov r9, #1
    b 1b
{alignment.TAIL}"""
"""What its block's entry can't say of LDRD, only a look at LDRD does."""


@pytest.mark.parametrize("wanted", [[True, False], [False, True], [False, True, False]])
def test_a_look_at_every_instruction_stands_for_those_at_some(wanted: list[bool]) -> None:
    guest = Guest(WATCHED)
    accesses: list[int] = []

    def on_access(instruction: int, access: int) -> None:
        accesses.append(access)

    for each in wanted:
        guest.core.debug.report_unaligned(on_access if each else None)
        guest.run(5)
    guest.run(200)
    assert guest.log[0] == alignment.UNALIGNED_FAULT
    assert accesses == []
