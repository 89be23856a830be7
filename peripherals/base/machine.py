"""What a model may ask of the board it sits on; `BenchMachine` is one for tests."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import Any, Protocol

from renode_wifi.peripherals.base.clock import Clock, VirtualClock

WriteHandler = Callable[[int, int, int], None]
"""Called with (address, value, width in bytes) for a store to a range that it handles."""


class Bus(Protocol):
    """The system bus as a bus master (DMA) or a memory controller sees it.

    Accesses raise `bus_master.BusError` where nothing is mapped.
    """

    def read(self, address: int, width: int) -> int: ...

    def write(self, address: int, value: int, width: int) -> None: ...

    def read_bytes(self, address: int, length: int) -> bytes: ...

    def write_bytes(self, address: int, data: bytes) -> None:
        """Write memory behind the CPU's back; works on flash and ROM too."""

    def handle_writes(self, start: int, size: int, handler: WriteHandler) -> None:
        """Send the CPU's stores into a memory to `handler` instead (flash programming)."""

    def is_memory(self, address: int, length: int, written: bool) -> bool:
        """Whether a range may be read, or written, as bytes instead of access by access."""

    def model_at(self, address: int) -> tuple[object, int] | None:
        """A model that may be dealt with past the bus, and the offset in it; None: by accesses."""


class Machine(Protocol):
    """Injected as first argument of every model: `Model(machine, name, **attributes)`.

    Models keep only state that a snapshot can hold (no lambdas, generators, threads, sockets), so
    that the whole board can be saved at any moment. A class that reaches the host says
    `NOT_SAVED = True`.
    """

    log: logging.Logger

    @property
    def clock(self) -> Clock: ...

    @property
    def bus(self) -> Bus: ...

    def random(self, stream: str) -> random.Random:
        """A random source of its own for `stream`, fixed by the world's seed."""

    def peripheral(self, name: str) -> object:
        """The model registered as `name`; KeyError where there is none."""

    def trace(self, source: str, event: str, **fields: object) -> None:
        """Report something to observers (transcript, trace, pcap); never changes behaviour."""

    def is_observed(self, event: str) -> bool:
        """Whether anybody observes `event`: what nobody reads need not be built."""

    def is_stopping(self) -> bool:
        """Whether a run is to end: what waits for the host then waits no longer."""

    @property
    def cpu_frequency(self) -> int:
        """Hz of the core clock; 0 before a model has set it."""

    def set_cpu_frequency(self, hertz: int) -> None:
        """The core clock changed: from now on one instruction takes 1/hertz seconds."""

    def set_clock(self, block: str, gate: str) -> None:
        """Take the clock of the bus away from a block: it reads 0 and ignores writes.

        gate: the bit that is to be set for it, such as "RCC_APB2ENR.USART1EN"; empty: the block has
        its clock.
        """

    def wires_changed(self) -> None:
        """A line got another receiver while the guest runs."""

    def request_reset(self, cause: str) -> None:
        """Reset the whole chip at the next block of instructions; cause: for RCC's flags."""

    reset_cause: str
    """Why the chip was last reset: "power-on", "pin", "software", "iwdg", "standby", …"""


class BenchMachine:
    """A machine without CPU for unit tests: a clock moved by hand and a memory of bytes."""

    def __init__(self, seed: int = 0) -> None:
        self.clock = VirtualClock()
        self.bus = BenchBus()
        self.log = logging.getLogger("renode_wifi.rig")
        self.seed = seed
        self.peripherals: dict[str, Any] = {}
        self.traced: list[tuple[int, str, str, dict[str, Any]]] = []
        self.cpu_frequency = 0
        self.reset_cause = "power-on"
        self.reset_requests: list[str] = []
        self.stopping = False
        self.deep_sleep_listener: Callable[[int], None] | None = None
        self.sleep_listener: Callable[[int], None] | None = None
        self.follows_sleep = False
        self.is_powered_down = False
        self.gates: dict[str, str] = {}
        self.firewall: object = None

    def random(self, stream: str) -> random.Random:
        return random.Random(f"{self.seed}/{stream}")

    def peripheral(self, name: str) -> object:
        return self.peripherals[name]

    def trace(self, source: str, event: str, **fields: object) -> None:
        self.traced.append((self.clock.now, source, event, fields))

    def is_observed(self, event: str) -> bool:
        return True

    def is_stopping(self) -> bool:
        return self.stopping

    def set_cpu_frequency(self, hertz: int) -> None:
        self.cpu_frequency = hertz

    def set_clock(self, block: str, gate: str) -> None:
        self.gates[block] = gate

    def wires_changed(self) -> None:
        """Nothing here knows where lines lead."""

    def request_reset(self, cause: str) -> None:
        self.reset_requests.append(cause)

    def on_deep_sleep(self, listener: Callable[[int], None]) -> None:
        self.deep_sleep_listener = listener

    def on_sleep(self, listener: Callable[[int], None]) -> None:
        self.sleep_listener = listener

    def follow_sleep(self, follows: bool) -> None:
        self.follows_sleep = follows

    def set_firewall(self, segments: object, listener: Callable[[int, int], None]) -> None:
        self.firewall = segments

    def power_down(self) -> None:
        self.is_powered_down = True


class BenchBus:
    """Sparse memory: every byte that was never written reads 0."""

    def __init__(self) -> None:
        self.memory: dict[int, int] = {}
        self.handlers: list[tuple[int, int, WriteHandler]] = []

    def read(self, address: int, width: int) -> int:
        return int.from_bytes(self.read_bytes(address, width), "little")

    def write(self, address: int, value: int, width: int) -> None:
        for start, size, handler in self.handlers:
            if start <= address < start + size:
                handler(address, value, width)
                return
        self.write_bytes(address, value.to_bytes(width, "little"))

    def read_bytes(self, address: int, length: int) -> bytes:
        return bytes(self.memory.get(address + i, 0) for i in range(length))

    def write_bytes(self, address: int, data: bytes) -> None:
        for i, byte in enumerate(data):
            self.memory[address + i] = byte

    def handle_writes(self, start: int, size: int, handler: WriteHandler) -> None:
        self.handlers.append((start, size, handler))

    def is_memory(self, address: int, length: int, written: bool) -> bool:
        return not written or not any(
            start < address + length and address < start + size for start, size, _ in self.handlers
        )

    def model_at(self, address: int) -> tuple[object, int] | None:
        return None
