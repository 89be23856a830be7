"""Rates that a serial port of a host has."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.observers.contract.rules.board import is_usual


@pytest.mark.parametrize(
    ("rate", "usual"),
    [
        (115200, True),
        (115200 * 1.03, True),
        (115200 / 1.03, True),
        (80e6 / 694, True),
        (80e6 / 750, False),
        (4e6 / 694, False),
        (1_000_000, True),
        (300, False),
    ],
)
def test_a_rate_is_usual_within_the_receivers_tolerance(rate: float, usual: bool) -> None:
    assert is_usual(rate) is usual
