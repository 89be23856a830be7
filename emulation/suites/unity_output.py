"""What a Unity suite has printed, once it has come to its end."""

from __future__ import annotations

import re
from pathlib import PurePath

from renode_wifi.emulation.suites.unity import START, Outcome, TestResult, UnityReader

SUMMARY = re.compile(rb"-{5,}\s*\d+ Tests \d+ Failures \d+ Ignored")
BASIC = re.compile(
    r"^(?P<file>[^:\r\n]*):(?P<line>\d+):(?P<name>[^:\r\n]+):(?P<result>PASS|FAIL|IGNORE)"
    r"(?:: ?(?P<message>[^\r\n]*))?\r?$",
    re.MULTILINE,
)
"""A test's line without the fixture add-on (unity.c, UnityConcludeTest)."""
COLOR = re.compile(r"\x1b\[[0-9;]*m")
OUTCOMES = {"PASS": Outcome.PASSED, "FAIL": Outcome.FAILED, "IGNORE": Outcome.IGNORED}


def unity_results(text: str, colors: bool = True) -> list[TestResult]:
    """The tests in the output of Unity or of its fixture add-on. colors: take their codes out."""
    if colors:
        text = COLOR.sub("", text)
    if START.search(text):
        reader = UnityReader()
        for line in text.splitlines():
            reader.feed(0, 0, line)
        return reader.results
    return [
        TestResult(
            group=PurePath(match["file"]).stem,
            name=match["name"],
            started=0,
            ended=0,
            outcome=OUTCOMES[match["result"]],
            message=match["message"] or "",
            file=match["file"],
            line=int(match["line"]),
        )
        for match in BASIC.finditer(text)
    ]
