"""A board that is brought to any point of its golden run again, to see what a fault does to it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from itertools import pairwise, zip_longest
from pathlib import Path

from renode_wifi.emulation.board.board import Board, GuestCrash, Snapshot
from renode_wifi.emulation.board.console import UartLine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore.idleness import RESTS, function_at, is_idle, loops_skipped
from renode_wifi.emulation.explore.outcome import CellOutcome, Verdict
from renode_wifi.emulation.explore.plan import Cell, Point, Setup
from renode_wifi.emulation.explore.points import Recorder
from renode_wifi.emulation.explore.seen import View, alike, corruption, view_of
from renode_wifi.emulation.patterns import compiled
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND
from renode_wifi.peripherals.network.worldfile.units import duration

BEFORE = 1 * MICROSECOND
"""A fault is there so many ns before what it is to strike."""
SNAPSHOTS = 80
"""Of a golden run, at most; one takes about 2 MB."""
CLOSEST = SECOND // 4
"""Virtual time from one snapshot to the next, at least."""
BUSY_SECONDS = 35
"""So long in one function, without a line on the console, is a hang: drivers of both radios wait
for up to 30 s."""
COMPUTING_SECONDS = 10
"""So long busy with something else than waiting, without a line, is a hang."""
SILENT_SECONDS = BUSY_SECONDS
"""So long without a line and with nothing to do is an end."""
REPEATS = 3
"""So often firmware says what it does not say in the golden run, and does no work in between, until
its failure counts as lasting. Numbers in a line don't count."""
LAST_LINES = 8
LATE = 1 * SECOND
"""By which a line may be later than in the golden run without being affected."""
GIVES_UP = re.compile(r"\w*[aA]ssert\w*|vApplication(?:StackOverflow|MallocFailed)Hook")
"""Functions in which firmware stays when it gives up."""


class Laboratory:
    """Makes its golden run at once. Raises RenodeWifiError where that shows no work."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._recover = compiled(setup.recover, option="--recover")
        self._fail_on = None
        if setup.fail_on is not None:
            self._fail_on = compiled(setup.fail_on, option="--fail-on")
        self._assertion = compiled(setup.assertion, option="--assertion")
        self.board = Board(
            setup.board,
            [Path(part) if "@" not in part else part for part in setup.image],
            setup.world,
            setup.seed,
            setup.engine,
        )
        self._times: list[int] = []
        self._snapshots: list[Snapshot] = []
        self._watch: Watch | None = None
        self.board.uart.listeners.append(self._on_line)
        self.board.engine.subscribe(self._on_reset, "reset")
        self.points: list[Point] = []
        self.golden: list[UartLine] = []
        self.view = View()
        try:
            self._record()
        except BaseException:
            self.board.close()
            raise

    def close(self) -> None:
        self.board.close()

    # The golden run

    def _record(self) -> None:
        board, setup = self.board, self.setup
        recorder = Recorder(board, setup)
        end = round(setup.length * SECOND)
        step = max(CLOSEST, end // SNAPSHOTS)
        try:
            for time in range(0, end, step):
                self._keep_snapshot()
                board.run((min(time + step, end) - board.engine.now) / SECOND)
            self.points = recorder.points()
            # What servers get in the time that a faulty run has, too.
            board.run(min(setup.timeout, setup.length) / 2)
        except GuestCrash as crash:
            raise RenodeWifiError(
                f"the firmware crashes without any fault: {crash.message.splitlines()[0]}",
                cure="explore firmware that works",
            ) from None
        self.golden = list(board.uart.lines)
        self._said = {alike(line.text.encode()) for line in self.golden}
        self.access_point = _joined(board)
        self.view = view_of(board.world)
        matches = [line for line in self.golden if self._recover.search(line.text)]
        if not matches:
            last = self.golden[-1] if self.golden else "(nothing)"
            raise RenodeWifiError(
                f"no console line of the first {board.now:g} s matches {setup.recover!r}",
                cure=f"give a longer --length or another --recover; the last line is: {last}",
            )
        self._wanted = 2 if len(matches) > 1 else 1
        self._period = _period(matches)
        self._silence = round(max(SILENT_SECONDS, 2 * self._period) * SECOND)

    def _keep_snapshot(self) -> None:
        self._times.append(self.board.engine.now)
        self._snapshots.append(self.board.snapshot())

    # A cell

    def run(self, cell: Cell) -> CellOutcome:
        """What becomes of the firmware when `cell` happens to it."""
        try:
            self._go_to(cell.point.time - BEFORE)
            watch = self._watch = Watch(self.board.engine.now)
            arguments = dict(cell.arguments)
            lasts = arguments.pop("for", None)
            over = self.board.engine.now + (0 if lasts is None else duration(lasts))
            self.board.world.inject(cell.do, lasts, **arguments)
            return self._judge(cell, watch, over)
        except RenodeWifiError as error:
            return self._outcome(cell, Verdict.LOST, note=error.message)
        except Exception as error:
            # An error of the emulator is a result, too: the other cells are still to be explored.
            return self._outcome(cell, Verdict.LOST, note=f"{type(error).__name__}: {error}")
        finally:
            self._watch = None

    def _go_to(self, time: int) -> None:
        index = max(0, bisect_right(self._times, time) - 1)
        self.board.handled_faults.clear()
        self.board.handled_fault_count = 0
        self.board.restore(self._snapshots[index])
        if time > self.board.engine.now:
            self.board.run((time - self.board.engine.now) / SECOND)

    def _judge(self, cell: Cell, watch: Watch, over: int) -> CellOutcome:
        board = self.board
        watch.over = over
        end = over + round((self.setup.timeout + self._period) * SECOND)
        try:
            while board.engine.now < end and not self._is_decided(watch, over):
                self._run_slice(watch, end)
                if board.crash is not None:
                    raise GuestCrash(board.crash_report())
        except GuestCrash as crash:
            return self._outcome(cell, Verdict.CRASH, where=crash.message)
        finally:
            watch.resets = [cause for cause in watch.resets if not self._is_own(cell, cause)]
        if board.handled_faults:
            fault = board.handled_faults[0]
            return self._outcome(
                cell, Verdict.CRASH, where=f"{fault.cause} at {board.place(fault.pc)}"
            )
        return self._verdict(cell, watch, over)

    def _run_slice(self, watch: Watch, end: int) -> None:
        """Let time pass, and end what does nothing but stay busy in one function."""
        engine = self.board.engine
        before, skipped = len(watch.lines), loops_skipped(self.board)
        until = min(end, engine.now + SECOND)
        engine.run(until)
        if len(watch.lines) != before or engine.now < until:
            watch.busy.clear()
            watch.computing = 0
            return
        idle = is_idle(self.board)
        said = watch.lines[-1].time if watch.lines else watch.over
        if self._since(max(said, watch.over)) > self._silence and idle:
            watch.ended = True
        waits = loops_skipped(self.board) != skipped
        watch.silent_second(function_at(self.board), idle=idle, waits=waits)

    def _is_own(self, cell: Cell, cause: str) -> bool:
        """A reset that is the fault itself."""
        return cause == "power-on" and cell.do in ("power-cut", "flash-power-cut")

    def _is_decided(self, watch: Watch, over: int) -> bool:
        return (
            watch.stuck
            or watch.ended
            or watch.complains
            or watch.asserted != ""
            or watch.failed != ""
            or len([time for time in watch.works if time >= over]) >= self._wanted
        )

    def _verdict(self, cell: Cell, watch: Watch, over: int) -> CellOutcome:
        works = [time for time in watch.works if time >= over]
        if watch.asserted:
            return self._outcome(
                cell, Verdict.ASSERTION, note=watch.asserted, where=self.board.whereabouts()
            )
        after = (works[0] - over) / SECOND if works else None
        by = "reset" if watch.resets else "itself" if works else ""
        unlike = self._first_unlike(watch)
        wrong = corruption(self.view, view_of(self.board.world))
        if wrong:
            return self._outcome(cell, Verdict.CORRUPTION, after, by, note=wrong)
        if watch.failed:
            return self._outcome(cell, Verdict.DEGRADED, after, by, note=watch.failed)
        if not works:
            where = self.board.whereabouts()
            stays = GIVES_UP.search(where.partition("\n")[0])
            verdict = Verdict.ASSERTION if stays else self._without_work(watch)
            return self._outcome(cell, verdict, by=by, where=where, note=unlike)
        if len(works) < self._wanted:
            if watch.complains or self._since(works[-1]) > 2 * self._period * SECOND:
                note = f"the last such line came {after:g} s after the fault; {unlike}"
                where = self.board.whereabouts()
                return self._outcome(
                    cell, self._without_work(watch), after, by, where=where, note=note
                )
            note = f"one such line in {self.setup.timeout:g} s"
            return self._outcome(cell, Verdict.DEGRADED, after, by, note=note)
        if not watch.resets and not unlike:
            return self._outcome(cell, Verdict.UNAFFECTED, after, by)
        return self._outcome(cell, Verdict.RECOVERED, after, by, note=unlike)

    def _since(self, time: int) -> int:
        return self.board.engine.now - time

    def _without_work(self, watch: Watch) -> Verdict:
        """What firmware does that did none of its work to the end."""
        if watch.stuck or not watch.lines:
            return Verdict.HANG
        silent = max(self.setup.timeout / 2, self._period) * SECOND
        if watch.complains or self._since(watch.lines[-1].time) < silent:
            return Verdict.FAILS
        return Verdict.ENDS if is_idle(self.board) else Verdict.HANG

    def _first_unlike(self, watch: Watch) -> str:
        """The first console line since the fault that is not the golden run's, but for numbers."""
        begin = next(
            (i for i, line in enumerate(self.golden) if line.time >= watch.start), len(self.golden)
        )
        for own, line in zip_longest(watch.lines, self.golden[begin:]):
            if own is None:
                break
            if line is None or alike(own.text.encode()) != alike(line.text.encode()):
                return own.text
            if own.time > line.time + LATE:
                return f"late: {own.text}"
        return ""

    def _outcome(
        self,
        cell: Cell,
        verdict: Verdict,
        after: float | None = None,
        by: str = "",
        where: str = "",
        note: str = "",
    ) -> CellOutcome:
        point = cell.point
        last = tuple(str(line) for line in self.board.uart.lines[-LAST_LINES:])
        seconds = None if after is None else round(after, 6)
        return CellOutcome(
            cell.name,
            point.label,
            point.family,
            cell.fault,
            cell.entry,
            verdict,
            seconds,
            by,
            where,
            note,
            last if verdict not in (Verdict.UNAFFECTED, Verdict.RECOVERED) else (),
        )

    # What the board does

    def _on_line(self, line: UartLine) -> None:
        watch = self._watch
        if watch is None or line.time < watch.start:
            return
        watch.lines.append(line)
        if self._assertion.search(line.text):
            watch.asserted = line.text
        elif self._fail_on is not None and self._fail_on.search(line.text):
            watch.failed = line.text
        elif self._recover.search(line.text):
            watch.works.append(line.time)
            watch.complaints.clear()
        elif line.time >= watch.over and (text := alike(line.text.encode())) not in self._said:
            watch.complaints[text] += 1
        else:
            return
        self.board.stop()

    def _on_reset(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        if self._watch is not None and "cause" in fields:
            self._watch.resets.append(str(fields["cause"]))


class Watch:
    """What the board did since a fault."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.lines: list[UartLine] = []
        self.works: list[int] = []
        self.resets: list[str] = []
        self.busy: list[str] = []
        """The function in which it was at each of the last seconds, as long as it is one."""
        self.computing = 0
        """Seconds in which it was busy, and not in a loop that waits."""
        self.stuck = False
        self.ended = False
        self.over = start
        """When the fault is over."""
        self.complaints: Counter[bytes] = Counter()
        """Lines since then that the golden run has not, as long as no work is done."""
        self.asserted = ""
        self.failed = ""

    def silent_second(self, function: str, *, idle: bool, waits: bool) -> None:
        """One without a line, at whose end it was in `function`. idle: it has nothing to do, even
        if its idle task runs through a function of the kernel. waits: in a loop."""
        self.computing = 0 if idle or waits else self.computing + 1
        rests = idle or not function or RESTS.search(function) is not None
        if rests or (self.busy and self.busy[-1] != function):
            self.busy.clear()
        if not rests:
            self.busy.append(function)
        self.stuck |= len(self.busy) == BUSY_SECONDS or self.computing == COMPUTING_SECONDS

    @property
    def complains(self) -> bool:
        """It says again and again what it does not say in the golden run."""
        return max(self.complaints.values(), default=0) >= REPEATS


def _joined(board: Board) -> str | None:
    """The SSID of the access point that the board has joined."""
    for station in board.world.stations.values():
        if station.beacon is not None:
            return station.beacon.ssid.decode("latin-1")
    return None


def _period(matches: list[UartLine]) -> float:
    """Seconds from one line that shows work to the next, at most."""
    times = [line.time for line in matches]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return max(gaps, default=0) / SECOND
