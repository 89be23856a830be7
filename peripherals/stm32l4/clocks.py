"""The clocks of RCC, as the other blocks see them (RM0351 section 6.2)."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC


def find_rcc(machine: Machine) -> STM32L4_RCC | None:
    """The RCC of the machine; None: it has none, or that of another chip."""
    try:
        rcc = machine.peripheral("rcc")
    except KeyError:
        return None
    return rcc if isinstance(rcc, STM32L4_RCC) else None


def kernel_hz(machine: Machine, block: str, otherwise: int) -> int:
    """The clock that CCIPR chooses for `block`; otherwise: Hz without an RCC that knows it."""
    rcc = find_rcc(machine)
    return rcc.kernel_hz(block) if rcc is not None and rcc.has_choice(block) else otherwise


def on_clock_change(machine: Machine, listener: Callable[[], None]) -> None:
    """Call `listener` after each change of the clock tree, if the machine has such an RCC."""
    rcc = find_rcc(machine)
    if rcc is not None:
        rcc.on_change(listener)


class BusClock:
    """Whether RCC lets the clock of its bus through to a block (section 6.2.19).

    changed: called when that changes.
    """

    def __init__(
        self, machine: Machine, name: str, changed: Callable[[], None] | None = None
    ) -> None:
        self._machine = machine
        self._name = name
        self._changed = changed
        self._rcc: STM32L4_RCC | None = None
        self._looked = False

    @property
    def is_on(self) -> bool:
        """Without an RCC that knows, it is."""
        self.follow()
        return self._rcc is None or self._rcc.has_clock(self._name)

    def follow(self) -> None:
        """Look for the RCC, which comes to the machine after its blocks."""
        if self._looked:
            return
        self._looked = True
        self._rcc = find_rcc(self._machine)
        if self._rcc is not None and self._changed is not None:
            self._rcc.on_gate(self._name, self._changed)
