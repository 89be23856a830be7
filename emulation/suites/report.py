"""What the JSON report of a suite holds, which `renode-wifi qualify` writes and others read."""

from __future__ import annotations

import json
from collections.abc import Mapping
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


def as_text(report: Mapping[str, object]) -> str:
    """JSON of a report with a line for each test, so that a difference lists tests."""
    tests = report["tests"]
    assert isinstance(tests, list)
    head = json.dumps({**report, "tests": []}, indent=2)
    lines = ",\n".join(f"    {json.dumps(test)}" for test in tests)
    return head.removesuffix("[]\n}") + (f"[\n{lines}\n  ]\n}}\n" if lines else "[]\n}\n")
