"""The models' clock on a Renode that keeps no promise about its scheduled actions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.emulation.engines.renode import dotnet

# Behind the stand-in, which it needs.
from renode_wifi.emulation.engines.renode.inside import clock, log  # isort: skip

QUANTUM = 100_000
END = 10 * QUANTUM


@dataclass
class Whim:
    """How Renode treats one scheduled action. shift: ns, before its time where negative."""

    shift: int
    calls: int
    elsewhere: bool


WHIMS = st.builds(
    Whim,
    shift=st.integers(-QUANTUM, QUANTUM),
    calls=st.integers(1, 3),
    elsewhere=st.booleans(),
)


class Whimsical:
    """A machine that isn't alone: its core may be ahead of the emulation's time."""

    def __init__(self, whims: list[Whim]) -> None:
        self.now = 0
        self.ahead = 0
        self.core_thread: int | None = None
        self.SystemBus = SimpleNamespace(TryGetCurrentCPU=self._current)
        self._whims = whims
        self._actions: list[tuple[int, Whim, Callable[[Any], None]]] = []

    def _current(self) -> tuple[bool, Any]:
        elapsed = dotnet.TimeInterval(self.now + self.ahead)
        cpu = SimpleNamespace(
            SyncTime=lambda: None, TimeHandle=SimpleNamespace(TotalElapsedTime=elapsed)
        )
        return threading.get_ident() == self.core_thread, cpu

    @property
    def ElapsedVirtualTime(self) -> Any:
        return SimpleNamespace(TimeElapsed=dotnet.TimeInterval(self.now))

    def ScheduleAction(self, delay: dotnet.TimeInterval, action: Callable[[Any], None]) -> None:
        assert delay.Ticks > 0
        whim = self._whims.pop() if self._whims else Whim(0, 1, False)
        time = max(self.now + 1, self.now + delay.Ticks + whim.shift)
        self._actions.append((time, whim, action))

    def advance(self, end: int) -> None:
        while self._actions:
            time, whim, action = min(self._actions, key=lambda entry: entry[0])
            if time > end:
                break
            self._actions.remove((time, whim, action))
            self.now = max(self.now, time)
            for _ in range(whim.calls):
                if whim.elsewhere:
                    thread = threading.Thread(target=action, args=(None,))
                    thread.start()
                    thread.join()
                else:
                    action(None)
        self.now = max(self.now, end)


@given(
    whims=st.lists(WHIMS, max_size=30),
    delays=st.lists(
        st.tuples(st.integers(0, QUANTUM), st.integers(0, 2 * QUANTUM), st.integers(0, QUANTUM)),
        min_size=1,
        max_size=12,
    ),
    chains=st.lists(st.integers(0, QUANTUM), max_size=5),
)
def test_no_event_is_lost_early_or_twice(
    whims: list[Whim], delays: list[tuple[int, int, int]], chains: list[int]
) -> None:
    machine = Whimsical(whims)
    board = clock.RenodeClock(machine, log.Log())
    seen: list[int] = []

    def run(time: int) -> None:
        assert board.now >= time
        seen.append(time)
        if chains:
            delay = chains.pop()
            again = board.now + delay
            board.schedule(delay, partial(run, again))
            expected.append(again)

    expected: list[int] = []
    for pause, delay, ahead in delays:
        machine.advance(machine.now + pause)
        machine.ahead = ahead
        machine.core_thread = threading.get_ident()
        expected.append(board.now + delay)
        board.schedule(delay, partial(run, expected[-1]))
        machine.core_thread = None
    machine.advance(machine.now + END + len(expected) * 4 * QUANTUM)
    assert sorted(seen) == sorted(expected)
    assert seen == sorted(seen)


def test_an_action_that_never_came_is_replaced() -> None:
    machine = Whimsical([Whim(0, 0, False)])
    board = clock.RenodeClock(machine, log.Log())
    seen: list[str] = []
    board.schedule(10, partial(seen.append, "lost"))
    machine.advance(20)
    assert seen == []
    board.schedule(QUANTUM, partial(seen.append, "next"))
    machine.advance(2 * QUANTUM)
    assert seen == ["lost", "next"]


def test_a_cancelled_event_does_not_run() -> None:
    machine = Whimsical([])
    board = clock.RenodeClock(machine, log.Log())
    seen: list[str] = []
    board.schedule(10, partial(seen.append, "cancelled")).cancel()
    board.schedule(20, partial(seen.append, "kept"))
    machine.advance(30)
    assert seen == ["kept"]


def test_time_never_runs_back_between_threads() -> None:
    machine = Whimsical([])
    board = clock.RenodeClock(machine, log.Log())
    machine.ahead = 500
    machine.core_thread = threading.get_ident()
    assert board.now == 500
    machine.core_thread = None
    assert board.now == 500
    machine.advance(700)
    assert board.now == 700
