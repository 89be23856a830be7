"""What the core executes: tasks of FreeRTOS and exception handlers."""

from __future__ import annotations

from collections.abc import Iterable

from renode_wifi.emulation.image.image import symbol_address
from renode_wifi.emulation.image.rtos.freertos import TCB_NAME
from renode_wifi.emulation.observers.timeline.lanes import Details, Lane, Sink
from renode_wifi.emulation.platform.core import ExceptionEntry
from renode_wifi.emulation.platform.machine import Machine

SYSTICK = 15
HANDLERS = Lane("processor", "exceptions")
FIRST_INTERRUPT = 16
NOTHING: Details = {}
NAMES = {2: "NMI", 3: "HardFault", 4: "MemManage", 5: "BusFault", 6: "UsageFault"} | {
    11: "SVCall",
    12: "DebugMonitor",
    14: "PendSV",
}


class ProcessorLanes:
    """Slices for each handler but SysTick's, and for each time that a task is the one that runs.

    SysTick's, a thousand a second, are left out; a switch of tasks that it leads to is not.
    """

    def __init__(self, machine: Machine, sink: Sink) -> None:
        self._machine = machine
        self._sink = sink
        self._handlers: list[int] = []
        self._kinds: dict[int, tuple[str, Details]] = {}
        """Names and details of handlers, by their numbers."""
        self._tasks: dict[int, Lane] = {}
        self._running = 0
        tcb = symbol_address(machine.images, "pxCurrentTCB")
        self._log = machine.core.log_exceptions(SYSTICK, tcb or 0, TCB_NAME)
        self._log.listeners.append(self._on_entries)
        machine.reset_listeners.append(self.finish)

    def finish(self) -> None:
        """End what is under way."""
        self._log.flush()
        now = self._machine.now
        while self._handlers:
            self._leave(now)
        self._switch(now, 0, b"")

    def _on_entries(self, entries: Iterable[ExceptionEntry]) -> None:
        handlers, kinds = self._handlers, self._kinds
        begin, end = self._sink.begin, self._sink.end
        for time, place, current, returned, name in entries:
            if returned in handlers:
                while handlers[-1] != returned:
                    self._leave(time)
                handlers.pop()
                end(HANDLERS, time, NOTHING)
            if not current:
                if place != self._running:
                    self._switch(time, place, name)
            elif current != SYSTICK and current not in handlers:
                handlers.append(current)
                kind = kinds.get(current)
                if kind is None:
                    kind = kinds[current] = (
                        self._handler_name(current, place),
                        {"exception": current},
                    )
                begin(HANDLERS, time, *kind)

    def _leave(self, now: int) -> None:
        self._handlers.pop()
        self._sink.end(HANDLERS, now, NOTHING)

    def _handler_name(self, number: int, address: int) -> str:
        if number in NAMES:
            return NAMES[number]
        for image in self._machine.images:
            symbol = image.symbols.at(address)
            if symbol is not None and symbol[1] == 0:
                return symbol[0].name
        return f"interrupt {number - FIRST_INTERRUPT}"

    def _switch(self, now: int, block: int, text: bytes) -> None:
        if self._running:
            self._sink.end(self._tasks[self._running], now, NOTHING)
        self._running = block
        if not block:
            return
        name = text.split(b"\0", 1)[0].decode("ascii", "replace") or f"0x{block:08X}"
        lane = self._tasks.get(block)
        if lane is None or lane.name != name:
            lane = self._tasks[block] = Lane("tasks", name)
        self._sink.begin(lane, now, name, NOTHING)
