"""A running emulation, whichever engine runs it: consoles, waiting, snapshots."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from renode_wifi.emulation.board.bluetooth import (
    read_value,
    subscribe_to,
    wait_for_value,
    write_value,
)
from renode_wifi.emulation.board.console import ConsoleState, UartConsole, UartLine
from renode_wifi.emulation.board.servers import find_message, find_received
from renode_wifi.emulation.engines.engine import Engine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.crash import Crash, place, render_crash
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.patterns import compiled
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.platform.trace import TraceFields, TraceListener
from renode_wifi.peripherals.base.clock import SECOND

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.servers.mqtt_packets import Publication
    from renode_wifi.peripherals.network.world import World

DEFAULT_TIMEOUT = 60.0
"""Seconds of virtual time."""
DEFAULT_EVERY = 0.01
"""Seconds of virtual time between looks at a condition."""
FOR_EVER = 1e9
"""Seconds of virtual time that nobody waits for."""
MAX_HANDLED_FAULTS = 1_000
"""Firmware that lives on faults would fill the memory with them."""


class BoardTimeout(RenodeWifiError):
    """What was waited for did not come in the virtual time allowed."""


class GuestCrash(RenodeWifiError):
    """The firmware crashed while something was waited for."""


@dataclass(frozen=True)
class Snapshot:
    """A whole board at one moment: the engine's state and what the consoles had seen."""

    state: bytes
    consoles: dict[str, ConsoleState]


class Session:
    """Drives an engine. Times are seconds of virtual time throughout.

    uart: name of the console that is meant where none is given.
    """

    def __init__(self, engine: Engine, uart: str | None = None) -> None:
        self.engine = engine
        self.default_uart = uart
        self.image: Image | None = None
        self.consoles: dict[str, UartConsole] = {}
        self.closing: list[Callable[[], None]] = []
        """Called before the emulation ends, such as by what writes a file about it."""
        self.handled_faults: list[Crash] = []
        """Faults that the firmware's own handlers took, the first `MAX_HANDLED_FAULTS` of them."""
        self.handled_fault_count = 0
        """How many there were."""
        self.engine.subscribe(self._on_uart, "uart")
        self.engine.fault_listeners.append(self._on_handled_fault)

    @property
    def uart(self) -> UartConsole:
        """The default console."""
        if self.default_uart is None:
            raise RenodeWifiError("no UART was chosen", cure="name one, for example usart1")
        return self.console(self.default_uart)

    @property
    def backend(self) -> Engine:
        """The engine, by the name that it had in earlier versions."""
        warnings.warn("write `engine` for `backend`", DeprecationWarning, stacklevel=2)
        return self.engine

    @property
    def now(self) -> float:
        """Virtual seconds since power-on."""
        return self.engine.now / SECOND

    @property
    def world(self) -> World:
        """The world around the board. Raises RenodeWifiError while no script has made one."""
        world = self.engine.world
        if world is None:
            raise RenodeWifiError("there is no world", cure="run a board's script first")
        return world

    def set_sensor(self, sensor: str, quantity: str, value: float) -> None:
        """Let a sensor of the board measure something else from now on.

        sensor: its name in the board's script, such as "hts221". quantity: such as "temperature"
        or "acceleration_z" (docs/world.md). Raises RenodeWifiError for what isn't there.
        """
        self.world.inject("sensor-reads", sensor=sensor, quantity=quantity, value=value)

    @property
    def crash(self) -> Crash | None:
        """What ended the firmware; None while it runs, or while its own fault handler does."""
        return self.engine.crash

    def _on_handled_fault(self, fault: Crash) -> None:
        self.handled_fault_count += 1
        if len(self.handled_faults) < MAX_HANDLED_FAULTS:
            self.handled_faults.append(fault)

    def console(self, name: str) -> UartConsole:
        console = self.consoles.get(name)
        if console is None:
            console = self.consoles[name] = UartConsole(name)
        return console

    def subscribe(self, listener: TraceListener) -> None:
        """Notify `listener` of all that models trace: UART bytes, AT transactions, TLS states, …"""
        self.engine.subscribe(listener)

    def run(self, seconds: float) -> Stop:
        """Run for that much virtual time, or until a stop is asked for.

        Raises GuestCrash when the firmware crashes; `wait_for_crash` is for tests that expect it.
        """
        stop = self.engine.run(self.engine.now + _nanoseconds(seconds))
        if stop is Stop.CRASH:
            raise GuestCrash(self.crash_report())
        return stop

    def wait_for_crash(self, timeout: float = DEFAULT_TIMEOUT) -> str:
        """Run until the firmware crashes; returns the report. Raises BoardTimeout."""
        end = self.engine.now + _nanoseconds(timeout)
        while self.engine.now < end:
            if self.engine.run(end) is Stop.CRASH:
                return self.crash_report()
        raise BoardTimeout(
            f"the firmware did not crash within {timeout:g} s of virtual time",
            cure="give it more time, or a reason",
        )

    def stop(self) -> None:
        """Make a `run` under way come back; safe from any thread and from listeners."""
        self.engine.request_stop()

    def run_until(
        self,
        condition: Callable[[], bool],
        timeout: float = DEFAULT_TIMEOUT,
        every: float = DEFAULT_EVERY,
    ) -> bool:
        """Run until `condition`, which is asked every `every` seconds of virtual time.

        Returns False when `timeout` passed first. Raises GuestCrash when the firmware crashes.
        """
        step = _nanoseconds(every)
        if not step:
            raise RenodeWifiError(f"every={every!r} is no time", cure="give seconds above 0")
        return self._run_until(condition, timeout, step)

    def run_to_stop(self, condition: Callable[[], bool], timeout: float = DEFAULT_TIMEOUT) -> bool:
        """As `run_until`, but `condition` is asked only after a listener has called `stop`."""
        return self._run_until(condition, timeout, None)

    def _run_until(self, condition: Callable[[], bool], timeout: float, step: int | None) -> bool:
        end = self.engine.now + _nanoseconds(timeout)
        while not condition():
            stop = self.engine.run(end if step is None else min(end, self.engine.now + step))
            if stop is Stop.CRASH:
                raise GuestCrash(self.crash_report())
            if self.engine.now >= end:
                return condition()
        return True

    def wait_for_server(
        self, name: str, pattern: str | bytes, timeout: float = DEFAULT_TIMEOUT
    ) -> re.Match[bytes]:
        """Run until what a server of the world has received matches; the match.

        pattern: regular expression for the bytes of a connection (TLS taken off) or of a datagram.
        What came before the call counts. Raises BoardTimeout, GuestCrash.
        """
        __tracebackhide__ = True  # Of pytest: the line of the test is what counts.
        return find_received(self, name, pattern, timeout)

    def wait_for_message(
        self, broker: str, topic: str, payload: str | bytes = b"", timeout: float = DEFAULT_TIMEOUT
    ) -> Publication:
        """Run until a message has been published at an MQTT broker of the world; the message.

        topic: as in a subscription, with + and #. payload: regular expression that is found in it.
        What came before the call counts. Raises BoardTimeout, GuestCrash.
        """
        __tracebackhide__ = True  # Of pytest: the line of the test is what counts.
        return find_message(self, broker, topic, payload, timeout)

    def read_characteristic(
        self, central: str, uuid: str, timeout: float = DEFAULT_TIMEOUT
    ) -> bytes:
        """Let a Bluetooth central of the world read; waits until it has found the characteristic.

        Raises RenodeWifiError where it is refused, BoardTimeout, GuestCrash.
        """
        return read_value(self, central, uuid, timeout)

    def write_characteristic(
        self, central: str, uuid: str, value: bytes, timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        """Let it write, with response where the characteristic has that."""
        write_value(self, central, uuid, value, timeout)

    def subscribe_characteristic(
        self, central: str, uuid: str, timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        """Let it ask for notifications, or for indications where there are only those."""
        subscribe_to(self, central, uuid, timeout)

    def wait_for_characteristic(
        self,
        peer: str,
        uuid: str,
        value: bytes | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> bytes:
        """Run until a Bluetooth device of the world has been sent a value: by a notification to a
        central, or a write to a peripheral. None: any value. What came before counts."""
        return wait_for_value(self, peer, uuid, value, timeout)

    def wait_for_line(
        self,
        pattern: str | re.Pattern[str],
        timeout: float = DEFAULT_TIMEOUT,
        uart: str | None = None,
        start: int | None = None,
    ) -> UartLine:
        """Run until a line matches the regular expression; returns that line.

        start: index of the first line to look at; without it, lines after the last one that a
        wait on this console returned.
        """
        __tracebackhide__ = True  # Of pytest: the line of the test is what counts.
        console = self.uart if uart is None else self.console(uart)
        expression = pattern if isinstance(pattern, re.Pattern) else compiled(pattern)
        first = console.forgotten + (console.position if start is None else start)

        def find() -> int | None:
            return console.find(expression, max(0, first - console.forgotten))

        def on_line(line: UartLine) -> None:
            if expression.search(line.text):
                self.stop()

        console.listeners.append(on_line)
        try:
            found = self.run_to_stop(lambda: find() is not None, timeout)
        finally:
            console.listeners.remove(on_line)
        index = find()
        if not found or index is None:
            raise self._missing(f"no line matches {expression.pattern!r}", console, timeout)
        console.position = index + 1
        return console.lines[index]

    def wait_for_prompt(
        self, text: str, timeout: float = DEFAULT_TIMEOUT, uart: str | None = None
    ) -> str:
        """Run until the unfinished line contains `text`; returns that line so far."""
        __tracebackhide__ = True  # Of pytest: the line of the test is what counts.
        console = self.uart if uart is None else self.console(uart)
        if not isinstance(text, str):
            raise RenodeWifiError(f"{text!r} is no prompt", cure="give a text")

        def on_byte(time: int, byte: int) -> None:
            if text in console.pending:
                self.stop()

        console.byte_listeners.append(on_byte)
        try:
            found = self.run_to_stop(lambda: text in console.pending, timeout)
        finally:
            console.byte_listeners.remove(on_byte)
        if not found:
            raise self._missing(f"no prompt {text!r}", console, timeout)
        console.position = len(console.lines)
        return console.pending

    def write(self, data: str | bytes, uart: str | None = None) -> None:
        """Type into a UART."""
        if not isinstance(data, (str, bytes, bytearray)):
            raise RenodeWifiError(f"{data!r} cannot be typed", cure='give "text" or b"bytes"')
        raw = data.encode() if isinstance(data, str) else data
        self.engine.write_uart(uart or self.uart.name, raw)

    def execute(self, command: str) -> str:
        """Run a monitor command."""
        return self.engine.execute(command)

    def reset(self) -> None:
        """Press the reset button."""
        self.engine.reset()

    def snapshot(self) -> Snapshot:
        """Keep the whole board as it is: processor, memories, radio, world, consoles."""
        consoles = {name: console.save() for name, console in self.consoles.items()}
        return Snapshot(self.engine.save(), consoles)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a kept moment, as often as you like; `world` is another object afterwards."""
        self.engine.restore(snapshot.state)
        for name in self.consoles.keys() | snapshot.consoles.keys():
            self.console(name).restore(snapshot.consoles.get(name, ConsoleState()))

    def crash_report(self) -> str:
        """The crash as text with symbols and source lines; "" without a crash."""
        crash = self.crash
        if crash is None:
            return ""
        from renode_wifi.emulation.image.whereabouts import tasks_at_crash

        read_memory = self.engine.read_memory
        tasks, cure = tasks_at_crash(crash, self.image, read_memory)
        return render_crash(crash, self.image, read_memory, tasks, cure)

    def whereabouts(self) -> str:
        """Where the firmware is: function, line, callers, tasks of the RTOS; "" if not known."""
        from renode_wifi.emulation.image.whereabouts import describe

        engine = self.engine
        return describe(self.image, engine.registers(), engine.read_memory)

    def place(self, address: int) -> str:
        """An address with its function and source line, as far as the image has them."""
        return place(address, self.image)

    def close(self) -> None:
        """Let go of host's sockets and processes; `with Board(…) as board:` does it at its end."""
        with ExitStack() as steps:
            steps.callback(self.engine.close)
            for step in reversed(self.closing):
                steps.callback(step)
            self.closing.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _on_uart(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        byte = fields["byte"]
        assert isinstance(byte, int)
        self.console(source).feed(time, byte)

    def _missing(self, what: str, console: UartConsole, timeout: float) -> BoardTimeout:
        seen = "\n".join(f"  {line}" for line in console.lines[-10:])
        return self.timed_out(
            f"{what} on {console.name}", timeout, f"last lines were:\n{seen or '  (none)'}"
        )

    def timed_out(self, what: str, timeout: float, seen: str) -> BoardTimeout:
        """The error that `what` did not come, with what was seen and where the firmware is."""
        where = self.whereabouts()
        return BoardTimeout(
            f"{what} within {timeout:g} s of virtual time",
            cure=seen + (f"\n{where}" if where else ""),
        )


def _nanoseconds(seconds: object) -> int:
    """Of what a caller gave for seconds. Raises RenodeWifiError."""
    is_number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    if not is_number or not 0 <= seconds < FOR_EVER:  # type: ignore[operator]
        raise RenodeWifiError(
            f"{seconds!r} seconds cannot pass", cure=f"give a number, 0 or more, below {FOR_EVER:g}"
        )
    return round(seconds * SECOND)  # type: ignore[operator]
