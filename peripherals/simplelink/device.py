"""The device silo: start, stop, version, date (SimpleLink SDK, source/device.c)."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND
from renode_wifi.peripherals.simplelink.faults import FaultKind
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.processor import CONNECTED, Processor
from renode_wifi.peripherals.simplelink.wire import Command, take

GENERAL = 1
STATUS = 2
OPTION_PERSISTENT = 5
OPTION_DATE = 11
OPTION_VERSION = 12
FIRMWARE_VERSION = (3, 7, 0, 1)
PHY_VERSION = (2, 2, 0, 5)
NWP_VERSION = (4, 5, 0, 11)
ROM_VERSION = 0x2222

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLASS_WLAN = 2
WLAN_CONNECTED = 0x8000_0000
MASK_GROUPS = range(8)

ROLE_STATION, ROLE_ACCESS_POINT, ROLE_P2P = 0, 2, 3
INIT_STATUS = {ROLE_STATION: 1, ROLE_ACCESS_POINT: 3, ROLE_P2P: 5}
"""Low nibble of InitComplete's status, which `sl_Start` turns into the role."""
INIT_LOCKED = 9
"""The same for a locked device: `sl_Start` answers SL_ERROR_FS_ALERT_ERR."""


class Device:
    """role: what the processor comes up as next; it survives power cycles. active_role: what it is.

    date_offset: difference between the date that the host set and virtual time (seconds since
    1970); None before it was set.
    """

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.role = ROLE_STATION
        self.active_role = ROLE_STATION
        self.date_offset: int | None = None
        processor.on_start(self._complete)
        processor.on_restore(self._restore)
        processor.handle(Opcode.STOP, self._stop)
        processor.handle(Opcode.EVENT_MASK_SET, self._set_mask)
        processor.handle(Opcode.EVENT_MASK_GET, self._get_mask)
        processor.handle(Opcode.DEVICE_GET, self._get)
        processor.handle(Opcode.DEVICE_SET, self._set)
        processor.handle(Opcode.UART_SET_MODE, self._uart_mode)

    @property
    def date(self) -> int | None:
        """Seconds since 1970 as the host set them; None where it has not."""
        if self.date_offset is None:
            return None
        return self.date_offset + self.processor.machine.clock.now // SECOND

    def _complete(self) -> None:
        processor = self.processor
        self.active_role = self.role
        status = INIT_LOCKED if processor.locked else INIT_STATUS[self.role]
        failure = processor.faults.take(
            FaultKind.BOOT_FAILS, processor.machine.clock.now, "INIT_COMPLETE"
        )
        if failure is not None:
            status = failure.size
        body = struct.pack("<iIi", status & 0x7FFF_FFFF, processor.profile.chip_id, 0)
        self.processor.event(Opcode.INIT_COMPLETE, body)

    def _restore(self) -> None:
        self.role = ROLE_STATION
        self.date_offset = None

    def _stop(self, command: Command) -> None:
        self.processor.stopping = True
        self.processor.respond_status(command)
        delay = self.processor.profile.stop_time_us * MICROSECOND
        self.processor.after(delay, self._stopped)

    def _stopped(self) -> None:
        self.processor.event(Opcode.STOP_ASYNC, struct.pack("<hH", 0, 0))

    def _set_mask(self, command: Command) -> None:
        group, mask = struct.unpack_from("<II", command.body)
        if group not in MASK_GROUPS:
            self.processor.respond_status(command, Error.INVALID)
            return
        self.processor.masks[group] = mask
        self.processor.respond_status(command)

    def _get_mask(self, command: Command) -> None:
        (group,) = struct.unpack_from("<I", command.body)
        self.processor.respond(
            command, struct.pack("<II", group, self.processor.masks.get(group, 0))
        )

    def _get(self, command: Command) -> None:
        _, identity, option, _ = struct.unpack_from("<HHHH", command.body)
        if identity == GENERAL and option == OPTION_VERSION:
            value = struct.pack(
                "<I4B4B4BHH",
                self.processor.profile.chip_id,
                *FIRMWARE_VERSION,
                *PHY_VERSION,
                *NWP_VERSION,
                ROM_VERSION,
                0,
            )
        elif identity == GENERAL and option == OPTION_DATE:
            try:
                moment = EPOCH + timedelta(seconds=self.date or 0)
            except OverflowError:
                moment = EPOCH
            value = struct.pack(
                "<11I",
                moment.second,
                moment.minute,
                moment.hour,
                moment.day,
                moment.month,
                moment.year,
                moment.weekday(),
                moment.timetuple().tm_yday,
                0,
                0,
                0,
            )
        elif identity == STATUS:
            # Nothing was dropped; of the WLAN class, bit 0 tells of a connection.
            connected = option == CLASS_WLAN and self.processor.status.device & CONNECTED
            value = struct.pack("<I", WLAN_CONNECTED if connected else 0)
        elif identity == GENERAL and option == OPTION_PERSISTENT:
            value = struct.pack("<I", 1)
        else:
            self._answer(command, Error.INVALID, identity, option, b"")
            return
        self._answer(command, 0, identity, option, value)

    def _answer(
        self, command: Command, status: int, identity: int, option: int, value: bytes
    ) -> None:
        head = struct.pack("<hHHH", status, identity, option, len(value))
        self.processor.respond(command, head + value)

    def _set(self, command: Command) -> None:
        _, identity, option, length = struct.unpack_from("<HHHH", command.body)
        status: int = 0
        if identity == GENERAL and option == OPTION_DATE:
            status = self._set_date(take(command.body, 8, length))
        elif identity != GENERAL or option != OPTION_PERSISTENT:
            status = Error.INVALID
        self.processor.respond_status(command, status)

    def _set_date(self, value: bytes) -> int:
        second, minute, hour, day, month, year = struct.unpack_from("<6I", value)
        try:
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except (ValueError, OverflowError):
            return Error.INVALID
        now = self.processor.machine.clock.now // SECOND
        self.date_offset = int(moment.timestamp()) - now
        return 0

    def _uart_mode(self, command: Command) -> None:
        self.processor.respond_status(command)
