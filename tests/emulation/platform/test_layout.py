"""Braces and semicolons that indentation stands for; comments; where lines and columns stay."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.platform.layout import lay_out
from renode_wifi.emulation.platform.syntax import DescriptionError, Problem


def test_indented_lines_become_a_block() -> None:
    assert lay_out("a: A\n    x: 1\n    y: 2\nb: B") == "a: A{\n    x: 1;\n    y: 2};\nb: B"


def test_two_levels_end_at_once() -> None:
    source = "a: A\n    init:\n        Tag\nb: B"
    assert lay_out(source) == "a: A{\n    init:{\n        Tag}};\nb: B"


def test_empty_lines_keep_line_numbers() -> None:
    assert lay_out("\n\na: A\n\n    x: 1\n\n") == "\n\na: A{\n\n    x: 1}\n\n"


def test_explicit_braces_are_left_alone() -> None:
    source = "a: A @ {\n  sysbus 1;\n   sysbus 2\n}\n    x: 1"
    assert lay_out(source) == "a: A @ {\n  sysbus 1;\n   sysbus 2\n}{\n    x: 1}"


@pytest.mark.parametrize("comment", ["// c", "/* c */", "/* c\nmore */"])
def test_comment_behind_a_line_is_blanked(comment: str) -> None:
    laid_out = lay_out(f"a: A {comment}\n    x: 1")
    assert "c" not in laid_out.replace("a: A", "")
    assert laid_out.split("\n")[0].rstrip("{ ") == "a: A"


def test_slashes_within_a_word_are_no_comment() -> None:
    assert "//host/x" in lay_out("a: A\n    init:\n        Get @https://host/x")


def test_comment_signs_within_strings_stay() -> None:
    assert lay_out('a: A\n    x: "/* // */"') == 'a: A{\n    x: "/* // */"}'


def test_braces_within_strings_do_not_count() -> None:
    assert lay_out("a: A\n    x: \"{\"\n    y: '''{\"{'''\nb: B").endswith("};\nb: B")


def test_multi_line_string_is_kept_as_it_is() -> None:
    source = "a: A\n    script: '''\nif x:\n  y // z\n'''\nb: B"
    assert lay_out(source) == "a: A{\n    script: '''\nif x:\n  y // z\n'''};\nb: B"


@pytest.mark.parametrize(
    ("source", "problem", "line", "column"),
    [
        ("    a: A", Problem.WRONG_INDENT, 1, 1),
        ('a: A\n    s: "x"  /* never\nclosed', Problem.SYNTAX, 2, 13),
        ("a: A\n    s: '''x\ny''' /* never\nclosed", Problem.SYNTAX, 3, 6),
        ("a: A\n   x: 1", Problem.WRONG_INDENT, 2, 3),
        ("a: A\n\tx: 1", Problem.WRONG_INDENT, 2, 1),
        ('a: A\n    x: "open', Problem.SYNTAX, 2, 8),
        ("a: A\n    x: '''open\n", Problem.SYNTAX, 2, 8),
        ("a: ''' ''' '''", Problem.SYNTAX, 1, 12),
        ("a: A\n    /* c */ x: 1", Problem.SYNTAX, 2, 5),
        ("a: A /* c\n*/ b: B", Problem.SYNTAX, 2, 1),
    ],
)
def test_errors_have_place_and_cure(source: str, problem: Problem, line: int, column: int) -> None:
    with pytest.raises(DescriptionError) as caught:
        lay_out(source, "board.repl")
    assert (caught.value.problem, caught.value.line, caught.value.column) == (problem, line, column)
    assert caught.value.cure
    assert str(caught.value).startswith(f"board.repl:{line}:{column}: Error E")
