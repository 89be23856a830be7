"""A table of which image passes which suite, from the JSON reports of `renode-wifi qualify`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.suites.report import Report, TestEntry
from renode_wifi.emulation.suites.unity import Outcome
from renode_wifi.peripherals.base.atomic_file import replace_file

BEGIN = "<!-- compatibility: begin -->"
END = "<!-- compatibility: end -->"
COLUMNS = (
    "project",
    "tag",
    "configuration",
    "image",
    "suite",
    "outcome",
    "virtual seconds",
)
LABELS = COLUMNS[:3]


def read_report(path: Path) -> Report:
    """A report of `renode-wifi qualify --json`. Raises RenodeWifiError."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RenodeWifiError(f"cannot read: {error.strerror}", where=str(path)) from error
    except (ValueError, RecursionError) as error:
        raise RenodeWifiError(f"not JSON: {error}", where=str(path)) from error
    if not isinstance(report, dict) or not {"end", "tests", "labels"} <= report.keys():
        raise RenodeWifiError(
            "not a qualification report",
            where=str(path),
            cure="write one with `renode-wifi qualify --json`",
        )
    # Its keys were looked for; what they hold is what `Qualification` writes.
    return cast(Report, report)


def render(reports: Iterable[Report]) -> str:
    """Markdown: what each image does in each suite, and why each test that does not pass does not.

    The time of an image with several suites stands in the row of its first.
    """
    rows = []
    reasons = []
    for report in sorted(reports, key=_order):
        labels = report["labels"]
        head = [*(labels.get(label, "") for label in LABELS), str(report["image"])]
        seconds = f"{report['virtual_seconds']:.0f}"
        for group in dict.fromkeys(test["group"] for test in report["tests"]):
            tests = [test for test in report["tests"] if test["group"] == group]
            rows.append([*head, group, _outcome(report, tests), seconds])
            seconds = ""
            reasons += [
                [*head[1:3], f"`{group}.{test['name']}`", test["outcome"], _reason(test)]
                for test in tests
                if test["outcome"] != Outcome.PASSED.value
            ]
    text = _table(COLUMNS, rows)
    if reasons:
        columns = ("tag", "configuration", "tests that do not pass", "outcome", "why")
        text += "\n" + _table(columns, _joined(reasons))
    return text


def update(document: Path, table: str) -> None:
    """Put the table between the marks in a Markdown file. Raises RenodeWifiError."""
    try:
        text = document.read_text(encoding="utf-8")
        before, begin, rest = text.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            raise RenodeWifiError(
                "there is no place for the table",
                where=str(document),
                cure=f"write the lines {BEGIN} and {END} where it belongs",
            )
        replace_file(document, f"{before}{BEGIN}\n\n{table}\n{END}{after}".encode())
    except OSError as error:
        raise RenodeWifiError(f"cannot update: {error.strerror}", where=str(document)) from error


def _order(report: Report) -> tuple[str, ...]:
    labels = report["labels"]
    return (*(labels.get(label, "") for label in LABELS), str(report["image"]))


def _outcome(report: Report, tests: list[TestEntry]) -> str:
    passed = sum(test["outcome"] == Outcome.PASSED.value for test in tests)
    text = f"{passed} of {len(tests)} pass"
    return text if report["end"] == "finished" else f"{text}, then {report['end']}"


def _reason(test: TestEntry) -> str:
    reason = test["expected"]
    return reason if reason is not None else f"**unexplained**: {test['message']}"


def _joined(reasons: list[list[str]]) -> list[list[str]]:
    """What several images, or several tests of one, have in common is written once."""
    images: dict[tuple[str, ...], list[str]] = {}
    for tag, configuration, test, outcome, why in reasons:
        configurations = images.setdefault((tag, test, outcome, why), [])
        if configuration not in configurations:
            configurations.append(configuration)
    tests: dict[tuple[str, ...], list[str]] = {}
    for (tag, test, outcome, why), configurations in images.items():
        tests.setdefault((tag, "; ".join(configurations), outcome, why), []).append(test)
    return [
        [tag, configurations, ", ".join(names), outcome, why]
        for (tag, configurations, outcome, why), names in tests.items()
    ]


def _table(columns: Sequence[str], rows: list[list[str]]) -> str:
    lines = [list(columns), ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(map(cell, line)) + " |\n" for line in lines)


def cell(text: str) -> str:
    """A text that fits into a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")
