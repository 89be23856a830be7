"""Follows the calls of a firmware's network API through a run.

The core notes what is called with which words, and what its arguments point to; what that means is
found out later, or at once if somebody wants to know. A call's end is known by its return address
and stack pointer: any number of tasks can be blocked in calls at once. None of it takes virtual
time or changes what the guest sees.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from renode_wifi.emulation.image.image import symbol_address
from renode_wifi.emulation.image.rtos.freertos import MAX_NAME, TCB_NAME
from renode_wifi.emulation.observers.calls.table import Function, Table, read_table
from renode_wifi.emulation.observers.calls.values import CallDecoder, Value
from renode_wifi.emulation.observers.notes import Notes
from renode_wifi.emulation.platform.core import CallRecord, LoggedFunction
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.trace import TraceFields

SOURCE = "calls"
"""Under which calls are traced, as events `call` and `return`."""
NO_TASK = ""
DELETE_TASK = "vTaskDelete"
CALLEE_SAVED = tuple(f"r{number}" for number in range(4, 12))
"""AAPCS section 6.1.1."""


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
    frames: bytes = b""
    """The stack of its callers, from `stack` on, where it was asked for."""
    registers: dict[str, int] = field(default_factory=dict)
    """Of its caller, by lower-case name: with `frames` what it takes to unwind from there."""

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

    Who follows calls is notified of each as it begins and ends, in the order of what else is noted
    about the session, when the notes are looked at; if it is `live`, during the run. Calls are also
    traced like what models trace, with the source `calls`.
    """

    def __init__(self, machine: Machine, notes: Notes, table: Table | None = None) -> None:
        self._machine = machine
        self._notes = notes
        self._numbers = itertools.count(1)
        self._open: list[Call] = []
        self._names: dict[bytes, str] = {}
        self._on_call: list[CallListener] = []
        self._on_return: list[CallListener] = []
        self._areas: Sequence[tuple[int, bytes]] = ()
        """Memory as it was when what is looked at happened."""
        self._saved: Sequence[int] = ()
        """R4 to R11 as they were."""
        self._stack_size = 0
        self._now: int | None = None
        self._context: int | None = None
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
        logged = [
            LoggedFunction(names[function.name], True, self._decoder.captures(function))
            for function in self.functions
        ]
        if DELETE_TASK in names:
            logged.append(LoggedFunction(names[DELETE_TASK], False))
        self._log = machine.core.debug.log_calls(logged, self._tcb or 0, TCB_NAME)
        self._log.on_full = self._when_full
        notes.follow(self)
        machine.reset_listeners.append(self._on_reset)

    @property
    def machine(self) -> Machine:
        return self._machine

    @property
    def now(self) -> int:
        """When what is looked at happened, in ns."""
        return self._machine.now if self._now is None else self._now

    @property
    def on_call(self) -> list[CallListener]:
        """Called with each call as it begins. Who asks for this list wants it live."""
        self.go_live()
        return self._on_call

    @property
    def on_return(self) -> list[CallListener]:
        """Called with each call as it ends. Who asks for this list wants it live."""
        self.go_live()
        return self._on_return

    def follow(self, entered: CallListener, returned: CallListener) -> None:
        """Notify of calls when the notes are looked at."""
        self._notes.flush()
        self._on_call.append(entered)
        self._on_return.append(returned)

    def unfollow(self, entered: CallListener, returned: CallListener) -> None:
        self._on_call.remove(entered)
        self._on_return.remove(returned)

    def go_live(self) -> None:
        """From here on calls are looked at as they happen, which takes some 20 µs each."""
        if not self._log.live:
            self._notes.flush()
            self._log.live = True

    def keep_stacks(self, size: int, names: tuple[str, ...]) -> None:
        """Have that many bytes of the caller's stack, and its registers, in calls of functions that
        begin so."""
        functions = enumerate(self.functions)
        wanted = [number for number, function in functions if function.name.startswith(names)]
        self._stack_size = max(self._stack_size, size)
        self._log.keep_stacks(size, wanted)

    def flush(self) -> None:
        """Look at what was noted."""
        self._notes.flush()

    def read_memory(self, address: int, length: int) -> bytes | None:
        """Bytes of RAM or flash, None elsewhere: loads of registers have effects.

        Of a call that is looked at later, what its arguments point to and its stack are as they
        were.
        """
        for start, content in self._areas:
            if start <= address and address + length <= start + len(content):
                return content[address - start : address - start + length]
        for area in self._memories:
            if area.start <= address and address + length <= area.end:
                return self._machine.bus.read_bytes(address, length)
        return None

    def _read_up_to(self, address: int, length: int) -> bytes:
        """As many bytes of memory as there are from an address on."""
        for area in self._memories:
            if area.start <= address < area.end:
                return self._machine.bus.read_bytes(address, min(length, area.end - address))
        return b""

    def current(self) -> Call | None:
        """The innermost open call of the running task; else the only open one."""
        if not self._open:
            return None
        context = self._log.context() if self._context is None else self._context
        own = [call for call in self._open if call.context == context]
        if own:
            return own[-1]
        contexts = {call.context for call in self._open}
        return self._open[-1] if len(contexts) == 1 else None

    def here(self, what: str, instruction: int | None = None) -> Call:
        """What the firmware does right now, as if it were a call of that name.

        instruction: the address of the one that does it; None: the function that was called last.
        """
        core, context = self._machine.core, self._log.context()
        raw = self.read_memory(context + TCB_NAME, MAX_NAME) if self._tcb and context > 0 else None
        place = core.read_register("LR") & ~1
        stack = core.read_register("SP")
        record = CallRecord(core.now, None, 0, place, stack, context, raw or b"", [], [])
        function = Function(what, (), "")
        call = Call(0, function, self._task(record), core.now, [], {}, place, stack, context)
        call.frames = self._read_up_to(stack, self._stack_size)
        saved = [core.read_register(name.upper()) for name in CALLEE_SAVED]
        call.registers = _callers_registers(saved, stack, place)
        if instruction is not None:
            names = (*(f"R{number}" for number in range(13)), "SP", "LR")
            call.registers = {name.lower(): core.read_register(name) for name in names}
            call.registers["pc"] = call.caller = instruction
        return call

    def end(self) -> None:
        """The run is over: report calls that are under way."""
        self.flush()
        self._end_all("still under way")

    # -- for `Notes` --------------------------------------------------------------------------

    def take(self) -> bytes:
        return self._log.take()

    def context(self) -> int:
        return self._log.context()

    def at(self, time: int, context: int | None) -> None:
        self._now, self._context = time, context

    def replay(self, taken: bytes) -> None:
        for record in self._log.parse(taken):
            self._now, self._context = record.time, record.context
            self._areas, self._saved = record.areas, record.saved
            if record.function is None:
                self._returned(record)
            elif record.function < len(self.functions):
                self._entered(self.functions[record.function], record)
            else:
                self._deleted(record)
            self._areas, self._saved = (), ()
        self._now = self._context = None

    def _when_full(self) -> None:
        """The core has no room, or notifies of each call."""
        if self._log.live:
            self.replay(self.take())
        else:
            self._notes.flush()

    # -- what happened ------------------------------------------------------------------------

    def _entered(self, function: Function, record: CallRecord) -> None:
        stack, caller, context = record.sp, record.lr, record.context
        self._forget_future()
        self._unwind(context, stack, caller)
        words = record.words[: len(function.arguments)]
        parent = next((call for call in reversed(self._open) if call.context == context), None)
        call = Call(
            next(self._numbers),
            function,
            self._task(record),
            record.time,
            words,
            self._decoder.arguments(function, words),
            caller,
            stack,
            context,
            parent,
        )
        if self._areas and self._areas[-1][0] == stack:
            call.frames = self._areas[-1][1]
            call.registers = _callers_registers(self._saved, stack, caller)
        self._open.append(call)
        self._trace("call", call, {"arguments": call.arguments})
        for listener in self._on_call:
            listener(call)

    def _returned(self, record: CallRecord) -> None:
        address, stack = record.pc, record.sp
        ended = [call for call in self._open if (call.caller, call.stack) == (address, stack)]
        for call in reversed(ended):  # More than one where a call is a tail call of another.
            self._unwind(call.context, stack, address)
            call.word = word = record.words[0]
            call.result = self._decoder.value(call.function.result, word)
            call.outputs = self._decoder.outputs(call.function, call.words)
            self._finish(call, "")

    def _deleted(self, record: CallRecord) -> None:
        task = record.words[0] or record.context
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

    def _on_reset(self) -> None:
        self.flush()
        self._end_all("reset")

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
        self._trace_return(call)
        for listener in self._on_return:
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
        if self._log.live:
            self._machine.trace(SOURCE, event, **number, **fields)
        else:
            source = self._machine.prefix + SOURCE
            self._notes.pass_on(self.now, source, event, {**number, **fields})

    def _task(self, record: CallRecord) -> str:
        if record.context < 0:
            return f"exception {-record.context}"
        if not record.context:
            return NO_TASK
        name = self._names.get(record.name)
        if name is None:
            text = record.name[:MAX_NAME].split(b"\0", 1)[0]
            name = self._names[record.name] = text.decode("ascii", "replace")
        return name


def _callers_registers(saved: Sequence[int], stack: int, caller: int) -> dict[str, int]:
    return {**dict(zip(CALLEE_SAVED, saved, strict=False)), "sp": stack, "lr": caller | 1}
