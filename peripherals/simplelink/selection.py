"""The select command: waiting for any of several sockets."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND, Event
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.options import in_steps
from renode_wifi.peripherals.simplelink.wire import Command

if TYPE_CHECKING:
    from renode_wifi.peripherals.simplelink.sockets import Sockets

FOR_EVER = 0xFFFF
SELECT_UNIT = 1_024 * MICROSECOND
"""The driver shifts the microseconds of a time-out right by 10."""


class Selection:
    """A select command under way."""

    def __init__(self, reads: int, writes: int) -> None:
        self.reads = reads
        self.writes = writes
        self.timer: Event | None = None


class Selector:
    """At most one select is under way: drivers merge theirs, and wake it through a UDP socket."""

    def __init__(self, sockets: Sockets) -> None:
        self.sockets = sockets
        self.processor = sockets.processor
        self.selection: Selection | None = None
        self.processor.handle(Opcode.SELECT, self._select)

    def reset(self) -> None:
        if self.selection is not None and self.selection.timer is not None:
            self.selection.timer.cancel()
        self.selection = None

    def _select(self, command: Command) -> None:
        _, _, _, _, reads, writes, units, seconds = struct.unpack_from("<BBBBHHHH", command.body)
        if self.selection is not None:
            self.processor.respond_status(command, Error.IN_EXECUTION)
            return
        if any(
            (reads | writes) >> number & 1 and self.sockets.find(number) is None
            for number in range(16)
        ):
            self.processor.respond_status(command, Error.BAD_SOCKET)
            return
        self.processor.respond_status(command)
        self.selection = Selection(reads, writes)
        self.look()
        if self.selection is None or seconds == FOR_EVER:
            return
        timeout = in_steps(seconds * SECOND + units * SELECT_UNIT)
        spent = self.processor.profile.command_time_us * MICROSECOND
        self.selection.timer = self.processor.after(max(0, timeout - spent), self._timed_out)

    def look(self) -> None:
        selection = self.selection
        if selection is None:
            return
        reads = writes = 0
        for number in range(min(16, len(self.sockets.table))):
            socket = self.sockets.find(number)
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

    def _answer(self, reads: int, writes: int, status: int | None = None) -> None:
        selection, self.selection = self.selection, None
        if selection is not None and selection.timer is not None:
            selection.timer.cancel()
        read_count, write_count = reads.bit_count(), writes.bit_count()
        if status is None:
            status = read_count + write_count
        body = struct.pack("<hBBHH", status, read_count, write_count, reads, writes)
        self.processor.event(Opcode.SELECT_ASYNC, body)
