"""A timer that fires when nothing has happened for a while."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.idle_timer import IdleTimer
from renode_wifi.peripherals.base.machine import BenchMachine

PERIOD = 100


class Rig:
    def __init__(self) -> None:
        self.clock = BenchMachine().clock
        self.fired: list[int] = []
        self.timer = IdleTimer(self.clock, PERIOD, self.fire)

    def fire(self) -> None:
        self.fired.append(self.clock.now)

    def advance(self, to: int) -> None:
        self.clock.advance(to - self.clock.now)


def test_fires_again_and_again_while_nothing_happens() -> None:
    rig = Rig()
    rig.advance(350)
    assert rig.fired == [100, 200, 300]


@given(st.lists(st.integers(1, 1000), max_size=20))
def test_fires_a_period_after_the_last_that_happened(touches: list[int]) -> None:
    happened = sorted({0, *touches})
    # Which comes first at the same moment is left open.
    assume(all((after - before) % PERIOD for before, after in pairwise(happened)))
    rig = Rig()
    for moment in happened:
        rig.clock.schedule(moment, rig.timer.touch)
    rig.advance(1000)
    expected = []
    for start, end in zip(happened, [*happened[1:], 1001], strict=True):
        expected += [moment for moment in range(start + PERIOD, end, PERIOD) if moment <= 1000]
    assert rig.fired == expected


def test_stops_for_good_even_from_its_own_callback() -> None:
    rig = Rig()
    rig.timer.stop()
    rig.advance(500)
    assert rig.fired == []
    rig = Rig()
    rig.timer.callback = partial(stop, rig)
    rig.advance(500)
    assert rig.fired == [100]


def stop(rig: Rig) -> None:
    rig.fire()
    rig.timer.stop()
