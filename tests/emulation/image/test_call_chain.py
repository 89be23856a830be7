"""Who called: tables first, then what the stack looks like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from renode_wifi import Board
from renode_wifi.emulation.image.call_chain import CallSite, call_chain, call_site
from renode_wifi.emulation.image.crash import render_call_chain
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.image.unwind import LR, PC, SP, IndexEntry, Registers

PROBE = Path(__file__).resolve().parents[3] / "firmware" / "probe" / "b_l475e_iot01a.elf"
STACK = 0x20010000
DEPTH = 16


@pytest.fixture(scope="module")
def image() -> Image:
    return load_image(PROBE)


def words(values: list[int]) -> Callable[[int, int], bytes]:
    """Memory that has `values` from STACK on, and nothing else."""
    memory = b"".join(value.to_bytes(4, "little") for value in values)

    def read(address: int, length: int) -> bytes:
        offset = address - STACK
        if not 0 <= offset <= len(memory) - length:
            raise IndexError(address)
        return memory[offset : offset + length]

    return read


def start(image: Image, function: str) -> int:
    symbol = image.symbols.get(function)
    assert symbol is not None
    return symbol.address & ~1


def returns(image: Image, function: str) -> list[int]:
    """Where calls of that function return to, as LR has it."""
    first = start(image, function)
    symbol = image.symbols.get(function)
    assert symbol is not None
    ends = range(first + 4, first + symbol.size, 2)
    return [end | 1 for end in ends if call_site(end | 1, image) is not None]


def test_a_running_program_names_its_callers_and_nothing_stale() -> None:
    with Board("b_l475e_iot01a", image=PROBE) as board:
        board.run(0.7)
        report = board.whereabouts()
    lines = [line.split(" ", 5)[-1].split("+")[0] for line in report.splitlines() if "+0x" in line]
    assert "called from\n" in report
    assert "as the stack looks" not in report
    assert [line for line in lines if line in ("net_join", "main")] == ["net_join", "main"]


def test_an_exception_leads_to_what_it_interrupted(image: Image) -> None:
    handler, interrupted = start(image, "board_sleep"), start(image, "net_join")
    back = returns(image, "main")[0]
    frame = [0, 1, 2, 3, 12, back, interrupted, 0x01000000]
    registers = {"pc": handler, "lr": 0xFFFFFFF9, "sp": STACK}
    chain = call_chain(registers, image, words(frame), DEPTH)
    assert chain[:2] == [
        CallSite(interrupted, is_interrupted=True),
        CallSite(call_site(back, image) or 0),
    ]


def test_a_threads_own_stack_is_behind_its_exception(image: Image) -> None:
    back = returns(image, "main")[0]
    frame = [0xBAD, 0, 1, 2, 3, 12, back, start(image, "net_join"), 0x01000200, 0xBAD]
    registers = {
        "pc": start(image, "board_sleep"),
        "lr": 0xFFFFFFFD,
        "sp": STACK,
        "psp": STACK + 4,
    }
    chain = call_chain(registers, image, words(frame), DEPTH)
    assert [site.is_guess for site in chain[:2]] == [False, False]
    del registers["psp"]
    assert all(site.is_guess for site in call_chain(registers, image, words(frame), DEPTH))


def test_nobody_called_what_a_reset_starts(image: Image) -> None:
    # Above its frame is another program's, which looks like that of an exception.
    stale = [0, 1, 2, 3, 12, returns(image, "main")[0], start(image, "net_join"), 0x01000000]
    registers = {"pc": start(image, "on_reset"), "lr": 0xFFFFFFFF, "sp": STACK}
    assert call_chain(registers, image, words(stale), DEPTH) == []


def test_behind_a_jump_to_no_code_the_caller_is_known(image: Image) -> None:
    back = returns(image, "main")[0]
    chain = call_chain({"pc": 0, "lr": back, "sp": STACK}, image, words([]), DEPTH)
    assert chain[0] == CallSite(call_site(back, image) or 0)


def test_a_stack_that_cannot_be_read_leaves_what_is_known(image: Image) -> None:
    inside = start(image, "net_join") + 0x20
    assert call_chain({"pc": inside, "lr": 0, "sp": 0xFFFFFFF0}, image, words([]), DEPTH) == []


def test_guesses_are_marked(image: Image) -> None:
    back = returns(image, "main")[1]
    chain = call_chain({"pc": 0, "lr": 0, "sp": STACK}, image, words([5, back, 7]), DEPTH)
    assert chain == [CallSite(call_site(back, image) or 0, is_guess=True)]


@pytest.mark.parametrize(("depth", "is_cut"), [(2, True), (3, False)])
def test_a_report_says_that_there_are_further_callers(
    image: Image, depth: int, is_cut: bool
) -> None:
    stack = words([*returns(image, "main")[:3]])
    rows = render_call_chain({"pc": 0, "lr": 0, "sp": STACK}, image, stack, depth)
    assert len(rows) == 1 + depth + is_cut
    assert ("further callers" in rows[-1]) is is_cut


STATE: Registers = {**dict.fromkeys(range(13), 0), SP: STACK, LR: 0x101}


@pytest.mark.parametrize(
    ("code", "stack", "expected"),
    [
        ("b0", [], {SP: STACK, PC: 0x101}),
        ("01 b0", [0, 0], {SP: STACK + 8, PC: 0x101}),
        ("41 b0", [], {SP: STACK - 8, PC: 0x101}),
        ("84 01 b0", [44, 0x203], {SP: STACK + 8, PC: 0x203, 4: 44}),
        ("88 00 b0", [0x305], {SP: STACK + 4, PC: 0x305}),
        ("a9 b0", [44, 55, 0x203], {SP: STACK + 12, PC: 0x203, 4: 44, 5: 55}),
        ("a0 b0", [44], {SP: STACK + 4, PC: 0x101, 4: 44}),
        ("b1 03 b0", [1, 2], {SP: STACK + 8, PC: 0x101}),
        ("b2 81 01 b0", [], {SP: STACK + 0x204 + (0x81 << 2), PC: 0x101}),
        ("b3 81 b0", [], {SP: STACK + 20, PC: 0x101}),
        ("b9 b0", [], {SP: STACK + 20, PC: 0x101}),
        ("c9 81 b0", [], {SP: STACK + 16, PC: 0x101}),
        ("d1 b0", [], {SP: STACK + 16, PC: 0x101}),
        ("97 b0", [], {SP: 0, PC: 0x101}),
        ("80 00 b0", [], None),
        ("b4", [], None),
        ("ff", [], None),
    ],
)
def test_instructions_of_the_index_table(
    code: str, stack: list[int], expected: Registers | None
) -> None:
    """Exception Handling ABI for the Arm Architecture (IHI 0038), section 10.3."""
    found = IndexEntry(bytes.fromhex(code)).caller(dict(STATE), words(stack), 0)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert {number: found[number] for number in expected} == expected
