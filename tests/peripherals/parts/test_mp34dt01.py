"""The microphones: which edge they are at, and what they send."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.inputs.waveforms import Sine
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.parts.mp34dt01 import MP34DT01
from renode_wifi.peripherals.stm32l4.dfsdm import STM32L4_DFSDM

MILLISECOND = 1_000_000


def test_two_microphones_share_a_wire() -> None:
    machine = BenchMachine()
    dfsdm = STM32L4_DFSDM(machine, "dfsdm1")
    first = MP34DT01(machine, "microphone1", falling=True)
    second = MP34DT01(machine, "microphone2")
    for each in (first, second):
        dfsdm.attach(each, 2)
    assert (first.falling, second.falling) == (True, False)
    with pytest.raises(ValueError, match="8"):
        dfsdm.attach(first, 8)


def test_it_sends_the_sound_of_that_moment() -> None:
    machine = BenchMachine()
    microphone = MP34DT01(machine, "microphone1")
    assert microphone.density() == 0
    microphone.sound = Sine(0.0, 0.5, 4 * MILLISECOND, 0.0)
    machine.clock.advance(MILLISECOND)
    assert microphone.density() == pytest.approx(0.5)
    machine.clock.advance(2 * MILLISECOND)
    assert microphone.density() == pytest.approx(-0.5)
    microphone.reset()
    assert microphone.density() == pytest.approx(-0.5)
