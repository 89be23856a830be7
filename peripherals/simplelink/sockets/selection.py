"""The select command: waiting for any of several sockets."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND, Event
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.messages.basic import BasicResponse
from renode_wifi.peripherals.simplelink.messages.sockets import SelectCommand, SelectResponse
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.sockets.options import TIMEOUT_STEP, in_steps
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction

FOR_EVER = 0xFFFF
SELECT_UNIT = 1_024 * MICROSECOND
"""The driver shifts the microseconds of a time-out right by 10."""
MIN_TIMEOUT = TIMEOUT_STEP
"""sl_socket.h, sl_Select: less is set to 10 ms."""
SOCKETS = 16
"""Bits of a set."""


class Selection:
    """A select command under way."""

    def __init__(self, reads: int, writes: int) -> None:
        self.reads = reads
        self.writes = writes
        self.timer: Event | None = None


class Selector:
    """At most one select is under way: drivers merge theirs, and wake it through a UDP socket."""

    def __init__(self, services: Services, table: SocketTable) -> None:
        self.services = services
        self.table = table
        self.selection: Selection | None = None

    def reset(self) -> None:
        if self.selection is not None and self.selection.timer is not None:
            self.selection.timer.cancel()
        self.selection = None

    def select(self, transaction: Transaction, message: SelectCommand) -> BasicResponse | None:
        reads, writes = message.reads, message.writes
        if self.selection is not None:
            return BasicResponse(Error.IN_EXECUTION)
        if any(
            (reads | writes) >> number & 1 and self.table.find(number) is None
            for number in range(SOCKETS)
        ):
            return BasicResponse(Error.BAD_SOCKET)
        transaction.status(0)
        self.selection = Selection(reads, writes)
        self.look()
        if self.selection is None or message.seconds == FOR_EVER:
            return None
        timeout = in_steps(message.seconds * SECOND + message.micros * SELECT_UNIT)
        timeout = max(MIN_TIMEOUT, timeout)
        spent = self.services.profile.command_time_us * MICROSECOND
        self.selection.timer = self.services.host.after(max(0, timeout - spent), self._timed_out)
        return None

    def look(self) -> None:
        """Whether a socket of the selection is ready."""
        selection = self.selection
        if selection is None:
            return
        reads = writes = 0
        for number in range(min(SOCKETS, len(self.table.places))):
            socket = self.table.find(number)
            if socket is None:
                selection.reads &= ~(1 << number)
                selection.writes &= ~(1 << number)
                continue
            if selection.reads >> number & 1:
                reads |= socket.readable << number
            if selection.writes >> number & 1:
                writes |= socket.writable << number
        if reads or writes:
            self._answer(reads, writes)
        elif not selection.reads and not selection.writes and selection.timer is None:
            # Only closed sockets are left, and no time-out would ever end it.
            self._answer(0, 0, Error.BAD_SOCKET)

    def _timed_out(self) -> None:
        if self.selection is not None:
            self.selection.timer = None
            self._answer(0, 0)

    def _answer(self, reads: int, writes: int, error: int | None = None) -> None:
        selection, self.selection = self.selection, None
        if selection is not None and selection.timer is not None:
            selection.timer.cancel()
        read_count, write_count = reads.bit_count(), writes.bit_count()
        status = read_count + write_count if error is None else error
        self.services.host.event(
            Opcode.SELECT_ASYNC, SelectResponse(status, read_count, write_count, reads, writes)
        )

    HANDLERS = (Handler(Opcode.SELECT, SelectCommand, select),)
