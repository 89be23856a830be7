"""The results for people, a map in HTML, and for build servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from renode_wifi.emulation.explore.junit import Case
from renode_wifi.emulation.explore.outcome import CellOutcome, Verdict
from renode_wifi.emulation.explore.plan import Setup
from renode_wifi.emulation.explore.regression import command, file_name
from renode_wifi.emulation.visible import as_html

COLOURS = {
    Verdict.UNAFFECTED: "#d9ead3",
    Verdict.RECOVERED: "#93c47d",
    Verdict.DEGRADED: "#ffe599",
    Verdict.ENDS: "#f9cb9c",
    Verdict.FAILS: "#f6b26b",
    Verdict.HANG: "#e69138",
    Verdict.ASSERTION: "#e06666",
    Verdict.CRASH: "#cc0000",
    Verdict.CORRUPTION: "#a64d79",
    Verdict.LOST: "#999999",
}
STYLE = """
body { font: 14px sans-serif; margin: 1em; }
table.map { border-collapse: collapse; font-size: 11px; }
.map td { width: 14px; height: 14px; border: 1px solid #fff; padding: 0; }
.map th { font-weight: normal; text-align: left; white-space: nowrap; padding-right: 6px; }
.map thead th { writing-mode: vertical-rl; vertical-align: bottom; padding: 4px 0; }
.map tbody th { position: sticky; left: 0; background: #fff; }
.map { display: block; overflow: auto; max-height: 80vh; }
.key span { padding: 2px 8px; margin-right: 6px; }
pre { background: #f3f3f3; padding: 6px; overflow: auto; }
"""
FIRST_FAILURES = 500
"""Failing cells that are shown with all they left; the others are in the results' lines."""


def counts(outcomes: Iterable[CellOutcome]) -> Counter[Verdict]:
    return Counter(outcome.verdict for outcome in outcomes)


def summary(outcomes: Sequence[CellOutcome]) -> str:
    """How many there are of each verdict, in a line."""
    found = counts(outcomes)
    parts = [f"{found[verdict]} {verdict}" for verdict in Verdict if found[verdict]]
    return f"{len(outcomes)} cells: {', '.join(parts) or 'none'}"


def cases(setup: Setup, outcomes: Iterable[CellOutcome]) -> list[Case]:
    """A suite per fault, a test per point."""
    return [
        Case(
            outcome.fault,
            f"{setup.board}.{outcome.fault}",
            outcome.point,
            str(outcome.verdict) if outcome.failing else "",
            outcome.note or outcome.verdict,
            _text(setup, outcome),
        )
        for outcome in outcomes
    ]


def _text(setup: Setup, outcome: CellOutcome) -> str:
    rows = [outcome.where, *outcome.last, command(setup, outcome.cell)]
    return "\n".join(row for row in rows if row)


def as_page(setup: Setup, outcomes: Sequence[CellOutcome], smallest: Mapping[str, object]) -> str:
    """Points by faults, a coloured field for each cell; below, what failed."""
    faults = list(dict.fromkeys(outcome.fault for outcome in outcomes))
    rows: dict[str, dict[str, CellOutcome]] = {}
    for outcome in outcomes:
        rows.setdefault(outcome.point, {})[outcome.fault] = outcome
    title = f"{setup.board}: {' '.join(setup.image)}"
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        f"<title>{as_html(title)}</title><style>{STYLE}</style>",
        f"<h1>{as_html(title)}</h1><p>{as_html(summary(outcomes))}</p>",
        "<p class=key>",
        *(f"<span style='background:{c}'>{as_html(v)}</span>" for v, c in COLOURS.items()),
        "</p><table class=map><thead><tr><th></th>",
        *(f"<th>{as_html(fault)}</th>" for fault in faults),
        "</tr></thead><tbody>",
    ]
    for point, cells in rows.items():
        fields = "".join(_field(cells.get(fault)) for fault in faults)
        parts.append(f"<tr><th>{as_html(point)}</th>{fields}</tr>\n")
    parts.append("</tbody></table><h2>What failed</h2>")
    failing = [outcome for outcome in outcomes if outcome.failing]
    parts += [_failure(setup, each, smallest.get(each.cell)) for each in failing[:FIRST_FAILURES]]
    if len(failing) > FIRST_FAILURES:
        parts.append(f"<p>{len(failing) - FIRST_FAILURES} more are in results.jsonl.</p>")
    return "".join(parts) + "</html>\n"


def _field(outcome: CellOutcome | None) -> str:
    if outcome is None:
        return "<td></td>"
    text = f"{outcome.fault}: {outcome.verdict}"
    if outcome.after is not None:
        text += f", {outcome.after:.3f} s, by {outcome.by}"
    if outcome.note:
        text += f", {outcome.note}"
    field = f"<td style='background:{COLOURS[outcome.verdict]}' title='{as_html(text)}'>"
    if outcome.failing:
        field += f"<a href='#{as_html(outcome.cell)}'>&nbsp;&nbsp;</a>"
    return field + "</td>"


def _failure(setup: Setup, outcome: CellOutcome, less: object) -> str:
    head = f"{outcome.point}, {outcome.fault}: {outcome.verdict} {outcome.note}"
    small = "" if less is None else f"<p>The smallest fault that does it: {as_html(str(less))}"
    link = f"failing/{file_name(outcome.cell)}"
    return (
        f"<h3 id='{as_html(outcome.cell)}'>{as_html(head)}</h3>{small}"
        f"<pre>{as_html(_text(setup, outcome))}</pre>"
        f"<p><a href='{as_html(link)}'>world file</a></p>\n"
    )
