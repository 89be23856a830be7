"""What the core executes: tasks of FreeRTOS and exception handlers."""

from __future__ import annotations

from collections.abc import Iterable

from renode_wifi.emulation.image.image import symbol_address
from renode_wifi.emulation.image.rtos.freertos import TCB_NAME
from renode_wifi.emulation.observers.timeline.lanes import Lane, Sink
from renode_wifi.emulation.platform.core import ExceptionEntry
from renode_wifi.emulation.platform.machine import Machine

SYSTICK = 15
HANDLERS = Lane("processor", "exceptions")
FIRST_INTERRUPT = 16
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
        self._names: dict[int, str] = {}
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
        handlers, begin = self._handlers, self._sink.begin
        for time, place, current, returned, name in entries:
            if returned in handlers:
                while handlers[-1] != returned:
                    self._leave(time)
                self._leave(time)
            if not current:
                if place != self._running:
                    self._switch(time, place, name)
            elif current != SYSTICK and current not in handlers:
                handlers.append(current)
                begin(HANDLERS, time, self._name(current, place), {"exception": current})

    def _leave(self, now: int) -> None:
        self._handlers.pop()
        self._sink.end(HANDLERS, now, {})

    def _name(self, number: int, address: int) -> str:
        name = self._names.get(number)
        if name is None:
            name = NAMES.get(number) or self._handler_name(number, address)
            self._names[number] = name
        return name

    def _handler_name(self, number: int, address: int) -> str:
        for image in self._machine.images:
            symbol = image.symbols.at(address)
            if symbol is not None and symbol[1] == 0:
                return symbol[0].name
        return f"interrupt {number - FIRST_INTERRUPT}"

    def _switch(self, now: int, block: int, text: bytes) -> None:
        if self._running:
            self._sink.end(self._tasks[self._running], now, {})
        self._running = block
        if not block:
            return
        name = text.split(b"\0", 1)[0].decode("ascii", "replace") or f"0x{block:08X}"
        lane = self._tasks.get(block)
        if lane is None or lane.name != name:
            lane = self._tasks[block] = Lane("tasks", name)
        self._sink.begin(lane, now, name, {})
