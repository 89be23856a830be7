"""Port pins: who decides a level, and what the lock freezes."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import gpio as block
from renode_wifi.peripherals.stm32l4.gpio import STM32_GPIOPort
from tests.peripherals.stm32l4.rig import Probe, peek, poke


def make(**attributes: Any) -> STM32_GPIOPort:
    return STM32_GPIOPort(BenchMachine(), "gpioPortE", **attributes)


def mode(port: STM32_GPIOPort, pin: int, value: int) -> None:
    poke(port, "MODER", peek(port, "MODER") & ~(3 << 2 * pin) | value << 2 * pin)


def pull(port: STM32_GPIOPort, pin: int, value: int) -> None:
    poke(port, "PUPDR", peek(port, "PUPDR") & ~(3 << 2 * pin) | value << 2 * pin)


def test_ports_start_with_their_own_reset_values() -> None:
    port = make(
        modeResetValue=0xABFFFFFF,
        outputSpeedResetValue=0x0C000000,
        pullUpPullDownResetValue=0x64000000,
    )
    for _ in range(2):
        assert peek(port, "MODER") == 0xABFFFFFF
        assert peek(port, "OSPEEDR") == 0x0C000000
        assert peek(port, "PUPDR") == 0x64000000
        assert peek(port, "IDR") == 0xA000, "the debug port's pull-ups on PA13 and PA15"
        poke(port, "MODER", 0)
        port.reset()


@given(
    operations=st.lists(
        st.tuples(st.sampled_from(["ODR", "BSRR", "BRR"]), st.integers(0, 0xFFFFFFFF)), max_size=10
    )
)
def test_outputs_follow_every_way_of_writing_them(operations: list[tuple[str, int]]) -> None:
    port = make(modeResetValue=0x55555555)
    expected = 0
    for name, value in operations:
        poke(port, name, value)
        if name == "ODR":
            expected = value & 0xFFFF
        elif name == "BSRR":
            expected = (expected & ~(value >> 16) | value) & 0xFFFF
        else:
            expected &= ~value & 0xFFFF
        assert peek(port, "ODR") == peek(port, "IDR") == expected
        assert [port.lines[pin].level for pin in range(16)] == [
            bool(expected >> pin & 1) for pin in range(16)
        ]


def test_an_output_is_reported_once_per_change() -> None:
    port, probe = make(), Probe()
    port.lines[8].connect(probe, 1)
    mode(port, 8, block.OUTPUT)
    for _ in range(2):
        poke(port, "BSRR", 1 << 8)
    for _ in range(2):
        poke(port, "BRR", 1 << 8)
    assert probe.levels == [(1, True), (1, False)]


def test_the_output_register_waits_for_the_mode() -> None:
    port = make(modeResetValue=0xFFFFFFFF)
    poke(port, "ODR", 1)
    assert not port.lines[0].level
    mode(port, 0, block.OUTPUT)
    assert port.lines[0].level


def test_an_input_follows_the_outside_and_passes_it_on() -> None:
    port, probe = make(), Probe()
    port.lines[1].connect(probe, 17)
    port.on_gpio(1, True)
    assert peek(port, "IDR") == 2
    port.on_gpio(1, False)
    assert peek(port, "IDR") == 0
    assert probe.levels == [(17, True), (17, False)]


def test_a_pull_up_decides_until_the_outside_does() -> None:
    port = make()
    pull(port, 13, block.PULL_UP)
    assert peek(port, "IDR") == 1 << 13
    port.on_gpio(13, False)
    assert peek(port, "IDR") == 0
    port.release(13)
    assert peek(port, "IDR") == 1 << 13
    pull(port, 13, 2)
    assert peek(port, "IDR") == 0


def test_an_analog_pin_reads_zero() -> None:
    port = make()
    port.on_gpio(4, True)
    mode(port, 4, block.ANALOG)
    assert peek(port, "IDR") == 0


def test_an_open_drain_output_only_pulls_low() -> None:
    port = make()
    poke(port, "OTYPER", 1)
    mode(port, 0, block.OUTPUT)
    poke(port, "ODR", 1)
    assert not port.lines[0].level
    pull(port, 0, block.PULL_UP)
    assert port.lines[0].level
    port.on_gpio(0, False)
    assert not port.lines[0].level
    port.on_gpio(0, True)
    assert port.lines[0].level
    poke(port, "ODR", 0)
    assert not port.lines[0].level


def test_an_output_ignores_the_outside() -> None:
    port = make()
    mode(port, 3, block.OUTPUT)
    port.on_gpio(3, True)
    assert peek(port, "IDR") == 0


@pytest.mark.parametrize(("pin", "register"), [(3, "AFRL"), (11, "AFRH")])
def test_the_selected_alternate_function_drives_its_pin(pin: int, register: str) -> None:
    port = make()
    lines = {function: Line() for function in (1, 2)}
    for function, line in lines.items():
        line.connect(port.receiver(pin), function)
        line.set(True)
    lines[2].set(False)
    mode(port, pin, block.ALTERNATE)
    poke(port, register, 1 << 4 * (pin & 7))
    assert port.lines[pin].level
    poke(port, register, 2 << 4 * (pin & 7))
    assert not port.lines[pin].level
    lines[2].set(True)
    assert port.lines[pin].level


def test_an_alternate_function_that_nobody_drives_leaves_the_pin_to_the_outside() -> None:
    port = make()
    mode(port, 11, block.ALTERNATE)
    port.on_gpio(11, True)
    assert peek(port, "IDR") == 1 << 11


def test_alternate_functions_can_be_inverted() -> None:
    port = make(invertedAFPins=[[2, 5, 7]])
    mode(port, 2, block.ALTERNATE)
    poke(port, "AFRL", 7 << 8)
    port.receiver(2).on_gpio(7, False)
    assert port.lines[2].level


LOCK = block.LCKR.LCKK | 1 << 5


def test_the_lock_freezes_configuration_but_not_levels() -> None:
    port = make()
    mode(port, 5, block.OUTPUT)
    for value in (LOCK, 1 << 5, LOCK):
        poke(port, "LCKR", value)
    assert peek(port, "LCKR") == LOCK
    for name in ("MODER", "OTYPER", "OSPEEDR", "PUPDR", "AFRL", "AFRH"):
        poke(port, name, 0xFFFFFFFF)
    assert peek(port, "MODER") == 0xFFFFFFFF & ~(3 << 10) | 1 << 10
    assert peek(port, "OTYPER") == 0xFFDF
    assert peek(port, "AFRL") == 0xFF0FFFFF
    assert peek(port, "AFRH") == 0xFFFFFFFF
    poke(port, "BSRR", 1 << 5)
    assert port.lines[5].level
    poke(port, "LCKR", 0)
    assert peek(port, "LCKR") == LOCK
    port.reset()
    assert peek(port, "LCKR") == 0


@pytest.mark.parametrize(
    "sequence", [[LOCK, LOCK, LOCK], [LOCK, 1 << 5], [1 << 5, LOCK], [LOCK, 1 << 5, LOCK | 1]]
)
def test_a_wrong_sequence_locks_nothing(sequence: list[int]) -> None:
    port = make()
    for value in sequence:
        poke(port, "LCKR", value)
    assert not peek(port, "LCKR") & block.LCKR.LCKK
    poke(port, "MODER", 0xFFFFFFFF)
    assert peek(port, "MODER") == 0xFFFFFFFF


def test_reset_releases_outputs_and_keeps_the_outside() -> None:
    port = make()
    mode(port, 0, block.OUTPUT)
    poke(port, "ODR", 1)
    port.on_gpio(1, True)
    port.reset()
    assert peek(port, "IDR") == 2
    assert not port.lines[0].level


def test_a_port_survives_pickling() -> None:
    port = make()
    port.on_gpio(1, True)
    copy = pickle.loads(pickle.dumps(port))
    copy.on_gpio(1, False)
    assert (peek(copy, "IDR"), peek(port, "IDR")) == (0, 2)


@pytest.mark.parametrize(
    ("mode", "data", "low"), [(3, 0, False), (0, 0, False), (1, 0, True), (1, 1, False)]
)
def test_only_an_output_drives_its_wire_low(mode: int, data: int, low: bool) -> None:
    port = STM32_GPIOPort(BenchMachine(), "gpioPortC", modeResetValue=0xFFFFFFFF)
    poke(port, "ODR", data << 6)
    poke(port, "MODER", 0xFFFFCFFF | mode << 12)
    assert port.drives_low(6) == low
