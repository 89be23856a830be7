"""What a machine needs of its core, the CPU with its memories. The engine brings one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from enum import Enum, StrEnum
from typing import NamedTuple, Protocol

from renode_wifi.emulation.image.crash import Crash
from renode_wifi.peripherals.base.bus import BusPeripheral
from renode_wifi.peripherals.base.clock import VirtualClock
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.base.line import Receiver
from renode_wifi.peripherals.base.machine import Bus
from renode_wifi.peripherals.stm32l4.firewall_segments import Segments


class Stop(Enum):
    """Why a run came back."""

    TIME = "the time was reached"
    REQUEST = "a stop was asked for"
    CRASH = "the guest crashed"
    BREAKPOINT = "a breakpoint was reached"


@late_dataclass(frozen=True)
class Watchpoint:
    """Addresses whose accesses by the CPU end a run."""

    start: int
    size: int
    reads: bool
    writes: bool


class OnFault(StrEnum):
    """What a fault of the guest means to the run."""

    STOP = "stop"
    """Every fault ends the run."""
    REPORT = "report"
    """The firmware's handler runs; the run ends on a lockup or when the handler loops."""
    CONTINUE = "continue"
    """As on the board: only a lockup, which nothing but a reset ends, ends the run."""


@late_dataclass(frozen=True)
class Access:
    """A load or store of the CPU. width: bytes."""

    address: int
    value: int
    width: int
    is_store: bool

    def hits(self, watchpoint: Watchpoint) -> bool:
        wanted = watchpoint.writes if self.is_store else watchpoint.reads
        end = watchpoint.start + watchpoint.size
        return wanted and self.address < end and watchpoint.start < self.address + self.width


WatchCallback = Callable[[Access], None]


ExceptionEntry = tuple[int, int, int, int, bytes]
"""Time in ns; address of the handler, or of the running task's control block; the exception that
is executed from then on, 0: thread mode; the one whose handler has ended, 0: none, what is executed
has preempted what was; the task's name."""

ExceptionListener = Callable[[Iterable[ExceptionEntry]], None]


class ExceptionHistory(Protocol):
    """When handlers began and returned, passed on to listeners in pieces."""

    listeners: list[ExceptionListener]

    def flush(self) -> None:
        """Pass on what is known so far."""


class Capture(NamedTuple):
    """Memory that an argument points to. indirect: what the word there points to is noted, too.
    output: when the function returns, not when it is entered."""

    argument: int
    size: int
    indirect: bool = False
    output: bool = False


class LoggedFunction(NamedTuple):
    """returns: whether its return is noted."""

    address: int
    returns: bool
    captures: tuple[Capture, ...] = ()


class CallRecord(NamedTuple):
    """A call, or a return. time: ns. function: its number; None: calls return. context: block of
    the running task; 0: none is known; negative: an exception. words: R0 to R3, and of a call those
    on the stack. areas: what was captured, by address. saved: R4 to R11, of a log that keeps
    stacks."""

    time: int
    function: int | None
    pc: int
    lr: int
    sp: int
    context: int
    name: bytes
    words: list[int]
    areas: list[tuple[int, bytes]]
    saved: Sequence[int] = ()


class CallHistory(Protocol):
    """Calls of functions and their returns.

    on_full: called when there is no room for more, and if it is `live` with each; it has to take.
    """

    live: bool
    on_full: Callable[[], None]

    def keep_stacks(self, size: int, functions: Collection[int]) -> None:
        """Let each call of these functions have so many bytes of its caller's stack."""

    def context(self) -> int:
        """What runs now, as in a record."""

    def take(self) -> bytes:
        """Records that were not taken yet, for `parse`."""

    def parse(self, taken: bytes) -> Iterator[CallRecord]: ...


Note = Callable[..., object]
"""note(source, level), or note(source, sent, received, bits)."""


class SignalSetting(NamedTuple):
    """Bits of a word of a model's registers on which depends how a source is set."""

    model: object
    word: int
    mask: int


class SignalHistory(Protocol):
    """Levels of lines and words of buses, in the order in which they came. Sources are numbers."""

    address: int
    """By which models and lines refer to it (`Machine.noted`)."""
    note: Note
    """For what the core does not note by itself."""

    def follow(self, source: int, settings: Sequence[SignalSetting]) -> None:
        """Settle a source before a word if one of these has changed since the last time."""

    def take(self) -> bytes:
        """What was not taken yet."""


class DebugUnit(Protocol):
    """What a debugger and observers put into the guest. Addresses are those of instructions."""

    attached: bool
    """BKPT halts instead of faulting."""

    def halt(self, halted: bool) -> None:
        """Execute nothing, while time passes, until it is ended, here or by a reset."""

    @property
    def is_halted(self) -> bool:
        """Whether `halt` has effect."""

    def add_hook(self, address: int, callback: Callable[[], None]) -> None:
        """Call back whenever a block starts there, such as a function."""

    def remove_hook(self, address: int, callback: Callable[[], None]) -> None: ...

    def log_calls(self, functions: Sequence[LoggedFunction], task: int, name: int) -> CallHistory:
        """Note calls of functions; it can be asked for once. task, name: see `Core.log_exceptions`.

        None of it takes virtual time.
        """

    def add_code_hook(self, address: int, callback: Callable[[], None]) -> None:
        """Call back before an instruction."""

    def remove_code_hook(self, address: int, callback: Callable[[], None]) -> None: ...

    def add_breakpoint(self, address: int) -> None:
        """Make a run come back before an instruction."""

    def remove_breakpoint(self, address: int) -> None: ...

    def set_watchpoints(self, watchpoints: Sequence[Watchpoint]) -> None:
        """Make a run come back behind accesses. They replace those set before."""

    def add_watch_hook(self, watchpoint: Watchpoint, callback: WatchCallback) -> None:
        """Call back behind an instruction that accesses a range."""

    def remove_watch_hook(self, watchpoint: Watchpoint, callback: WatchCallback) -> None: ...

    def report_unaligned(self, callback: Callable[[int, int], None] | None) -> None:
        """Call back with the addresses of an instruction and of its access, if that is permitted
        and not aligned to its size. It executes at a third of the speed. None: no more."""

    def report_uninitialised(self, callback: Callable[[int, int], None] | None) -> None:
        """Call back with the addresses of an instruction and of what it loads from RAM, if nobody
        has written any of that since power-on. To be asked for before the first run. Pages with
        such bytes are accessed at a tenth of the speed. None: no more."""

    @property
    def watched(self) -> tuple[int, bool] | None:
        """The access that ended the last run: its address; is it a store."""

    def stepping(self) -> AbstractContextManager[None]:
        """Within, each run executes one instruction."""


class Interrupts(Receiver):
    """The inputs of an interrupt controller."""

    def pend(self, number: int) -> None:
        """Make input `number` pending, as software can."""
        raise NotImplementedError


class Core(Protocol):
    """A Cortex-M with its memories, its bus and its time."""

    clock: VirtualClock
    vector_table: int
    """Where initial SP and PC are at the next reset."""
    on_fault: Callable[[Crash], None] | None
    """Called with the report of a fault, unless faults stay in the core."""
    stop_on_fault: bool
    """A fault of the guest ends the run, if its handler does not take it and end."""
    stop_on_handled: bool
    """Every fault ends it, those that firmware has enabled handlers for as well."""
    on_reserved: Callable[[int, int], None]
    """Called with (address, is write) for accesses between the registers of a peripheral."""

    @property
    def now(self) -> int:
        """Virtual time in ns."""

    @property
    def bus(self) -> Bus: ...

    @property
    def debug(self) -> DebugUnit: ...

    @property
    def nvic(self) -> Interrupts: ...

    @property
    def nmi(self) -> Interrupts:
        """Input 0 is that of the interrupt which can't be masked."""

    @property
    def irq_count(self) -> int: ...

    @property
    def instructions(self) -> int:
        """Core cycles since power-on: instructions executed and time slept."""

    @property
    def iterations_skipped(self) -> int:
        """Iterations of loops that wait which were counted instead of executed; how many depends
        on how a run is cut."""

    @property
    def last_fault(self) -> Crash | None: ...

    def set_priority_mask(self, mask: int) -> None:
        """The bits of an interrupt priority that the chip implements."""

    def set_fpu(self, present: bool) -> None:
        """Whether the chip has an FPU; without, its instructions are a UsageFault (NOCP)."""

    def set_mpu(self, regions: int) -> None:
        """The regions of the chip's MPU; 0: it has none."""

    def on_trace(self, handler: Callable[[int, int, int], None]) -> None:
        """Call `handler(port, value, width)` for stores to enabled stimulus ports of the ITM."""

    def log_exceptions(self, ignored: int, task: int, name: int) -> ExceptionHistory:
        """Note when handlers begin and return; who asks later gets the same log.

        ignored: an exception that is left out. task: address of the pointer to the running task's
        control block, which has its name at the offset `name`; 0: there is no kernel. None of it
        takes virtual time.
        """

    def log_signals(self, full: Callable[[], None], settle: Callable[[int], None]) -> SignalHistory:
        """A log of signals. full: called when there is no room for more; it has to take what is
        there. settle: see `SignalHistory.follow`; called with the source."""

    def on_semihosting(self, handler: Callable[[], int]) -> None:
        """Serve semihosting: `handler()` at BKPT 0xAB; its answer becomes R0."""

    @property
    def cpu_frequency(self) -> int:
        """Hz."""

    def set_frequency(self, hertz: int) -> None:
        """From now on an instruction takes 1/hertz seconds."""

    def on_deep_sleep(self, handler: Callable[[int], None]) -> None:
        """Call `handler` with 1 when a sleep with SLEEPDEEP begins, and with 0 when it ends."""

    def on_sleep(self, handler: Callable[[int], None]) -> None:
        """Call `handler` with 1 when any sleep begins and with 0 when it ends, while followed."""

    def follow_sleep(self, follows: bool) -> None:
        """Whether the handler of `on_sleep` is called, which costs a call for each sleep."""

    def power_down(self) -> None:
        """Let only a reset end the sleep under way."""

    def map_memory(self, base: int, size: int, name: str, fill: int = 0) -> object:
        """Map memory of `size` bytes, all of them `fill`."""

    def map_alias(self, base: int, target: int, size: int) -> None:
        """Show `size` bytes of the memory at `target` at `base` too."""

    def map_peripheral(self, base: int, size: int, model: BusPeripheral) -> None: ...

    def set_clock(self, model: BusPeripheral, on_access: Callable[[], None] | None) -> None:
        """Without its clock a model on the bus reads 0 and ignores stores.

        on_access: called at the next access; None: it has its clock again.
        """

    def set_firewall(self, segments: Segments, listener: Callable[[int, int], None]) -> None:
        """Guard segments of memory; to be called after each change of them.

        listener(event, address): called when they are entered, left or violated.
        """

    def wires_changed(self) -> None:
        """An output got another receiver."""

    def read_register(self, name: str) -> int: ...

    def write_register(self, name: str, value: int) -> None: ...

    def reset(self) -> None:
        """Reset the CPU, not its memories, peripherals or time, and start at `vector_table`."""

    def run(self, until: int) -> Stop | None:
        """Run to virtual time `until` (ns). None: a reset was asked for, which is the caller's."""

    @property
    def is_running(self) -> bool:
        """Within `run`."""
        ...

    def request_stop(self) -> None:
        """Come back from `run` at the next block; safe from any thread."""

    def is_stopping(self) -> bool:
        """Whether `request_stop` was called since `run` came back."""

    def request_reset(self) -> None:
        """Come back from `run` at the next block with None."""

    def save(self) -> bytes: ...

    def check(self, state: bytes) -> None:
        """Whether `restore` can take a state. Raises ValueError or RenodeWifiError."""

    def restore(self, state: bytes) -> None: ...

    def close(self) -> None: ...
