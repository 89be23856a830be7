"""Follows the calls of a firmware's network API through a run.

Hooks stand at the functions' entries and at the places to which they return. A call's end is known
by its return address and stack pointer: any number of tasks can be blocked in calls at once.
Hooks take no virtual time and change nothing that the guest sees.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from renode_wifi.emulation.image.image import symbol_address
from renode_wifi.emulation.image.rtos.freertos import MAX_NAME, TCB_NAME
from renode_wifi.emulation.observers.calls.table import Function, Table, read_table
from renode_wifi.emulation.observers.calls.values import CallDecoder, Value
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.trace import TraceFields

SOURCE = "calls"
"""Under which calls are traced, as events `call` and `return`."""
IPSR = 0x1FF
REGISTER_ARGUMENTS = 4
"""Arguments in R0 to R3 (AAPCS, 6.4); others are on the stack."""
NO_TASK = ""
DELETE_TASK = "vTaskDelete"


@dataclass
class Call:
    """One call. started, finished: ns. words: the arguments as they are passed. ending: why it
    did not return, if it did not."""

    number: int
    function: Function
    task: str
    started: int
    words: list[int]
    arguments: dict[str, Value]
    caller: int
    """Return address."""
    stack: int
    context: int
    """Task control block; 0: no kernel; negative: a handler."""
    parent: Call | None = None
    finished: int | None = None
    outputs: dict[str, Value] = field(default_factory=dict)
    word: int = 0
    """R0 at the return."""
    result: Value = None
    ending: str = ""

    @property
    def name(self) -> str:
        return self.function.name

    @property
    def number_returned(self) -> int:
        """The result as a signed number."""
        return self.word - (1 << 32) if self.word & 0x8000_0000 else self.word


CallListener = Callable[[Call], None]


class CallRecorder:
    """Of one machine with its images loaded.

    on_call, on_return: called with each call as it begins and ends. Calls are also traced like
    what models trace, with the source `calls`.
    """

    def __init__(self, machine: Machine, table: Table | None = None) -> None:
        self._machine = machine
        self._core = machine.core
        self._numbers = itertools.count(1)
        self._open: list[Call] = []
        self._returns: set[int] = set()
        self._names: dict[bytes, str] = {}
        self.on_call: list[CallListener] = []
        self.on_return: list[CallListener] = []
        self._tcb = symbol_address(machine.images, "pxCurrentTCB")
        names = {
            symbol.name: symbol.address
            for image in machine.images
            for symbol in image.symbols
            if symbol.is_function
        }
        table = table or read_table()
        self.functions = table.of_image(names)
        self._memories = [
            area
            for name, areas in machine.places.items()
            if isinstance(machine.peripherals.get(name), Memory)
            for area in areas
        ]
        self._decoder = CallDecoder(table, self.read_memory)
        for function in self.functions:
            self._core.debug.add_hook(names[function.name], partial(self._enter, function))
        if self.functions and DELETE_TASK in names:
            self._core.debug.add_hook(names[DELETE_TASK], self._on_delete)
        machine.reset_listeners.append(partial(self._end_all, "reset"))

    @property
    def machine(self) -> Machine:
        return self._machine

    @property
    def now(self) -> int:
        return self._machine.now

    def read_memory(self, address: int, length: int) -> bytes | None:
        """Bytes of RAM or flash, None elsewhere: loads of registers have effects."""
        for area in self._memories:
            if area.start <= address and address + length <= area.end:
                return self._machine.bus.read_bytes(address, length)
        return None

    def read_up_to(self, address: int, length: int) -> bytes:
        """As many bytes of memory as there are from an address on."""
        for area in self._memories:
            if area.start <= address < area.end:
                return self._machine.bus.read_bytes(address, min(length, area.end - address))
        return b""

    def current(self) -> Call | None:
        """The innermost open call of the running task; else the only open one."""
        if not self._open:
            return None
        context, _ = self._context()
        own = [call for call in self._open if call.context == context]
        if own:
            return own[-1]
        contexts = {call.context for call in self._open}
        return self._open[-1] if len(contexts) == 1 else None

    def end(self) -> None:
        """The run is over: report calls that are under way."""
        self._end_all("still under way")

    # -- hooks --------------------------------------------------------------------------------

    def _enter(self, function: Function) -> None:
        core = self._core
        context, task = self._context()
        stack, caller = core.read_register("SP"), core.read_register("LR") & ~1
        self._forget_future()
        self._unwind(context, stack, caller)
        words = [
            core.read_register(f"R{index}")
            if index < REGISTER_ARGUMENTS
            else self._stacked(stack, index - REGISTER_ARGUMENTS)
            for index in range(len(function.arguments))
        ]
        parent = next((call for call in reversed(self._open) if call.context == context), None)
        call = Call(
            next(self._numbers),
            function,
            task,
            self.now,
            words,
            self._decoder.arguments(function, words),
            caller,
            stack,
            context,
            parent,
        )
        self._open.append(call)
        if caller not in self._returns:
            self._returns.add(caller)
            core.debug.add_hook(caller, partial(self._on_return, caller))
        self._trace("call", call, {"arguments": call.arguments})
        for listener in self.on_call:
            listener(call)

    def _on_return(self, address: int) -> None:
        if not self._open:
            return
        stack = self._core.read_register("SP")
        ended = [call for call in self._open if (call.caller, call.stack) == (address, stack)]
        if not ended:
            return
        word = self._core.read_register("R0")
        for call in reversed(ended):  # More than one where a call is a tail call of another.
            self._unwind(call.context, stack, address)
            call.word = word
            call.result = self._decoder.value(call.function.result, word)
            call.outputs = self._decoder.outputs(call.function, call.words)
            self._finish(call, "")

    def _on_delete(self) -> None:
        task = self._core.read_register("R0") or self._context()[0]
        for call in [call for call in reversed(self._open) if call.context == task]:
            self._finish(call, "its task was deleted")

    def _unwind(self, context: int, stack: int, caller: int) -> None:
        """End calls that a longjmp or the like has left: their stack frames are gone."""
        if context == 0 and self._tcb is None:
            # Without a known kernel several stacks may share the context.
            gone = [c for c in self._open if c.stack == stack and c.caller != caller]
        else:
            gone = [
                call
                for call in self._open
                if call.context == context
                and (call.stack < stack or (call.stack == stack and call.caller != caller))
            ]
        for call in reversed(gone):
            self._finish(call, "left by a jump")

    def _end_all(self, ending: str) -> None:
        for call in list(reversed(self._open)):
            self._finish(call, ending)

    def _forget_future(self) -> None:
        """A snapshot was restored: calls of a time that has not come yet are none."""
        now = self.now
        if self._open and self._open[-1].started > now:
            self._open = [call for call in self._open if call.started <= now]

    def _finish(self, call: Call, ending: str) -> None:
        self._open.remove(call)
        call.finished = self.now
        call.ending = ending
        if self._machine.is_observed("return"):
            self._trace_return(call)
        for listener in self.on_return:
            listener(call)

    def _trace_return(self, call: Call) -> None:
        fields: TraceFields = {"result": call.result, "started": call.started}
        if call.outputs:
            fields["outputs"] = call.outputs
        if call.ending:
            fields["ending"] = call.ending
        else:
            fields["value"] = call.number_returned
        self._trace("return", call, fields)

    def _trace(self, event: str, call: Call, fields: TraceFields) -> None:
        number = {"function": call.name, "task": call.task, "number": call.number}
        self._machine.trace(SOURCE, event, **number, **fields)

    def _context(self) -> tuple[int, str]:
        exception = self._core.read_register("XPSR") & IPSR
        if exception:
            return -exception, f"exception {exception}"
        if self._tcb is None:
            return 0, NO_TASK
        raw = self.read_memory(self._tcb, 4)
        block = int.from_bytes(raw or b"", "little")
        text = self.read_memory(block + TCB_NAME, MAX_NAME) if block else None
        if text is None:
            return 0, NO_TASK
        name = self._names.get(text)
        if name is None:
            name = self._names[text] = text.split(b"\0", 1)[0].decode("ascii", "replace")
        return block, name

    def _stacked(self, stack: int, index: int) -> int:
        return int.from_bytes(self.read_memory(stack + 4 * index, 4) or b"", "little")
