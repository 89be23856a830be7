"""Pins that do not have the signal of the block which uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from renode_wifi.emulation.observers.contract.port import ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.cc3220 import pin_functions as pads
from renode_wifi.peripherals.stm32l4 import pin_functions as pins

PIN_WITHOUT_FUNCTION = Rule(
    "pin-without-function",
    "a block sends, and no pin has its signal",
    Level.ERROR,
    {
        ST: Basis(
            "a pin has a peripheral's signal in alternate function mode only (MODER), with that"
            " function in AFRL or AFRH",
            "RM0351, sections 8.4.2 and 8.5.9; functions: DS10969, tables 17 and 18",
        ),
        TI: Basis(
            "a pad has the signal that CONFMODE of its GPIO_PAD_CONFIG chooses",
            "SWRU465, section 16.6; modes: SWAS035, pin attributes",
        ),
    },
)
ALTERNATE = 2
"""In MODER."""
CONFMODE = 0xF
WIFI_BUS = "spi3"


class PinLook(Protocol):
    """What a block lacks at its pins; "": nothing, or it is not known where its signals go."""

    def __call__(self, block: str) -> str: ...


class StPins:
    """Of an STM32L475."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._last: dict[tuple[str, str], pins.PinFunction] = {}
        """Where a signal was when it was looked for last: it is looked for there first."""

    def __call__(self, block: str) -> str:
        signals = pins.SPI3_SIGNALS if block == WIFI_BUS else {"TX": pins.TRANSMITTERS.get(block)}
        for signal, choices in signals.items():
            if choices and not self._is_anywhere((block, signal), choices):
                named = " or ".join(f"P{port}{pin} (AF{af})" for port, pin, af in choices)
                return f"{signal} is at no pin: it can be at {named}"
        return ""

    def _is_anywhere(self, key: tuple[str, str], choices: Sequence[pins.PinFunction]) -> bool:
        last = self._last.get(key)
        if last is not None and self._is_chosen(last):
            return True
        for choice in choices:
            if self._is_chosen(choice):
                self._last[key] = choice
                return True
        return False

    def _is_chosen(self, choice: pins.PinFunction) -> bool:
        port = getattr(self._machine.peripherals.get(f"gpioPort{choice.port}"), "registers", None)
        if not isinstance(port, RegisterFile):
            return True
        if port["MODER"] >> 2 * choice.pin & 3 != ALTERNATE:
            return False
        functions = port["AFRL"] if choice.pin < 8 else port["AFRH"]
        return functions >> 4 * (choice.pin & 7) & 15 == choice.function


class TiPads:
    """Of a CC3220SF."""

    def __init__(self, machine: Machine) -> None:
        self._registers = getattr(machine.peripherals.get("ocpShared"), "registers", None)

    def __call__(self, block: str) -> str:
        choices = pads.TRANSMITTERS.get(block)
        registers = self._registers
        if not choices or not isinstance(registers, RegisterFile):
            return ""
        for pad, mode in choices:
            if registers[f"GPIO_PAD_CONFIG{pad}"] & CONFMODE == mode:
                return ""
        named = " or ".join(f"GPIO_PAD_CONFIG{pad} (mode {mode})" for pad, mode in choices)
        return f"TX is at no pad: it can be at {named}"


LOOKS: dict[str, type[StPins] | type[TiPads]] = {ST: StPins, TI: TiPads}
"""By the port's name."""
