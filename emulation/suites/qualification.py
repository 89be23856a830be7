"""Runs a Unity test image to its end and keeps what it said, whatever happens on the way."""

from __future__ import annotations

import hashlib
import time as host_time
import xml.etree.ElementTree as xml
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import yaml

from renode_wifi.emulation.board.console import UartLine
from renode_wifi.emulation.board.session import GuestCrash, Session
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.suites.report import RUN, UNFINISHED, Report, as_text, replace_report
from renode_wifi.emulation.suites.unity import Outcome, TestResult, Totals, UnityReader
from renode_wifi.emulation.visible import visible
from renode_wifi.peripherals.base.clock import SECOND

SHIPPED = Path(__file__).parents[2] / "platforms" / "expected"
DEFAULT_TIME = 7200.0
DEFAULT_TEST_TIME = 1200.0
SLICE = SECOND
"""ns of virtual time between two looks at what is under way."""


class End(Enum):
    """How the run ended."""

    FINISHED = "the suite finished"
    CRASHED = "the firmware crashed"
    HUNG = "a test made no progress"
    TIME = "the time is over"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Expectation:
    """An outcome that is known and explained."""

    outcome: Outcome
    reason: str


def read_expected(path: Path) -> dict[str, Expectation]:
    """`Group.Test: {outcome: failed, reason: …}` in YAML. Raises RenodeWifiError.

    `<name>` is a file that comes with the package (platforms/expected), as in world files.
    """
    if path.name.startswith("<") and path.name.endswith(">"):
        path = SHIPPED / f"{path.name[1:-1]}.yaml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        shipped = ", ".join(f"<{file.stem}>" for file in sorted(SHIPPED.glob("*.yaml")))
        raise RenodeWifiError(
            f"cannot read: {error.strerror}",
            where=str(path),
            cure=f"check the name; those of the package: {shipped}",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise RenodeWifiError(
            f"this is not YAML: {error}", where=str(path), cure="check indentation and quotes"
        ) from error
    if data is None:
        return {}  # Comments only: nothing is known.
    if not isinstance(data, dict):
        raise RenodeWifiError(
            "no expectations", where=str(path), cure="write Group.Test: {outcome: …, reason: …}"
        )
    expected = {}
    for key, entry in data.items():
        try:
            expected[str(key)] = Expectation(Outcome(entry["outcome"]), str(entry["reason"]))
        except (KeyError, TypeError, ValueError) as error:
            outcomes = ", ".join(outcome.value for outcome in Outcome)
            raise RenodeWifiError(
                f"{key}: {entry!r} is not an expectation",
                where=str(path),
                cure=f"write {{outcome: one of {outcomes}, reason: text}}",
            ) from error
    return expected


class Qualification:
    """One run of a test image on a board.

    on_test: called with each test as it ends. junit, json_file: rewritten as each test begins and
    ends, so that a run that is killed leaves everything up to then. labels: what the report shall
    say of the image, such as its project and tag.
    """

    def __init__(
        self,
        board: Session,
        expected: dict[str, Expectation] | None = None,
        junit: Path | None = None,
        json_file: Path | None = None,
        on_test: Callable[[TestResult], None] | None = None,
        labels: dict[str, str] | None = None,
    ) -> None:
        self.board = board
        self.expected = expected or {}
        self.junit = junit
        self.json_file = json_file
        self.on_test = on_test
        self.labels = labels or {}
        self.reader = UnityReader()
        self.end: End | None = None
        self.interrupted = False
        self.error = ""
        """What ended the emulation itself."""
        self.real_seconds = 0.0
        self.whereabouts = ""
        """Where the firmware was when the run ended before the suite did; the report of a crash."""
        self.on_progress: Callable[[str, float, float], None] = lambda name, seconds, now: None
        """Called in between with what is under way, for how long, and the time (s, virtual)."""
        self._image_hash = _hash(board)
        board.uart.listeners.append(self._on_line)
        board.uart.byte_listeners.append(self._on_byte)

    @property
    def results(self) -> list[TestResult]:
        return self.reader.results

    def run(self, time: float = DEFAULT_TIME, test_time: float = DEFAULT_TEST_TIME) -> End:
        """Run to the end. time: of the whole run; test_time: without a test ending (s, virtual)."""
        started = host_time.monotonic()
        try:
            self.write()
            self.end = self._run(_ns(time), _ns(test_time))
            if self.board.uart.pending:
                self.board.uart.flush()
            return self.end
        except BaseException as error:
            self.error = str(error) or type(error).__name__
            raise
        finally:
            self.real_seconds = host_time.monotonic() - started
            self._locate()
            self.reader.close(self.board.engine.now)
            self.write(final=True)

    def _locate(self) -> None:
        """Where the firmware is, if it did not come to the end of the suite."""
        if self.end is not End.FINISHED:
            # Of an engine that failed nothing may be known; what ended the run counts.
            with suppress(Exception):
                self.whereabouts = self.board.crash_report() or self.board.whereabouts()

    def _run(self, time: int, test_time: int) -> End:
        """Both in ns: a remainder of less than one would never pass."""
        engine = self.board.engine
        end = engine.now + time
        done, until = self._done(), engine.now + test_time
        while True:
            if self.interrupted:
                return End.INTERRUPTED
            if self._done() != done:
                done, until = self._done(), engine.now + test_time
            self._show_progress()
            try:
                stop = self.board.run((min(end, until, engine.now + SLICE) - engine.now) / SECOND)
            except GuestCrash:
                stop = Stop.CRASH
            if self.reader.finished:
                return End.FINISHED
            if self.interrupted:
                return End.INTERRUPTED
            if stop is Stop.CRASH:
                return End.CRASHED
            if engine.now >= end:
                return End.TIME
            if engine.now >= until and self._done() == done:
                return End.HUNG

    def _show_progress(self) -> None:
        self.on_progress(*self.under_way(), self.board.now)

    def under_way(self) -> tuple[str, float]:
        """The test that is running, and for how long (s, virtual); behind which test the firmware
        is, where it prints a test's name with its result only."""
        now = self.board.engine.now
        if not self.results:
            return "before the first test", now / SECOND
        last = self.results[-1]
        if last.outcome is Outcome.UNFINISHED:
            return last.key, (now - last.started) / SECOND
        return f"after {last.key}", (now - last.ended) / SECOND

    def interrupt(self) -> None:
        """Let `run` end as soon as it can; safe from signal handlers."""
        self.interrupted = True
        self.board.stop()

    def deviations(self) -> list[tuple[str, str]]:
        """Tests that did not end as they should, each with what is wrong."""
        wrong = []
        seen = set()
        for result in self.results:
            seen.add(result.key)
            known = self.expected.get(result.key)
            good = (Outcome.PASSED, Outcome.IGNORED) if known is None else (known.outcome,)
            if result.outcome not in good:
                wanted = good[0].value
                wrong.append((result.key, f"{result.outcome.value}, not {wanted}"))
        if self.end is End.FINISHED:
            groups = {result.group for result in self.results}
            wrong += [
                (key, "expected, but never run")
                for key in self.expected
                if key not in seen and key.partition(".")[0] in groups
            ]
        return wrong

    def problems(self) -> list[str]:
        """What is wrong with the run as a whole: its end, or tests that were not seen."""
        if self.end is not End.FINISHED:
            return [self.error or (UNFINISHED if self.end is None else self.end.value)]
        problems = []
        if not self.results:
            problems.append("no test was seen")
        seen = Totals(len(self.results), self._count(Outcome.FAILED), self._count(Outcome.IGNORED))
        counted = self.reader.totals
        if counted is not None and counted != seen:
            problems.append(
                f"the firmware counts {_counts(counted)}, but its console shows {_counts(seen)}"
            )
        if not all(self.reader.verdicts) and not seen.failures:
            problems.append("the firmware says FAIL, but its console shows no failure")
        return problems

    @property
    def good(self) -> bool:
        """The suite came to its end, and every test as it should."""
        return not self.problems() and not self.deviations()

    def as_dict(self) -> Report:
        totals = self.reader.totals
        return {
            "image": None if self.board.image is None else self.board.image.path.name,
            "sha256": self._image_hash,
            "labels": self.labels,
            "engine": self.board.engine.name,
            "end": None if self.end is None else self.end.name.lower(),
            "virtual_seconds": self.board.now,
            "real_seconds": round(self.real_seconds, 1),
            "totals": None if totals is None else vars(totals),
            "crash": self.board.crash_report() or None,
            "whereabouts": self.whereabouts or None,
            "deviations": dict(self.deviations()),
            "problems": self.problems(),
            "tests": [
                {
                    "group": result.group,
                    "name": result.name,
                    "outcome": result.outcome.value,
                    "started": result.started / SECOND,
                    "duration": result.duration,
                    "file": result.file,
                    "line": result.line,
                    "message": result.message,
                    "expected": self._reason(result),
                }
                for result in self.results
            ],
        }

    def write(self, final: bool = False) -> None:
        """Write the reports that were asked for. final: so that they outlast a power failure."""
        if self.json_file is not None:
            replace_report(self.json_file, as_text(self.as_dict()), final)
        if self.junit is not None:
            replace_report(self.junit, self._junit(), final)

    def _count(self, outcome: Outcome) -> int:
        return sum(result.outcome is outcome for result in self.results)

    def _done(self) -> int:
        return len(self.results) - self._count(Outcome.UNFINISHED)

    def _on_byte(self, time: int, byte: int) -> None:
        # A test's name ends so; its result follows in the same line.
        if byte == ord(")"):
            console = self.board.uart
            if self.reader.begin(console.pending_since, time, console.pending):
                self.write()

    def _on_line(self, line: UartLine) -> None:
        begun = len(self.results)
        done = self.reader.feed(line.time, self.board.engine.now, line.text)
        if done or len(self.results) > begun:
            self.write()
        for result in done:
            if self.on_test is not None:
                self.on_test(result)
        if self.reader.finished:
            self.board.stop()

    def _reason(self, result: TestResult) -> str | None:
        known = self.expected.get(result.key)
        return known.reason if known is not None and known.outcome is result.outcome else None

    def _junit(self) -> str:
        root = xml.Element("testsuites")
        groups: dict[str, xml.Element] = {}
        for result in self.results:
            suite = groups.get(result.group)
            if suite is None:
                suite = xml.SubElement(root, "testsuite", name=visible(result.group))
                groups[result.group] = suite
            case = xml.SubElement(
                suite,
                "testcase",
                classname=visible(result.group),
                name=visible(result.name),
                time=f"{result.duration:.6f}",
            )
            self._judge(case, result)
            if result.output:
                xml.SubElement(case, "system-out").text = visible("\n".join(result.output))
        if problems := self.problems():
            groups[""] = self._add_problems(root, problems)
        for suite in groups.values():
            suite.set("tests", str(len(suite)))
            for kind, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
                suite.set(kind, str(len(suite.findall(f"testcase/{tag}"))))
        xml.indent(root)
        return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"

    def _add_problems(self, root: xml.Element, problems: list[str]) -> xml.Element:
        """A suite with a test that fails, so that no reader takes the run for a good one."""
        suite = xml.SubElement(root, "testsuite", name=RUN)
        case = xml.SubElement(suite, "testcase", classname=RUN, name="run", time="0")
        error = xml.SubElement(case, "error", message=visible("; ".join(problems)))
        error.text = visible(self.whereabouts)
        return suite

    def _judge(self, case: xml.Element, result: TestResult) -> None:
        reason = self._reason(result)
        place = f"{result.file}:{result.line}: " if result.file else ""
        message = visible(place + result.message)
        if reason is not None and result.outcome is not Outcome.PASSED:
            xml.SubElement(case, "skipped", message=f"known: {reason}")
        elif result.key in self.expected:
            xml.SubElement(case, "failure", message=f"{result.outcome.value} unexpectedly")
        elif result.outcome is Outcome.FAILED:
            xml.SubElement(case, "failure", message=message)
        elif result.outcome is Outcome.IGNORED:
            xml.SubElement(case, "skipped", message=message)
        elif result.outcome is Outcome.UNFINISHED:
            error = xml.SubElement(case, "error", message=self.end.value if self.end else "running")
            error.text = visible(self.whereabouts)


def _ns(seconds: float) -> int:
    return round(seconds * SECOND)


def _hash(board: Session) -> str | None:
    if board.image is None:
        return None
    return hashlib.sha256(board.image.path.read_bytes()).hexdigest()


def _counts(totals: Totals) -> str:
    return f"{totals.tests} tests, {totals.failures} failures, {totals.ignored} ignored"
