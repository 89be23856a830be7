"""General-purpose I/O port (RM0351 section 8): sixteen pins.

Line n is the level of pin n as inputs see it, Padn that at the pin whatever its mode. Software, an
alternate function, the outside (`on_gpio`) or a pull resistor decides it. A pin that nothing
decides reads 0. IDR is kept current at each change, so that polling it costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.pins import (
    PINS,
    PINS_DRIVEN,
    PINS_FORCED,
    PINS_FUNCTIONS,
    PINS_INPUTS,
    PINS_LOCKED,
    PINS_OUTPUTS,
    PINS_OUTSIDE,
    PINS_WIRED,
    Modes,
    Pins,
)
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Field, Register
from renode_wifi.peripherals.stm32l4.gpio_pads import Pad

MODER = Register("MODER", 0x00, on_write="_configure", fields=(Field("MODE", 0, 2, count=PINS),))
OTYPER = Register("OTYPER", 0x04, on_write="_configure", fields=(Field("OT", 0, count=PINS),))
OSPEEDR = Register(
    "OSPEEDR", 0x08, on_write="_configure", fields=(Field("OSPEED", 0, 2, count=PINS),)
)
PUPDR = Register("PUPDR", 0x0C, on_write="_configure", fields=(Field("PUPD", 0, 2, count=PINS),))
IDR = Register("IDR", 0x10, access=READ_ONLY, fields=(Field("ID", 0, count=PINS),))
ODR = Register("ODR", 0x14, on_write="_drive", fields=(Field("OD", 0, count=PINS),))
BSRR = Register(
    "BSRR",
    0x18,
    access=WRITE_ONLY,
    on_write="_set_and_reset",
    fields=(Field("BS", 0, count=PINS), Field("BR", 16, count=PINS)),
)
LCKR = Register(
    "LCKR",
    0x1C,
    access=READ_ONLY,
    on_read="_read_lock",
    on_write="_lock",
    fields=(Field("LCK", 0, count=PINS), Field("LCKK", 16)),
)
AFRL = Register("AFRL", 0x20, on_write="_choose_functions", fields=(Field("AFSEL", 0, 4, count=8),))
AFRH = Register(
    "AFRH", 0x24, on_write="_choose_functions", fields=(Field("AFSEL", 0, 4, count=8, first=8),)
)
BRR = Register(
    "BRR", 0x28, access=WRITE_ONLY, on_write="_reset_bits", fields=(Field("BR", 0, count=PINS),)
)
ASCR = Register("ASCR", 0x2C, fields=(Field("ASC", 0, count=PINS),))

INPUT, OUTPUT, ALTERNATE, ANALOG = range(4)
PULL_UP = 1
LOW_BITS = 0x55555555
"""The lower one of each pin's two bits."""
IDR_WORD, ODR_WORD = IDR.word, ODR.word
BSRR_OFFSET, BRR_OFFSET = BSRR.offset, BRR.offset


def spread(bits: int, width: int) -> int:
    """Each of sixteen bits, `width` times side by side: the field mask of pins."""
    field = (1 << width) - 1
    return sum(field << (width * pin) for pin in range(PINS) if bits >> pin & 1)


def gathered(bits: int) -> int:
    """The lower one of each pin's two bits, as a set of pins."""
    bits &= LOW_BITS
    bits = (bits | bits >> 1) & 0x33333333
    bits = (bits | bits >> 2) & 0x0F0F0F0F
    bits = (bits | bits >> 4) & 0x00FF00FF
    return (bits | bits >> 8) & 0xFFFF


def pins_in(mode: int, modes: int) -> int:
    """The pins that have a mode, of two bits a pin."""
    return gathered(~(modes ^ mode * LOW_BITS) & ~(modes >> 1 ^ (mode >> 1) * LOW_BITS))


class AlternateFunction:
    """The inputs of one pin's multiplexer: what the chip's other blocks send to that pin."""

    def __init__(self, port: STM32_GPIOPort, pin: int) -> None:
        self._port = port
        self._pin = pin

    def on_gpio(self, number: int, level: bool) -> None:
        self._port.on_alternate(self._pin, number, level)

    def release(self, number: int) -> None:
        """Nothing drives the pin by that function any more."""
        self._port.release_alternate(self._pin, number)

    def is_chosen(self, number: int) -> bool:
        """The pin has that function now."""
        return self._port.function_of(self._pin) == number

    def pin_line(self) -> Line:
        """The level of the pin."""
        return self._port.lines[self._pin]


class InputLine(Line):
    """An input of a block: it is never driven, but leads to the pins that may be that input."""

    drives = False


def chosen_pins(line: Line) -> list[Line]:
    """The pins to which a line leads and whose alternate function is that of the line now."""
    return [
        receiver.pin_line()
        for receiver, function in line._receivers
        if isinstance(receiver, AlternateFunction) and receiver.is_chosen(function)
    ]


class STM32_GPIOPort(Block):
    """modeResetValue, outputSpeedResetValue, pullUpPullDownResetValue: MODER, OSPEEDR, PUPDR.

    Reset values differ by port. numberOfAFs and invertedAFPins ([[pin, af, ...], ...])
    describe the alternate functions wired to `receiver(pin)`.
    """

    OUTPUTS = tuple(range(PINS))
    REGISTERS = (MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFRL, AFRH, BRR, ASCR)
    # Configuration registers and their bits per pin; the lock freezes them.
    CONFIGURATION = (("MODER", 2), ("OTYPER", 1), ("OSPEEDR", 2), ("PUPDR", 2))

    def __init__(
        self,
        machine: Machine,
        name: str,
        modeResetValue: int = 0,
        outputSpeedResetValue: int = 0,
        pullUpPullDownResetValue: int = 0,
        numberOfAFs: int = 16,
        invertedAFPins: Sequence[Sequence[int]] = (),
    ) -> None:
        super().__init__(machine, name)
        self._resets = {
            "MODER": modeResetValue,
            "OSPEEDR": outputSpeedResetValue,
            "PUPDR": pullUpPullDownResetValue,
        }
        self._inverted = {(entry[0], af) for entry in invertedAFPins for af in entry[1:]}
        self._functions = [AlternateFunction(self, pin) for pin in range(PINS)]
        self._function_levels = [[False] * numberOfAFs for _ in range(PINS)]
        self._functions_wired = [[False] * numberOfAFs for _ in range(PINS)]
        self._pins: list[Line] = [self.lines[pin] for pin in range(PINS)]
        self.pins = Pins(
            self._pins,
            IDR_WORD,
            ODR_WORD,
            BSRR.word,
            BRR.word,
            modes=Modes(MODER.word, PUPDR.word, OTYPER.word),
        )
        self._pads = [Pad(self, pin, line) for pin, line in enumerate(self._pins)]
        self.lines.update((f"Pad{pin}", pad) for pin, pad in enumerate(self._pads))
        self._state = self.pins.state
        self._values = self.registers.values
        self.reset()

    def write(self, offset: int, value: int, width: int) -> None:
        before = self._values[ODR_WORD]
        if offset == BSRR_OFFSET and width == 4:
            self._output((before & ~(value >> 16) | value) & 0xFFFF, before)
        elif offset == BRR_OFFSET and width == 4:
            self._output(before & ~value, before)
        else:
            self.registers.write(offset, value, width)

    def reset(self) -> None:
        self.registers.reset()
        for register, value in self._resets.items():
            self.registers[register] = value
        self.registers["IDR"] = sum(1 << pin for pin, line in enumerate(self._pins) if line.level)
        self._state[PINS_LOCKED] = 0
        self._lock_step = 0
        self._lock_pins = 0
        self._accepted = self._configuration()
        self._configure(0, 0)

    def float_pins(self, pulled_up: int) -> None:
        """Until a reset the chip drives no pin, and pulls up these."""
        self._state[PINS_LOCKED] = 0
        self.registers["MODER"] = INPUT
        self.registers["PUPDR"] = spread(pulled_up & 0xFFFF, 2) & PULL_UP * LOW_BITS
        self._configure(0, 0)

    def receiver(self, index: int) -> AlternateFunction:
        """Where the chip's blocks deliver their signals for pin `index`; the number is the AF."""
        return self._functions[index]

    def on_gpio(self, number: int, level: bool) -> None:
        """The outside drives pin `number`."""
        bit = 1 << number
        state = self._state
        state[PINS_FORCED] |= bit
        if level:
            state[PINS_OUTSIDE] |= bit
        else:
            state[PINS_OUTSIDE] &= ~bit
        if not state[PINS_INPUTS] & bit:
            self._update(number)
        elif self.pins.drive is None or not self.pins.drive(number, level):
            self._show(number, level)
        if self._pads[number].is_connected:
            self._pads[number].changed()

    def release(self, number: int) -> None:
        """The outside stops driving pin `number`."""
        self._state[PINS_FORCED] &= ~(1 << number)
        self._update(number)
        if self._pads[number].is_connected:
            self._pads[number].changed()

    def outside(self, number: int) -> bool | None:
        """The level that the outside drives pin `number` to; None: it doesn't."""
        if not self._state[PINS_FORCED] >> number & 1:
            return None
        return bool(self._state[PINS_OUTSIDE] >> number & 1)

    def on_alternate(self, pin: int, function: int, level: bool) -> None:
        self._function_levels[pin][function] = level ^ ((pin, function) in self._inverted)
        self._functions_wired[pin][function] = True
        self._select_function(pin)
        self._update(pin)

    def release_alternate(self, pin: int, function: int) -> None:
        self._functions_wired[pin][function] = False
        self._select_function(pin)
        self._update(pin)

    def drives_low(self, pin: int) -> bool:
        """The chip itself pulls the pin's wire to ground: as an output, or for another block."""
        state, bit = self._state, 1 << pin
        if state[PINS_OUTPUTS] & bit:
            return not self._values[ODR_WORD] & bit
        driven = state[PINS_WIRED] & ~state[PINS_FUNCTIONS] & bit
        return bool(driven) and self.function_of(pin) is not None

    def function_of(self, pin: int) -> int | None:
        """The alternate function of a pin; None while it has another mode."""
        if self._values[MODER.word] >> 2 * pin & 3 != ALTERNATE:
            return None
        return self._function(pin)

    def _function(self, pin: int) -> int:
        half = self._values[AFRL.word if pin < 8 else AFRH.word]
        return half >> (4 * (pin & 7)) & 0xF

    def _select_function(self, pin: int) -> None:
        """Note what the pin's alternate function drives."""
        function = self._function(pin)
        wired = self._functions_wired[pin]
        is_wired = function < len(wired) and wired[function]
        bit = 1 << pin
        for word, level in (
            (PINS_WIRED, is_wired),
            (PINS_FUNCTIONS, is_wired and self._function_levels[pin][function]),
        ):
            if level:
                self._state[word] |= bit
            else:
                self._state[word] &= ~bit

    # Pin levels.

    def _levels(self) -> int:
        state, values = self._state, self._values
        modes = values[MODER.word]
        alternate = pins_in(ALTERNATE, modes) & state[PINS_WIRED]
        data = state[PINS_OUTPUTS] & values[ODR_WORD] | alternate & state[PINS_FUNCTIONS]
        driven = (state[PINS_OUTPUTS] | alternate) & ~(values[OTYPER.word] & data)
        pulled = pins_in(PULL_UP, values[PUPDR.word])
        rest = state[PINS_FORCED] & state[PINS_OUTSIDE] | ~state[PINS_FORCED] & pulled
        return driven & data | ~driven & ~pins_in(ANALOG, modes) & rest & 0xFFFF

    def _level(self, pin: int) -> bool:
        return bool(self._levels() >> pin & 1)

    def _update(self, pin: int) -> None:
        self._show(pin, self._level(pin))

    def _show(self, pin: int, level: bool) -> None:
        line = self._pins[pin]
        if level != line.level:
            self._values[IDR_WORD] ^= 1 << pin
            line.set(level)

    def _drive(self, value: int, old: int) -> None:
        self._output(self.registers["ODR"], old)

    def _output(self, now: int, before: int) -> None:
        """ODR has changed."""
        self._values[ODR_WORD] = now
        changed = (now ^ before) & self._state[PINS_OUTPUTS]
        while changed:
            bit = changed & -changed
            changed ^= bit
            pin = bit.bit_length() - 1
            if self._state[PINS_DRIVEN] & bit:
                self._show(pin, now & bit != 0)
            else:
                self._update(pin)

    def _set_and_reset(self, value: int, old: int) -> None:
        """BSRR: where both are asked for, set wins."""
        self.write(BSRR_OFFSET, value, 4)

    def _reset_bits(self, value: int, old: int) -> None:
        self.write(BRR_OFFSET, value, 4)

    # Configuration and its lock.

    def _configuration(self) -> dict[str, int]:
        names = [register for register, _ in self.CONFIGURATION] + ["AFRL", "AFRH"]
        return {register: self.registers[register] for register in names}

    def _configure(self, value: int, old: int) -> None:
        state = self._state
        if state[PINS_LOCKED]:
            locked = state[PINS_LOCKED]
            frozen = {register: spread(locked, width) for register, width in self.CONFIGURATION}
            frozen["AFRL"] = spread(locked & 0xFF, 4)
            frozen["AFRH"] = spread(locked >> 8, 4)
            for register, mask in frozen.items():
                accepted = self._accepted[register]
                self.registers[register] = self.registers[register] & ~mask | accepted & mask
        modes = self._values[MODER.word]
        state[PINS_OUTPUTS] = pins_in(OUTPUT, modes)
        state[PINS_DRIVEN] = state[PINS_OUTPUTS] & ~self._values[OTYPER.word]
        state[PINS_INPUTS] = pins_in(INPUT, modes)
        changed = self._levels() ^ self._values[IDR_WORD]
        while changed:
            bit = changed & -changed
            changed ^= bit
            # A listener of another pin may have changed this one's level.
            self._update(bit.bit_length() - 1)

    def _choose_functions(self, value: int, old: int) -> None:
        self._configure(value, old)
        for pin in range(PINS):
            self._select_function(pin)
        self._configure(value, old)

    def _lock(self, value: int, old: int) -> None:
        """The key sequence of the manual: LCKK 1, 0, 1 with the same pins, then a read."""
        if self._state[PINS_LOCKED]:
            return
        pins, key = value & 0xFFFF, bool(value & LCKR.LCKK)
        if self._lock_step in (1, 2) and pins == self._lock_pins and key == (self._lock_step == 2):
            self._lock_step += 1
            return
        self._lock_step = 1 if key else 0
        self._lock_pins = pins

    def _read_lock(self) -> int:
        if self._lock_step == 3:
            self._state[PINS_LOCKED] = self._lock_pins
            self._accepted = self._configuration()
        self._lock_step = 0
        locked = self._state[PINS_LOCKED]
        return locked | LCKR.LCKK if locked else self._lock_pins
