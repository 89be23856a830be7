"""What the core executes: tasks of FreeRTOS and exception handlers."""

from __future__ import annotations

from renode_wifi.emulation.image.image import symbol_address
from renode_wifi.emulation.image.rtos.freertos import MAX_NAME, TCB_NAME
from renode_wifi.emulation.observers.timeline.lanes import Lane, Sink
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
        self._tcb = symbol_address(machine.images, "pxCurrentTCB")
        machine.core.on_exception(self._on_exception)
        machine.reset_listeners.append(self.finish)

    def finish(self) -> None:
        """End what is under way."""
        now = self._machine.now
        while self._handlers:
            self._leave(now)
        self._switch(now, 0)

    def _on_exception(self, number: int, returned: int) -> None:
        now = self._machine.now
        handlers = self._handlers
        if returned in handlers:
            while handlers[-1] != returned:
                self._leave(now)
            self._leave(now)
        if not number:
            self._look_at_task(now)
        elif number not in handlers:
            handlers.append(number)
            if number != SYSTICK:
                self._sink.begin(HANDLERS, now, self._name(number), {"exception": number})

    def _leave(self, now: int) -> None:
        if self._handlers.pop() != SYSTICK:
            self._sink.end(HANDLERS, now, {})

    def _name(self, number: int) -> str:
        name = self._names.get(number)
        if name is None:
            name = NAMES.get(number) or self._handler_name(number)
            self._names[number] = name
        return name

    def _handler_name(self, number: int) -> str:
        address = self._machine.core.read_register("PC")
        for image in self._machine.images:
            symbol = image.symbols.at(address)
            if symbol is not None and symbol[1] == 0:
                return symbol[0].name
        return f"interrupt {number - FIRST_INTERRUPT}"

    def _look_at_task(self, now: int) -> None:
        if self._tcb is None:
            return
        block = self._machine.bus.read(self._tcb, 4)
        if block != self._running:
            self._switch(now, block)

    def _switch(self, now: int, block: int) -> None:
        if self._running:
            self._sink.end(self._tasks[self._running], now, {})
        self._running = block
        if not block:
            return
        lane = self._tasks.get(block)
        if lane is None:
            raw = self._machine.bus.read_bytes(block + TCB_NAME, MAX_NAME)
            name = raw.split(b"\0", 1)[0].decode("ascii", "replace")
            lane = self._tasks[block] = Lane("tasks", name or f"0x{block:08X}")
        self._sink.begin(lane, now, lane.name, {})
