"""Reads the console of a Unity test image: which test, how it ended, where the run ended.

The text is that of Unity's fixture add-on with verbose output (unity_fixture.c). Other tasks of the
firmware write in between: log lines, and the dots of an idle hook in front of a test's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

START = re.compile(r"(IGNORE_)?TEST\(([^,()]+), *([^()]+)\)")
FAILURE = re.compile(r"([^\s:()]+):(\d+):[^:]*:(FAIL|IGNORE)(?::? ?(.*))?$")
LOG_LINE = re.compile(r"\.*\d+ \d+ \[[^\]]+\] .*$")
"""Of FreeRTOS's logging task, behind the dots of the idle hook."""
PASS = re.compile(r"(?:^|[\s.)])PASS\s*$")
CUT = re.compile(r"(?:IGNORE_)?TEST\([^()]*$")
"""A test's name that goes on in a later line."""
TOTALS = re.compile(r"(\d+) Tests (\d+) Failures (\d+) Ignored")
VERDICT = re.compile(r"[\s.]*(OK|FAIL)\s*$")
"""Of the whole suite, in a line of its own behind the totals."""
STARTING = re.compile(r"-+STARTING TESTS-+")
FINISHED = re.compile(r"-+ALL TESTS FINISHED-+")


class Outcome(Enum):
    PASSED = "passed"
    FAILED = "failed"
    IGNORED = "ignored"
    UNFINISHED = "unfinished"


@dataclass
class TestResult:
    """One firmware test. started and ended: ns of virtual time.

    Consoles are buffered, so that a name can appear as late as the result: a test counts as started
    when the one before it ended.
    """

    __test__ = False

    group: str
    name: str
    started: int
    ended: int
    outcome: Outcome = Outcome.UNFINISHED
    message: str = ""
    file: str = ""
    line: int = 0
    output: list[str] = field(default_factory=list)
    """What was printed between name and result."""

    @property
    def key(self) -> str:
        return f"{self.group}.{self.name}"

    @property
    def duration(self) -> float:
        """Seconds of virtual time."""
        return (self.ended - self.started) / 1e9


@dataclass(frozen=True)
class Totals:
    """What the firmware counted."""

    tests: int
    failures: int
    ignored: int

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.tests + other.tests,
            self.failures + other.failures,
            self.ignored + other.ignored,
        )


class UnityReader:
    """Feed it console lines; `results` grows as tests begin."""

    def __init__(self) -> None:
        self.results: list[TestResult] = []
        self.totals: Totals | None = None
        """Of all suites that the image ran."""
        self.verdicts: list[bool] = []
        """Whether a suite of the image was OK, in its own words."""
        self.finished = False
        self._current: TestResult | None = None
        self._last_end: int | None = None
        self._begun = 0
        """How many tests of the unfinished line have begun."""
        self._cut = ""
        self._counted = False

    def begin(self, started: int, ended: int, text: str) -> bool:
        """What there is of an unfinished line, begun at `started`. True if a test begins."""
        matches = list(START.finditer(text))
        if len(matches) != self._begun + 1 or matches[-1][1]:
            return False
        self._begun += 1
        self._start(matches[-1], started, ended)
        return True

    def feed(self, started: int, ended: int, text: str) -> list[TestResult]:
        """A console line, sent from `started` to `ended` (ns); returns the tests it finished."""
        text = self._pieced(text)
        done: list[TestResult] = []
        position = 0
        for index, match in enumerate(START.finditer(text)):
            if index >= self._begun:
                done += self._result(ended, text[position : match.start()])
                self._start(match, started, ended)
                if match[1]:
                    done += self._end(ended, Outcome.IGNORED)
            position = match.end()
        self._begun = 0
        done += self._result(ended, text[position:])
        if (totals := TOTALS.search(text)) is not None:
            counted = Totals(*map(int, totals.groups()))
            self.totals = counted if self.totals is None else self.totals + counted
            self._counted = True
        elif self._counted and (verdict := VERDICT.match(text)) is not None:
            self.verdicts.append(verdict[1] == "OK")
            self._counted = False
        if FINISHED.search(text):
            self.finished = True
        if STARTING.search(text):
            self._last_end = ended
        return done

    def close(self, time: int) -> None:
        """The run is over: a test without a result stays unfinished."""
        if self._current is not None:
            self._current.ended = time

    def _pieced(self, text: str) -> str:
        """A line without what another task wrote into a test's name, which goes on after it."""
        if self._cut and not LOG_LINE.match(text):
            text, self._cut = self._cut + text, ""
        log = LOG_LINE.search(text)
        cut = None if log is None else CUT.search(text, 0, log.start())
        if log is None or cut is None:
            return text
        self._cut = cut[0]
        return text[: cut.start()] or log[0]

    def _start(self, match: re.Match[str], started: int, ended: int) -> None:
        begun = started if self._last_end is None else self._last_end
        self._current = TestResult(match[2], match[3], begun, ended)
        self.results.append(self._current)

    def _result(self, time: int, text: str) -> list[TestResult]:
        current = self._current
        if current is None:
            return []
        failure = FAILURE.search(text)
        if failure is not None:
            current.file, current.line = failure[1], int(failure[2])
            current.message = LOG_LINE.sub("", failure[4] or "").rstrip()
            return self._end(time, Outcome.FAILED if failure[3] == "FAIL" else Outcome.IGNORED)
        if PASS.search(text):
            return self._end(time, Outcome.PASSED)
        if text.strip(" ."):
            current.output.append(text)
        return []

    def _end(self, time: int, outcome: Outcome) -> list[TestResult]:
        current, self._current = self._current, None
        assert current is not None
        current.outcome = outcome
        current.ended = self._last_end = time
        return [current]
