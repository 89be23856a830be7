"""GPIOA0 to GPIOA4 (SWRU465 section 5): ARM PL061 ports of eight pins, Renode's CC2538_GPIO.

Outputs 0 to 7 are the pins' levels where they are driven from inside.
"""

from __future__ import annotations

from array import array
from functools import cache

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.pins import (
    PINS_DRIVEN,
    PINS_EDGES,
    PINS_LATCH,
    PINS_OUTPUTS,
    MaskedData,
    Pins,
)
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Field, Register
from renode_wifi.peripherals.cc3220.identification import identification

PINS = 8
ALL = 0xFF


def _pins(name: str) -> tuple[Field]:
    """A bit for each pin."""
    return (Field(name, 0, PINS),)


@cache
def _masked(pins: int) -> array[int]:
    """What the words of DATA read: the pins behind the mask that is in a word's address."""
    return array("I", [pins & mask for mask in range(ALL + 1)])


class CC2538_GPIO(Block):
    """Inputs 0 to 7: the pins. Its interrupt is the output "IRQ"."""

    OUTPUTS = (*range(PINS), "IRQ")
    SIZE = 0x1000
    REGISTERS = (
        Register(
            "DATA", 0x000, access=READ_ONLY, on_write="_write", count=ALL + 1, fields=_pins("DATA")
        ),
        Register("DIR", 0x400, on_write="_turn", fields=_pins("DIR")),
        Register("IS", 0x404, on_write="_sense", fields=_pins("IS")),
        Register("IBE", 0x408, on_write="_sense", fields=_pins("IBE")),
        Register("IEV", 0x40C, on_write="_sense", fields=_pins("IEV")),
        Register("IM", 0x410, on_write="_update", fields=_pins("IME")),
        Register("RIS", 0x414, access=READ_ONLY, fields=_pins("RIS")),
        Register("MIS", 0x418, access=READ_ONLY, fields=_pins("MIS")),
        Register("ICR", 0x41C, access=WRITE_ONLY, on_write="_clear", fields=_pins("IC")),
        Register("AFSEL", 0x420, fields=_pins("AFSEL")),
        Register("PAD_CONTROL", 0x500, count=15),
        *identification(0x61),
    )

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        words = self.registers.offset_of
        self.pins = Pins(
            [self.lines[pin] for pin in range(PINS)],
            levels=ALL,
            data=0,
            set_reset=0,
            reset=0,
            masked=MaskedData(
                words=ALL + 1,
                by_level=words("IS") // 4,
                both=words("IBE") // 4,
                high=words("IEV") // 4,
                enabled=words("IM") // 4,
                raw=words("RIS") // 4,
                masked=words("MIS") // 4,
            ),
        )
        self._state = self.pins.state
        self._inputs = 0

    def reset(self) -> None:
        """Inputs are the outside's."""
        super().reset()
        self._state[PINS_LATCH] = self._state[PINS_EDGES] = 0
        self._state[PINS_OUTPUTS] = self._state[PINS_DRIVEN] = 0
        self._show(self._pins())

    def _pins(self) -> int:
        direction = self.registers["DIR"]
        return self._state[PINS_LATCH] & direction | self._inputs & ~direction

    def on_gpio(self, number: int, level: bool) -> None:
        bit = 1 << number
        self._inputs = self._inputs | bit if level else self._inputs & ~bit
        self._sense(0, 0)

    def _show(self, pins: int) -> None:
        """Firmware polls DATA: a read of plain registers costs the engine no call of the model."""
        self.registers.values[: ALL + 1] = _masked(pins)

    def _write(self, mask: int, value: int, old: int) -> None:
        self._state[PINS_LATCH] = self._state[PINS_LATCH] & ~mask | value & mask
        self._drive()

    def _turn(self, value: int, old: int) -> None:
        self._state[PINS_OUTPUTS] = self._state[PINS_DRIVEN] = self.registers["DIR"]
        self._drive()

    def _drive(self) -> None:
        direction = self.registers["DIR"]
        for pin in range(PINS):
            self.lines[pin].set(bool(self._state[PINS_LATCH] & direction & 1 << pin))
        self._sense(0, 0)

    def _sense(self, value: int, old: int) -> None:
        """Take notice of the pins' levels and of how they changed."""
        pins = self._pins()
        changed = pins ^ self.registers.values[ALL]
        self._show(pins)
        by_level = self.registers["IS"]
        both, high = self.registers["IBE"], self.registers["IEV"]
        self._state[PINS_EDGES] |= changed & ~by_level & (both | ~(pins ^ high)) & ALL
        self._update(0, 0)

    def _clear(self, value: int, old: int) -> None:
        self._state[PINS_EDGES] &= ~value & ALL
        self._update(0, 0)

    def _update(self, value: int, old: int) -> None:
        by_level = self.registers["IS"]
        active = ~(self.registers.values[ALL] ^ self.registers["IEV"])
        raw = (self._state[PINS_EDGES] & ~by_level | active & by_level) & ALL
        self.registers["RIS"] = raw
        self.registers["MIS"] = raw & self.registers["IM"]
        self.lines["IRQ"].set(self.registers["MIS"] != 0)
