# ironpython: executed by Renode
"""The gates of the blocks' clocks (RM0351 sections 6.2.19, 6.4.16 to 6.4.27).

ENR opens them, and SMENR says which stay open while the core sleeps.
"""

from renode_wifi.peripherals.stm32l4.rcc_gates import GATES
from renode_wifi.peripherals.stm32l4.rcc_registers import ENABLES, SLEEP_ENABLES


def bits_of(registers):
    # type: (tuple[Register, ...]) -> tuple[tuple[str, int, str, str], ...]
    """(register, bit, its name, block) of the blocks' bits in the registers of one kind."""
    return tuple(
        (register.name, gate.bit, field.name, block)
        for register, (_, _, gates) in zip(registers, GATES)  # noqa: B905
        for gate in gates
        for field in register.fields or ()
        if field.position == gate.bit
        for block in gate.blocks
    )


ENABLE_BITS = bits_of(ENABLES)
SLEEP_BITS = bits_of(SLEEP_ENABLES)
ENABLE_NAMES = tuple(register.name for register in ENABLES)


class ClockGates(object):
    def __init__(self, machine, registers):
        # type: (typing.Any, RegisterFile) -> None
        self._machine = machine
        self._registers = registers
        self._closed = set()  # type: set[str]
        self._asleep = ()  # type: tuple[str, ...]
        self._enables = ()  # type: tuple[int, ...]
        self._listeners = {}  # type: dict[str, list[typing.Callable[[], None]]]

    def on_gate(self, block, listener):
        # type: (str, typing.Callable[[], None]) -> None
        """Call `listener()` when a block gets or loses its clock of the bus."""
        self._listeners.setdefault(block, []).append(listener)

    def is_open(self, block):
        # type: (str) -> bool
        return block not in self._closed

    def enabled(self):
        # type: () -> None
        """Registers of the kind ENR were written.

        Firmware writes the same value over and over: that costs no look at each gate. DMA may write
        while the core sleeps: what sleep has closed stays closed until the core wakes.
        """
        enables = tuple([self._registers[name] for name in ENABLE_NAMES])
        if enables == self._enables:
            return
        self._enables = enables
        for register, bit, name, block in ENABLE_BITS:
            if self._registers[register] >> bit & 1:
                if block in self._closed and block not in self._asleep:
                    self._open(block)
            elif block not in self._closed:
                self._close(block, register, name)
            elif block in self._asleep:
                self._asleep = tuple(other for other in self._asleep if other != block)
                self._machine.set_clock(block, "RCC_%s.%s" % (register, name))

    def chosen(self):
        # type: () -> None
        """Registers of the kind SMENR have changed: does sleep close any gate?"""
        self._machine.follow_sleep(
            any(not self._registers[register] >> bit & 1 for register, bit, _, _ in SLEEP_BITS)
        )

    def sleep(self, begins):
        # type: (int) -> None
        """The core falls asleep, or wakes."""
        if not begins:
            asleep, self._asleep = self._asleep, ()
            for block in asleep:
                self._open(block)
            return
        closing = [
            (block, register, name)
            for register, bit, name, block in SLEEP_BITS
            if not self._registers[register] >> bit & 1 and block not in self._closed
        ]
        self._asleep = tuple(block for block, _, _ in closing)
        for block, register, name in closing:
            self._close(block, register, name)

    def _open(self, block):
        # type: (str) -> None
        self._closed.remove(block)
        self._machine.set_clock(block, "")
        self._changed(block)

    def _close(self, block, register, name):
        # type: (str, str, str) -> None
        self._closed.add(block)
        self._machine.set_clock(block, "RCC_%s.%s" % (register, name))
        self._changed(block)

    def _changed(self, block):
        # type: (str) -> None
        for listener in self._listeners.get(block, ()):
            listener()


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.register_file import RegisterFile  # noqa: F401
    from renode_wifi.peripherals.base.registers import Register  # noqa: F401
