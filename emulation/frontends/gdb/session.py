"""One debugger's session, sans-I/O: bytes in, bytes out, and what the machine is to do.

The machine is halted or runs. While it is halted every packet is answered at once; while it runs
only an interrupt is taken, as the protocol has it (all-stop mode).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb.packets import Packet, PacketDecoder, Signal, encode
from renode_wifi.emulation.frontends.gdb.target import DebugTarget
from renode_wifi.emulation.image.rtos.threads import Thread

SIGINT, SIGTRAP, SIGSEGV = 2, 5, 11
"""GDB's numbers (include/gdb/signals.def)."""

LINE_FEED, MAX_LINE = 0x0A, 256

ACCESS_ERROR = "E14"
"""EFAULT: nothing is at that address."""
ARGUMENT_ERROR = "E16"
"""EINVAL."""


class Mode(Enum):
    HALTED = auto()
    CONTINUE = auto()
    STEP = auto()
    """Run one instruction, or while the PC is in `GdbSession.step_range`."""
    DETACHED = auto()
    """The debugger leaves; the machine runs on."""
    KILLED = auto()
    """The debugger wants the run to end."""


class PacketError(Exception):
    """A packet that cannot be understood."""


Handler = Callable[["GdbSession", bytes], "str | bytes | None"]
"""Takes what follows the command's name. Returns the answer, "" for what isn't supported and None
where the answer comes later."""


@dataclass(frozen=True)
class PacketCommand:
    """A packet that begins with `name`. separator: what may follow the name, besides its end;
    "": anything. is_exact: nothing may follow."""

    name: str
    run: Handler
    separator: bytes = b""
    is_exact: bool = False

    def takes(self, packet: bytes) -> bool:
        name = self.name.encode()
        rest = packet[len(name) : len(name) + 1]
        if not packet.startswith(name) or (rest and self.is_exact):
            return False
        return not rest or not self.separator or rest in self.separator


class GdbSession:
    """commands: looked up by the longest name that a packet begins with."""

    def __init__(self, target: DebugTarget, commands: tuple[PacketCommand, ...]) -> None:
        self.target = target
        self.mode = Mode.HALTED
        self.step_range: range | None = None
        self.selected: int | None = None
        """Thread whose registers are asked for; None: the current one."""
        self.signal = SIGTRAP
        self.flash_parts: dict[int, bytes] = {}
        self.pending_symbols: list[str] = []
        self.acknowledges = True
        self.is_extended = False
        self.is_killed = False
        """The run ends when the connection does."""
        self._interrupted = False
        """An interrupt that came while the machine was halted counts when it runs again: at a
        breakpoint that only prints, the debugger goes on by itself."""
        self._commands = sorted(commands, key=lambda command: -len(command.name))
        self._decoder = PacketDecoder()
        self._output = bytearray()
        self._last = b""
        self._line = bytearray()
        """What the program has printed of a line."""

    # -- bytes --------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Bytes from the debugger."""
        for item in self._decoder.feed(data):
            if isinstance(item, Packet):
                if self.acknowledges:
                    self._output += b"+"
                self._answer(item.data)
            elif item is Signal.INTERRUPT:
                self._interrupted = True
            elif item is Signal.NACK:
                self._output += self._last
            elif item is Signal.DAMAGED and self.acknowledges:
                self._output += b"-"
            if self._interrupted and self.is_running:
                self._interrupted = False
                self.halt(SIGINT)

    def take_output(self) -> bytes:
        """Bytes for the debugger."""
        output = bytes(self._output)
        self._output.clear()
        return output

    def send(self, data: str | bytes) -> None:
        """Send a packet."""
        raw = data.encode("ascii", "backslashreplace") if isinstance(data, str) else data
        self._last = encode(raw)
        self._output += self._last

    def _answer(self, packet: bytes) -> None:
        try:
            answer = self._carry_out(packet)
        except RenodeWifiError:
            answer = ACCESS_ERROR
        except (PacketError, ValueError, IndexError, OverflowError):
            answer = ARGUMENT_ERROR
        if answer is not None:
            self.send(answer)

    def _carry_out(self, packet: bytes) -> str | bytes | None:
        for command in self._commands:
            if command.takes(packet):
                return command.run(self, packet[len(command.name) :])
        return ""

    # -- the machine --------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        return self.mode in (Mode.CONTINUE, Mode.STEP)

    def resume(self, mode: Mode, step_range: range | None = None) -> None:
        self.selected = None
        self.mode = mode
        self.step_range = step_range

    def print(self, byte: int) -> None:
        """A byte for GDB's console, where lines are shown when they are whole."""
        self._line.append(byte)
        if byte == LINE_FEED or len(self._line) == MAX_LINE:
            self._print_line()

    def _print_line(self) -> None:
        """GDB takes text while the program runs only."""
        if self._line and self.is_running:
            self.send("O" + self._line.hex())
        self._line.clear()

    def halt(self, signal: int = SIGTRAP, reason: str = "") -> None:
        """The machine has stopped: notify the debugger. reason: `key:value;` of a stop reply."""
        self._print_line()
        self.mode = Mode.HALTED
        self.signal = signal
        self.selected = None
        self.send(self.stop_reply(reason))

    def stop_reply(self, reason: str = "") -> str:
        thread = self.target.current_thread()
        parts = [f"T{self.signal:02x}"]
        registers = self.target.registers
        for name in ("r7", "sp", "lr", "pc"):
            number = registers.numbers[name]
            parts.append(f"{number:x}:{self.register(number, thread)};")
        return "".join(parts) + f"thread:{thread.id:x};{reason}"

    def end(self, code: int) -> None:
        """The run is over."""
        self._print_line()
        self.send(f"W{code & 0xFF:02x}")
        self.mode = Mode.DETACHED

    # -- what several commands need -------------------------------------------------------------

    @property
    def threads(self) -> list[Thread]:
        """Those of the program; none once it is killed."""
        return [] if self.is_killed else self.target.threads()

    @property
    def thread(self) -> Thread:
        """The selected thread."""
        threads = self.target.threads()
        for thread in threads:
            if thread.id == self.selected:
                return thread
        return next(thread for thread in threads if thread.is_current)

    def register(self, number: int, thread: Thread) -> str:
        """In hexadecimal, as it lies in memory; x where it is unknown."""
        register = self.target.registers.all[number]
        value = self.target.read_register(register, thread)
        return "x" * 2 * register.size if value is None else little_endian(value, register.size)


def little_endian(value: int, size: int) -> str:
    return value.to_bytes(size, "little").hex()


def hexadecimal(text: bytes) -> int:
    """A number of the protocol: hexadecimal without a prefix."""
    if not text or not all(byte in b"0123456789abcdefABCDEF" for byte in text):
        raise PacketError(text)
    return int(text, 16)


def place(text: bytes) -> tuple[int, int]:
    """`ADDRESS,LENGTH`."""
    address, _, length = text.partition(b",")
    found = hexadecimal(address), hexadecimal(length)
    if found[0] + found[1] > 1 << 32:
        raise PacketError(text)
    return found
