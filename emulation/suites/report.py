"""What the JSON report of a suite holds, which `renode-wifi qualify` writes and others read."""

from __future__ import annotations

import json
from typing import TypedDict


class TestEntry(TypedDict):
    """One test. started, duration: seconds of virtual time. expected: the reason, where known."""

    group: str
    name: str
    outcome: str
    started: float
    duration: float
    file: str
    line: int
    message: str
    expected: str | None


class Report(TypedDict):
    """A run of an image. end: how it ended, in lower case; None while it goes on, or when it was
    killed. problems: what is wrong with the run as a whole, beside its tests.
    """

    image: str | None
    sha256: str | None
    labels: dict[str, str]
    engine: str
    end: str | None
    virtual_seconds: float
    real_seconds: float
    totals: dict[str, int] | None
    crash: str | None
    deviations: dict[str, str]
    problems: list[str]
    tests: list[TestEntry]


def as_text(report: Report) -> str:
    """JSON with a line for each test, so that a difference of two reports lists tests."""
    head = json.dumps({**report, "tests": []}, indent=2)
    lines = ",\n".join(f"    {json.dumps(test)}" for test in report["tests"])
    return head.removesuffix("[]\n}") + (f"[\n{lines}\n  ]\n}}\n" if lines else "[]\n}\n")
