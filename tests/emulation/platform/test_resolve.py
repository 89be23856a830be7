"""Following `using`, merging entries, finding what is wrong between them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from renode_wifi.emulation.platform.object_spec import ObjectSpec, Resolved
from renode_wifi.emulation.platform.resolve import resolve
from renode_wifi.emulation.platform.syntax import DescriptionError, Problem
from renode_wifi.emulation.platform.using import find_using

EXISTING = ("sysbus", "machine")


def read(source: str, *roots: Path, file: str = "") -> Resolved:
    return resolve(source, file, EXISTING, partial(find_using, roots=roots))


def specs(source: str, *roots: Path) -> dict[str, ObjectSpec]:
    return {spec.name: spec for spec in read(source, *roots).specs}


def test_later_entries_override_attribute_by_attribute() -> None:
    spec = specs("a: A @ sysbus 1\n    x: 1\n    y: 2\na:\n    y: 3\n    z: 4\n")["a"]
    assert {name: item.value for name, item in spec.assignments.items()} == {
        "x": 1,
        "y": 3,
        "z": 4,
    }
    assert spec.registrations is not None
    assert spec.registrations[0].point == 1


def test_later_registration_replaces_the_first_one() -> None:
    spec = specs('a: A @ sysbus 1\na: @ sysbus 2 as "b"')["a"]
    assert spec.registrations is not None
    assert [item.point for item in spec.registrations] == [2]
    assert spec.alias == "b"


def test_update_may_stand_before_the_declaration() -> None:
    assert specs("a:\n    X: 1\na: A @ none")["a"].type == "A"


def test_wires_are_overridden_source_by_source() -> None:
    wires = specs(
        "n: N @ none\na: A @ none\n    [0-2] -> n@[5-7]\na:\n    1 -> n@9\n    2 -> none"
    )["a"].wires
    assert sorted((wire.source, wire.end) for wire in wires) == [(0, 5), (1, 9)]


def test_fan_out_makes_one_wire_per_destination() -> None:
    wires = specs("n: N @ none\na: A @ none\n    -> n@1 | n#2@3")["a"].wires
    assert [(wire.source, wire.receiver, wire.local, wire.end) for wire in wires] == [
        (None, "n", None, 1),
        (None, "n", 2, 3),
    ]


def test_sections_replace_or_add() -> None:
    source = "a: A @ none\n    init:\n        One\na:\n    init add:\n        Two\n"
    assert specs(source)["a"].scripts["init"] == ["One", "Two"]
    replaced = source.replace("init add", "init")
    assert specs(replaced)["a"].scripts["init"] == ["Two"]


def test_referenced_parts_are_created_first() -> None:
    names = [spec.name for spec in read("cpu: C @ none\n    nvic: nvic\nnvic: N @ none").specs]
    assert names == ["nvic", "cpu"]


def test_existing_objects_can_be_updated() -> None:
    spec = specs("sysbus:\n    init:\n        Tag <0 4>")["sysbus"]
    assert spec.type is None
    assert spec.scripts["init"] == ["Tag <0 4>"]


def test_using_comes_first_and_is_relative_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "cpus").mkdir()
    (tmp_path / "cpus" / "chip.repl").write_text("a: A @ none\n    x: 1\n")
    board = tmp_path / "board.repl"
    board.write_text('using "./cpus/chip.repl"\n\na:\n    x: 2\n')
    resolved = read(board.read_text(), file=str(board))
    assert [item.value for item in resolved.specs[0].constructor] == [2]


def test_using_is_looked_for_in_the_roots(tmp_path: Path) -> None:
    (tmp_path / "chip.repl").write_text("a: A @ none")
    assert "a" in specs('using "chip.repl"', tmp_path)


def test_file_used_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "chip.repl").write_text("a: A @ none")
    (tmp_path / "one.repl").write_text('using "chip.repl"\nb: B @ none')
    assert set(specs('using "chip.repl"\nusing "one.repl"', tmp_path)) == {"a", "b"}


def test_prefix_renames_what_a_file_declares(tmp_path: Path) -> None:
    (tmp_path / "chip.repl").write_text("n: N @ sysbus 0\na: A @ sysbus 16\n    -> n@1\n    p: n\n")
    found = specs(
        'using "chip.repl" prefixed "left_"\nusing "chip.repl" prefixed "right_"', tmp_path
    )
    assert set(found) == {"left_n", "left_a", "right_n", "right_a"}
    assert found["right_a"].wires[0].receiver == "right_n"
    assert [str(item.value) for item in found["left_a"].constructor] == ["left_n"]


def test_local_names_do_not_clash_between_files(tmp_path: Path) -> None:
    (tmp_path / "one.repl").write_text("local r: R @ none\na: A @ none\n    -> r@1")
    (tmp_path / "two.repl").write_text("local r: R @ none\nb: B @ none\n    -> r@2")
    resolved = read('using "one.repl"\nusing "two.repl"', tmp_path)
    assert sorted(spec.name for spec in resolved.specs) == ["a", "b", "r", "two_r"]
    wires = [wire.receiver for spec in resolved.specs for wire in spec.wires]
    assert sorted(wires) == ["r", "two_r"]


@pytest.mark.parametrize(
    ("source", "problem", "place", "message"),
    [
        ("a:\n    x: 1", Problem.NEVER_DECLARED, (1, 1), "'a' is never declared"),
        ("a: A @ none\na: A @ none", Problem.ALREADY_DECLARED, (2, 1), "previous declaration was"),
        ("sysbus: A @ none", Problem.ALREADY_DECLARED, (1, 1), "registered peripheral or builtin"),
        ("a: A @ none\na:", Problem.EMPTY_ENTRY, (2, 1), "cannot be empty"),
        ("a: A @ none\n    x: 1\n    x: 2", Problem.NAME_USED_TWICE, (3, 5), "'x' is used"),
        ("a: A @ none\n    -> b@1", Problem.NO_SUCH_DESTINATION, (2, 8), "'b' does not exist"),
        ("a: A @ none\n    x: nope", Problem.MISSING_REFERENCE, (2, 8), "reference 'nope'"),
        ("a: A @ spi9", Problem.MISSING_REFERENCE, (1, 8), "register 'spi9'"),
        ("n: N\na: A\n    [0-1] -> n@[1-3]", Problem.WRONG_ARITY, (3, 5), "2 on the left"),
        ("n: N\na: A\n    0 -> n@1\n    0 -> n@2", Problem.SOURCE_USED_TWICE, (4, 5), "'0'"),
        ('a: A as "b"', Problem.ALIAS_WITHOUT_REGISTRATION, (1, 1), "alias 'b'"),
        ('a: A @ none as "b"', Problem.ALIAS_WITH_NONE, (1, 1), "alias 'b'"),
        ("a: A\n    init:\n        X\n    init:\n        Y", Problem.TWO_INITS, (4, 5), "one init"),
        ("a: A\n    x: b\nb: B\n    x: a", Problem.CREATION_CYCLE, (1, 1), "a -> b -> a"),
        ("sysbus:\n    x: 1", Problem.CONSTRUCTOR_ATTRIBUTE_IN_UPDATE, (2, 5), "not created"),
        ('using "no.repl"', Problem.USING_NOT_FOUND, (1, 1), "'no.repl' does not exist"),
        (f'using "{"a" * 5000}"', Problem.USING_NOT_FOUND, (1, 1), "does not exist"),
        (f'using "./{"a" * 5000}"', Problem.USING_NOT_FOUND, (1, 1), "does not exist"),
        ('using "./a"\nusing "./a"', Problem.USING_NOT_FOUND, (1, 1), "'./a' does not exist"),
    ],
)
def test_errors(source: str, problem: Problem, place: tuple[int, int], message: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        read(source, file="/nowhere/board.repl")
    error = caught.value
    assert (error.problem, (error.line, error.column)) == (problem, place)
    assert message in str(error)


def test_misspelt_name_gets_the_nearest_one() -> None:
    with pytest.raises(DescriptionError, match="did you mean nvic") as caught:
        read("nvic: N @ none\na: A @ none\n    -> nvci@1")
    assert caught.value.excerpt == "    -> nvci@1"


def test_circle_of_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.repl").write_text('using "two.repl"\n')
    (tmp_path / "two.repl").write_text('using "one.repl"\n')
    with pytest.raises(DescriptionError, match="cycle in using"):
        read('using "one.repl"', tmp_path)


def test_same_using_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.repl").write_text("a: A @ none")
    with pytest.raises(DescriptionError, match="Duplicate using"):
        read('using "one.repl"\nusing "one.repl"', tmp_path)


def test_error_in_a_used_file_shows_that_file(tmp_path: Path) -> None:
    chip = tmp_path / "chip.repl"
    chip.write_text("// chip\na: A @ none\n    -> gone@1\n")
    with pytest.raises(DescriptionError) as caught:
        read('using "chip.repl"', tmp_path)
    assert str(caught.value).startswith(f"{chip}:3:8: Error E11")
    assert "-> gone@1" in str(caught.value)


def test_absolute_using(tmp_path: Path) -> None:
    chip = tmp_path / "chip.repl"
    chip.write_text("a: A @ none")
    assert "a" in specs(f'using "{chip}"')
