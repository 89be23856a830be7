"""What a board has beside the blocks of its chip's manual, under the names that Renode gives them:
processor core and interrupt controller (both live in the engine), memories, LED, button, wired OR,
peripherals written in Python within a description, and tagged address ranges.
"""

from __future__ import annotations

import logging
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.peripherals.base.line import Line, Receiver

if TYPE_CHECKING:
    from renode_wifi.emulation.platform.machine import Machine


VTOR = 0xE000ED08


class Part:
    """Something with a name on a machine."""

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.name = name


class Nvic(Part):
    """The engine's interrupt controller. priorityMask: implemented bits of a priority byte."""

    def __init__(
        self,
        machine: Machine,
        name: str,
        systickFrequency: int = 72_000_000,
        priorityMask: int = 0xFF,
    ) -> None:
        super().__init__(machine, name)
        self.lines = {"IRQ": Line()}
        self.systick_frequency = systickFrequency
        self.priority_mask = priorityMask
        machine.core.set_priority_mask(priorityMask)
        self._inputs = machine.core.nvic
        self._count = machine.core.irq_count

    def on_gpio(self, number: int, level: bool) -> None:
        self.input(number).on_gpio(number, level)

    def input(self, number: int) -> Receiver:
        """What hears of input `number`: wired directly, it costs an interrupt one call less."""
        if number >= self._count:
            raise IndexError(number)
        return self._inputs

    def pend(self, number: int) -> None:
        """Make interrupt `number` pending, as software can."""
        self._inputs.pend(number)


class CortexM(Part):
    """The engine's processor core as the monitor sees it."""

    CORES = ("cortex-m4", "cortex-m4f")

    def __init__(self, machine: Machine, name: str, cpuType: str, nvic: Nvic) -> None:
        super().__init__(machine, name)
        if cpuType not in self.CORES:
            raise RenodeWifiError(
                f"the embedded engine has no core {cpuType!r}",
                cure=f"it has {' and '.join(self.CORES)}",
            )
        self.cpu_type = cpuType
        self.nvic = nvic
        self.performance_in_mips = 0
        """Renode's pace. Here one instruction takes one cycle of the clock that the RCC selects."""
        self.is_halted = False

    def on_gpio(self, number: int, level: bool) -> None:
        """The NVIC reaches its core without a wire."""

    @property
    def pc(self) -> int:
        return self.machine.core.read_register("PC")

    @pc.setter
    def pc(self, value: int) -> None:
        self.machine.core.write_register("PC", value)

    @property
    def sp(self) -> int:
        return self.machine.core.read_register("SP")

    @sp.setter
    def sp(self, value: int) -> None:
        self.machine.core.write_register("SP", value)

    @property
    def lr(self) -> int:
        return self.machine.core.read_register("LR")

    @lr.setter
    def lr(self, value: int) -> None:
        self.machine.core.write_register("LR", value)

    @property
    def vector_table_offset(self) -> int:
        return self.machine.bus.read(VTOR, 4)

    @vector_table_offset.setter
    def vector_table_offset(self, value: int) -> None:
        """Also where the core starts at each reset from now on."""
        self.machine.vector_table = value
        self.machine.start()

    @property
    def executed_instructions(self) -> int:
        return self.machine.core.instructions

    def get_register(self, number: int) -> int:
        """Core register by number: 0-15 are R0 to PC, 16 is xPSR."""
        names = [f"R{index}" for index in range(13)] + ["SP", "LR", "PC", "XPSR"]
        if not 0 <= number < len(names):
            raise RenodeWifiError(f"no register has number {number}", cure="give 0 to 16")
        return self.machine.core.read_register(names[number])


class Memory(Part):
    """RAM, ROM or flash. On the bus its bytes live in the engine; off it, inside a serial flash for
    instance, they are kept here by pages, of which only those written take room.
    """

    PAGE = 256

    def __init__(self, machine: Machine, name: str, size: int, initialValue: int = 0) -> None:
        super().__init__(machine, name)
        if size <= 0:
            raise RenodeWifiError(f"memory size {size} is not possible", cure="give bytes above 0")
        self.size = size
        self.reset_byte = initialValue
        self.base: int | None = None
        self._pages: dict[int, bytearray] = {}

    def place(self, base: int) -> None:
        """Map it at `base`; a second time is an alias of the first."""
        if self.base is None:
            self.base = base
            self.machine.core.map_memory(base, self.size, name=self.name, fill=self.reset_byte)
        else:
            self.machine.core.map_alias(base, self.base, self.size)

    def read(self, offset: int, width: int) -> int:
        return int.from_bytes(self._access(offset, width, None), "little")

    def write(self, offset: int, value: int, width: int) -> None:
        data = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
        self._access(offset, width, data)

    def _access(self, offset: int, length: int, data: bytes | None) -> bytes:
        if not 0 <= offset <= self.size - length:
            raise RenodeWifiError(
                f"offset 0x{offset:X} is outside of {self.name}", cure=f"it has {self.size} bytes"
            )
        if self.base is None:
            return self._access_pages(offset, length, data)
        if data is not None:
            self.machine.bus.write_bytes(self.base + offset, data)
            return data
        return self.machine.bus.read_bytes(self.base + offset, length)

    def _access_pages(self, offset: int, length: int, data: bytes | None) -> bytes:
        found = bytearray()
        for position in range(offset, offset + length):
            number, place = divmod(position, self.PAGE)
            page = self._pages.get(number)
            if data is not None:
                if page is None:
                    page = self._pages[number] = bytearray([self.reset_byte]) * self.PAGE
                page[place] = data[position - offset]
            found.append(self.reset_byte if page is None else page[place])
        return bytes(found)


class BitBanding(Part):
    """The engine has the bit-band regions of the ARMv7-M memory map built in."""

    def __init__(self, machine: Machine, name: str, peripheralBase: int) -> None:
        super().__init__(machine, name)
        self.peripheral_base = peripheralBase


class Led(Part):
    """State follows input 0, the other way round with `invert`."""

    def __init__(self, machine: Machine, name: str, invert: bool = False) -> None:
        super().__init__(machine, name)
        self.inverted = invert
        self.state = invert

    def on_gpio(self, number: int, level: bool) -> None:
        state = level != self.inverted
        if number == 0 and state != self.state:
            self.state = state
            self.machine.trace(self.name, "led", state=state)

    def reset(self) -> None:
        """A lamp has no memory: its pin tells when it changes."""


class Button(Part):
    """Drives its line high while pressed, low with `invert`."""

    def __init__(self, machine: Machine, name: str, invert: bool = False) -> None:
        super().__init__(machine, name)
        self.inverted = invert
        self.pressed = False
        self.lines = {"IRQ": Line(invert)}

    def press(self) -> None:
        self._set(True)

    def release(self) -> None:
        self._set(False)

    def press_and_release(self) -> None:
        self.press()
        self.release()

    def toggle(self) -> None:
        self._set(not self.pressed)

    def _set(self, pressed: bool) -> None:
        self.pressed = pressed
        self.machine.trace(self.name, "button", pressed=pressed)
        self.lines["IRQ"].set(pressed != self.inverted)


class CombinedInput(Part):
    """Wired OR of `numberOfInputs` lines."""

    def __init__(self, machine: Machine, name: str, numberOfInputs: int) -> None:
        super().__init__(machine, name)
        self.levels = [False] * numberOfInputs
        self.lines = {"OutputLine": Line()}

    def on_gpio(self, number: int, level: bool) -> None:
        self.levels[number] = level
        self.lines["OutputLine"].set(any(self.levels))

    def reset(self) -> None:
        """Its inputs tell when they change."""


class Junction(Receiver):
    """Where several outputs meet at one input: high while one of them is."""

    def __init__(self, receiver: Receiver, number: int) -> None:
        self.levels: list[bool] = []
        self.output = Line()
        self.output.connect(receiver, number)

    def add(self) -> int:
        """Number of a new input."""
        self.levels.append(False)
        return len(self.levels) - 1

    def on_gpio(self, number: int, level: bool) -> None:
        self.levels[number] = level
        self.output.set(any(self.levels))


class TaggedRange:
    """Addresses that somebody may touch though no model is there: read a value, swallow writes."""

    def __init__(self, log: logging.Logger, tag: str, value: int = 0, silent: bool = False) -> None:
        self.log = log
        self.name = tag
        self.value = value
        self.silent = silent
        self._told: set[tuple[str, int]] = set()

    def read(self, offset: int, width: int) -> int:
        self._tell("read from", offset)
        return self.value & ((1 << 8 * width) - 1)

    def write(self, offset: int, value: int, width: int) -> None:
        self._tell("write to", offset)

    def reset(self) -> None:
        """Nothing is kept."""

    def _tell(self, what: str, offset: int) -> None:
        if not self.silent and (what, offset) not in self._told:
            self._told.add((what, offset))
            self.log.warning(
                "%s tagged range %s, offset 0x%03X (told once)", what, self.name, offset
            )


class Request:
    """What a script of a `PythonPeripheral` is asked.

    Attributes are Renode's: IsInit, IsRead, IsWrite, IsUser, Offset, Value, Length, Counter; in
    any case, for old scripts write `request.value`.
    """

    def __init__(self, kind: str, offset: int, value: int, length: int, counter: int) -> None:
        for known in ("init", "read", "write", "user"):
            setattr(self, f"is{known}", kind == known)
        self.type = kind.upper()
        self.offset = offset
        self.value = value
        self.length = length
        self.counter = counter

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name.lower()] = value

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__[name.lower()]
        except KeyError:
            raise AttributeError(name) from None


class PythonPeripheral(Part):
    """Registers whose behaviour is a script in the description, run once per access.

    Renode runs such scripts in IronPython 2.7, the embedded engine in CPython: what both
    understand works on both. Globals of the script are its state.
    """

    lines: dict[int | str, Line]

    def __init__(
        self,
        machine: Machine,
        name: str,
        size: int,
        initable: bool = False,
        script: str | None = None,
        filename: str | None = None,
    ) -> None:
        super().__init__(machine, name)
        self.size = size
        self.initable = initable
        self.lines = {}
        self.counter = 0
        if (script is None) == (filename is None):
            raise RenodeWifiError(
                "a Python peripheral needs a script", cure="give either script or filename"
            )
        if filename is not None:
            path = machine.find_file(filename)
            if path is None:
                raise RenodeWifiError(
                    f"Could not find file '{filename}'", cure="paths start at the monitor's path"
                )
            script = Path(path).read_text(encoding="utf-8")
        assert script is not None
        self.script = script
        self._code: CodeType | None = self._compiled()
        self._globals: dict[str, Any] = {}
        self.reset()

    def _compiled(self) -> CodeType:
        try:
            return compile(self.script, f"<{self.name}>", "exec")
        except SyntaxError as error:
            raise RenodeWifiError(
                f"the script does not run in Python 3: {error.msg}",
                where=f"{self.name}, script line {error.lineno}",
                cure="use what Python 2.7 and 3 have in common",
            ) from error

    def read(self, offset: int, width: int) -> int:
        return self._run("read", offset, 0, width) & ((1 << 8 * width) - 1)

    def write(self, offset: int, value: int, width: int) -> None:
        self._run("write", offset, value, width)

    def reset(self) -> None:
        self._globals = {}
        if self.initable:
            self._run("init")

    def NoisyLog(self, message: str) -> None:
        self.machine.log.debug("%s: %s", self.name, message)

    DebugLog = NoisyLog

    def InfoLog(self, message: str) -> None:
        self.machine.log.info("%s: %s", self.name, message)

    def WarningLog(self, message: str) -> None:
        self.machine.log.warning("%s: %s", self.name, message)

    def ErrorLog(self, message: str) -> None:
        self.machine.log.error("%s: %s", self.name, message)

    def _run(self, kind: str, offset: int = 0, value: int = 0, length: int = 4) -> int:
        if self._code is None:
            self._code = self._compiled()
        self.counter += 1
        request = Request(kind, offset, value, length, self.counter)
        scope = self._globals
        scope.update(request=request, self=self, size=self.size)
        try:
            exec(self._code, scope)
        except Exception as error:
            # A script's mistake is its author's to mend; the guest reads 0 as in Renode.
            self.machine.log.error("%s: script failed: %r", self.name, error)
            return 0
        finally:
            for name in ("request", "self", "size", "__builtins__"):
                scope.pop(name, None)
        return int(request.value)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_code": None}
