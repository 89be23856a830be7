"""Tables from qualification reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.cli import main
from renode_wifi.emulation.suites.compatibility import BEGIN, END, read_report, render, update


def entry(group: str, name: str, outcome: str, expected: str | None = None) -> dict[str, Any]:
    message = "Expected 1 Was 2" if outcome == "failed" else ""
    return {
        "group": group,
        "name": name,
        "outcome": outcome,
        "message": message,
        "expected": expected,
    }


def report(tag: str, *tests: dict[str, Any], end: str = "finished") -> dict[str, Any]:
    return {
        "image": f"{tag}.elf",
        "labels": {"project": "P", "tag": tag, "configuration": "c"},
        "end": end,
        "virtual_seconds": 12.4,
        "tests": list(tests),
    }


PASSES = entry("G", "good", "passed")
KNOWN = entry("G", "bad", "failed", "port.c:7 | or so")


def test_a_row_for_each_suite_and_the_time_once() -> None:
    table = render([report("v1", PASSES, KNOWN, entry("H", "other", "passed"))])
    assert "| P | v1 | c | v1.elf | G | 1 of 2 pass | 12 |" in table
    assert "| P | v1 | c | v1.elf | H | 1 of 1 pass |  |" in table


def test_what_does_not_pass_is_reported_with_its_reason() -> None:
    table = render([report("v1", PASSES, KNOWN, entry("G", "new", "failed"))])
    assert "| v1 | c | `G.bad` | failed | port.c:7 \\| or so |" in table
    assert "| v1 | c | `G.new` | failed | **unexplained**: Expected 1 Was 2 |" in table


def test_reasons_that_images_share_are_written_once() -> None:
    assert render([report("v1", KNOWN), report("v1", KNOWN)]).count("G.bad") == 1


def test_tests_that_share_a_reason_are_written_together() -> None:
    worse = entry("G", "worse", "failed", "port.c:7 | or so")
    assert "| `G.bad`, `G.worse` | failed |" in render([report("v1", KNOWN, worse)])


def test_a_run_that_did_not_finish_says_so() -> None:
    assert "1 of 1 pass, then crashed" in render([report("v1", PASSES, end="crashed")])


def test_rows_come_in_order_whatever_the_order_of_the_files() -> None:
    one, two = report("v1", PASSES), report("v2", PASSES)
    assert render([one, two]) == render([two, one])


def test_the_table_of_a_document_is_replaced(tmp_path: Path) -> None:
    document, source = tmp_path / "doc.md", tmp_path / "v1.json"
    source.write_text(json.dumps(report("v1", PASSES)))
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    for _ in range(2):
        assert main(["compatibility", str(source), "--update", str(document)]) == 0
        text = document.read_text()
        assert text.startswith(f"before\n{BEGIN}\n\n| project")
        assert text.endswith(f"|\n\n{END}\nafter\n")
        assert "old" not in text


def test_the_table_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "v1.json"
    source.write_text(json.dumps(report("v1", PASSES)))
    assert main(["compatibility", str(source)]) == 0
    assert "1 of 1 pass" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_what_is_no_report_is_reported(tmp_path: Path, text: str) -> None:
    source = tmp_path / "x.json"
    source.write_text(text)
    with pytest.raises(RenodeWifiError, match=r"x\.json"):
        read_report(source)


def test_missing_files_and_marks_are_reported(tmp_path: Path) -> None:
    with pytest.raises(RenodeWifiError, match="cannot read"):
        read_report(tmp_path / "none.json")
    with pytest.raises(RenodeWifiError, match="cannot update"):
        update(tmp_path / "none.md", "")
    document = tmp_path / "doc.md"
    document.write_text("nothing\n")
    with pytest.raises(RenodeWifiError, match="no place"):
        update(document, "")
