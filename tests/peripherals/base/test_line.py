"""Lines between blocks: who is notified, and when."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.line import Line, Receiver


class Probe(Receiver):
    def __init__(self) -> None:
        self.levels: list[tuple[int, bool]] = []

    def on_gpio(self, number: int, level: bool) -> None:
        self.levels.append((number, level))


def test_receivers_are_notified_of_changes_only() -> None:
    line, probe = Line(), Probe()
    line.connect(probe, 4)
    for level in (False, True, True, False):
        line.set(level)
    assert probe.levels == [(4, True), (4, False)]


def test_a_receiver_connected_late_is_notified_of_a_high_level() -> None:
    line, probe = Line(True), Probe()
    line.connect(probe, 1)
    assert probe.levels == [(1, True)]


def test_all_receivers_are_reported_in_the_order_they_came() -> None:
    line, probe = Line(), Probe()
    line.connect(probe, 2)
    line.connect(probe, 1)
    line.pulse()
    assert probe.levels == [(2, True), (1, True), (2, False), (1, False)]


def test_a_level_is_a_bool_whatever_was_given() -> None:
    line, probe = Line(), Probe()
    line.connect(probe, 0)
    line.set(0x40)  # type: ignore[arg-type]
    assert line.level is True
    assert probe.levels == [(0, True)]


def test_a_receiver_has_to_say_what_it_does() -> None:
    with pytest.raises(NotImplementedError):
        Receiver().on_gpio(0, True)
