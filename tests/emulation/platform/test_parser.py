"""The grammar of platform descriptions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.platform.parser import parse, parse_attributes, parse_value
from renode_wifi.emulation.platform.syntax import (
    Assignment,
    DescriptionError,
    Destination,
    Entry,
    EnumName,
    NewObject,
    Problem,
    Range,
    Reference,
    Script,
    Special,
    Value,
    Wiring,
)


def entry(source: str) -> Entry:
    (found,) = parse(source).entries
    return found


def wiring(source: str) -> Wiring:
    (found,) = parse_attributes(source)
    assert isinstance(found, Wiring)
    return found


def ends(item: Destination) -> tuple[str, int | None, list[int]]:
    return item.receiver.name, item.local, item.ends


def test_entry_with_everything() -> None:
    found = entry(
        'local usart1: UART.STM32F7_USART @ sysbus 0x4001_3800 as "console"\n'
        "    frequency: 80_000_000\n"
        "    IRQ -> nvic@37\n"
        "    init:\n"
        '        Write "a; b" 1\n'
        "        Other\n"
    )
    assert (found.name, found.type, found.local) == ("usart1", "UART.STM32F7_USART", True)
    assert found.alias == "console"
    assert found.registrations is not None
    assert found.registrations[0].register is not None
    assert found.registrations[0].register.name == "sysbus"
    assert found.registrations[0].point == 0x4001_3800
    assert [(item.name, item.value) for item in found.assignments] == [("frequency", 80_000_000)]
    assert [ends(item) for item in found.wirings[0].destinations] == [("nvic", None, [37])]
    assert found.scripts("init")[0].lines == ['Write "a; b" 1', "Other"]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("12", 12),
        ("-0x10", -16),
        ("0xFF_FF", 0xFFFF),
        ("3.3", 3.3),
        ("-1_0.5", -10.5),
        ("true", True),
        ("False", False),
        (r'"say \"hi\" \\ "', 'say "hi" \\ '),
        ("'''two\nlines'''", "two\nlines"),
        (r"'''a \''' b'''", "a ''' b"),
        ("<0x10, +0x20>", Range(0x10, 0x30)),
        ("<16, 32>", Range(16, 32)),
        ("STM32Series.F0", EnumName(("STM32Series", "F0"))),
        (".L5", EnumName(("L5",))),
        ("[]", []),
        ("[1, 2,]", [1, 2]),
        ("[[5, 3], [empty]]", [[5, 3], [Special.EMPTY]]),
        ("{}", {}),
        ('{"a": 1; .B: [2];}', {"a": 1, EnumName(("B",)): [2]}),
    ],
)
def test_values(source: str, value: Value) -> None:
    assert parse_value(source) == value


def test_reference_has_its_position() -> None:
    (item,) = parse("cpu: CPU.CortexM @ sysbus\n    nvic: nvic0").entries[0].assignments
    assert isinstance(item.value, Reference)
    assert (item.value.name, item.value.position.line, item.value.position.column) == (
        "nvic0",
        2,
        11,
    )


def test_inline_object() -> None:
    value = parse_value("new Bus.BusRangeRegistration { address: 0x1000; size: 16 }")
    assert isinstance(value, NewObject)
    assert value.type == "Bus.BusRangeRegistration"
    assert [item.name for item in value.attributes if isinstance(item, Assignment)] == [
        "address",
        "size",
    ]


def test_none_and_empty_take_a_value_back() -> None:
    none, empty = parse_attributes("a: none; B: empty")
    assert isinstance(none, Assignment)
    assert none.value is Special.NONE
    assert isinstance(empty, Assignment)
    assert empty.value is Special.EMPTY
    assert (none.is_property, empty.is_property) == (False, True)


def test_several_registrations() -> None:
    found = entry("rom: M @ { sysbus 0; sysbus <16, +16>;\n sysbus new R }")
    assert found.registrations is not None
    points = [item.point for item in found.registrations]
    assert points[:2] == [0, Range(16, 32)]
    assert isinstance(points[2], NewObject)


def test_registration_without_point_and_none() -> None:
    spi, none = parse("flash: F @ spi1\n    x: 1\ngate: G @ none").entries
    assert spi.registrations is not None
    assert none.registrations is not None
    assert spi.registrations[0].point is None
    assert none.registrations[0].register is None


@pytest.mark.parametrize(
    ("source", "sources", "destinations"),
    [
        ("-> nvic@5", None, [("nvic", None, [5])]),
        ("3 -> nvic@0x10", [3], [("nvic", None, [16])]),
        ("IRQ -> a@1 | b@2", ["IRQ"], [("a", None, [1]), ("b", None, [2])]),
        ("[0-2] -> nvic@[6-8]", [0, 1, 2], [("nvic", None, [6, 7, 8])]),
        ("[0-1, 7] -> n@[3, 9-8]", [0, 1, 7], [("n", None, [3, 9, 8])]),
        ("[a, B] -> n@[4, 4]", ["a", "B"], [("n", None, [4, 4])]),
        ("0 -> syscfg#4@0", [0], [("syscfg", 4, [0])]),
        ("[0-1] -> s#0x2@[0-1] | e@[5-6]", [0, 1], [("s", 2, [0, 1]), ("e", None, [5, 6])]),
        ("0-1 -> n@2-3", [0, 1], [("n", None, [2, 3])]),
        ("IRQ -> none", ["IRQ"], []),
    ],
)
def test_wiring(
    source: str,
    sources: list[int | str] | None,
    destinations: list[tuple[str, int | None, list[int]]],
) -> None:
    found = wiring(source)
    assert found.sources == sources
    assert [ends(item) for item in found.destinations] == destinations


def test_sections() -> None:
    found = entry("a: A\n    preinit:\n        include @x.cs\n    reset add:\n        Go 1; Go 2")
    assert [(s.kind, s.add, s.lines) for s in found.attributes if isinstance(s, Script)] == [
        ("preinit", False, ["include @x.cs"]),
        ("reset", True, ["Go 1", "Go 2"]),
    ]


def test_usings_with_and_without_prefix() -> None:
    found = parse('using "./chip.repl"\nusing "x.repl" prefixed "b_"\n\na:\n    X: 1')
    assert [(item.path, item.prefix) for item in found.usings] == [
        ("./chip.repl", ""),
        ("x.repl", "b_"),
    ]
    assert [item.name for item in found.entries] == ["a"]


def test_file_without_entries() -> None:
    assert parse("// nothing\n\n").entries == []


@pytest.mark.parametrize(
    ("source", "line", "column", "found"),
    [
        ("a A", 1, 3, "unexpected A; expected : "),
        ("a: A @", 1, 6, "unexpected the end"),
        ("a: A @ sysbus _0x4", 1, 15, "unexpected '_'; expected end of input, not _0x4"),
        ("a: A @ sysbus 0_x4", 1, 16, "unexpected '_'; expected end of input"),
        ("a: A @ sysbus 0x_4", 1, 16, "unexpected 'x'; expected end of input"),
        ("a: A { s: _8 }", 1, 11, "unexpected '_'; expected constructor or property value or none"),
        ("a: A { s: 8_ }", 1, 12, "unexpected '_'; expected attribute list end"),
        ("a: A @ sysbus 1 2", 1, 17, "unexpected '2'; expected end of input"),
        ("a: A\n    x 1", 2, 7, "unexpected 1; expected : (a value) or -> (a destination)"),
        ("a: A\n    x:\n    y: 1", 2, 7, "unexpected the end of the line"),
        ("a: A\n    init:\n    y: 1", 2, 10, "unexpected the end of the line"),
        ("a: A\n    [1] -> b@2", 2, 14, "expected [ (inputs in square brackets)"),
        ("a: A\n    new: 1", 2, 5, "new is a keyword"),
        ("a: A\n    x: <2, 1>", 2, 12, "range ends at 0x1, before its start 0x2"),
        ("a: A\n    3-3 -> b@1", 2, 5, "3-3 is not a range"),
        ("a: A\n    x: {[1]: 2}", 2, 9, "key has to be a single value"),
        ("a: A\n    x: 0x10000000000000000", 2, 8, "does not fit into 64 bits"),
        ("a: A\n    x: " + "9" * 5000, 2, 8, "does not fit into 64 bits"),
        ("a: A\n    x: " + "[" * 60, 2, 57, "levels of nesting"),
        ("using x\na: A", 1, 7, 'expected path of a description in "quotes"'),
    ],
)
def test_syntax_errors_name_the_place(source: str, line: int, column: int, found: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        parse(source, "b.repl")
    error = caught.value
    assert error.problem is Problem.SYNTAX
    assert (error.line, error.column) == (line, column)
    assert found in error.message
    assert error.excerpt == source.split("\n")[line - 1]
    assert error.cure


# -- properties -----------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    ["a", "b: C", " @ sysbus", " 0x10", "\n    ", "\n", "x: ", "1", "-> ", "nvic@5", "[0-3]", "|"]
    + ["{", "}", ";", '"', "'''", "//", "/*", "*/", "init:", "new ", "<1, +2>", "#", "using "]
    + ["none", ".", ",", "\t", "-", "é", "\x00", "\\"]
)


@given(st.lists(FRAGMENTS, max_size=40).map("".join) | st.text(max_size=80))
def test_any_text_parses_or_fails_with_a_place(source: str) -> None:
    error = failure(source)
    if error is not None:
        assert 1 <= error.line <= source.count("\n") + 1
        assert error.column >= 1


def failure(source: str) -> DescriptionError | None:
    try:
        parse(source)
    except DescriptionError as error:
        return error
    return None


SCALARS = (
    st.integers(-(2**63), 2**64 - 1)
    | st.booleans()
    | st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n"), max_size=12)
    | st.tuples(st.integers(0, 2**32), st.integers(0, 2**32)).map(lambda t: Range(t[0], sum(t)))
    | st.sampled_from(["F0", "Series_2"]).map(lambda name: EnumName(("T", name)))
)
VALUES: st.SearchStrategy[Value] = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3))


def written(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    return str(value)


@given(VALUES)
def test_written_values_read_back(value: Value) -> None:
    (item,) = entry(f"a: A\n    x: {written(value)}").assignments
    assert item.value == value
