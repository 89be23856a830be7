"""The device silo: start, stop, version, date (SimpleLink SDK, source/device.c)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.faults import FaultKind
from renode_wifi.peripherals.simplelink.messages.basic import (
    OK,
    BasicResponse,
    Empty,
    GetSetting,
    SetSetting,
    Setting,
)
from renode_wifi.peripherals.simplelink.messages.device import (
    DateTime,
    DeviceVersion,
    EventMask,
    EventMaskGet,
    InitComplete,
    StopCommand,
    Word,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.transaction import Services, Silo, Transaction

GENERAL = 1
STATUS = 2
OPTION_PERSISTENT = 5
OPTION_DATE = 11
OPTION_VERSION = 12
FLAGS = (b"\0", b"\1")
FIRMWARE_VERSION = (3, 7, 0, 1)
PHY_VERSION = (2, 2, 0, 5)
NWP_VERSION = (4, 5, 0, 11)
ROM_VERSION = 0x2222

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLASS_WLAN = 2
WLAN_CONNECTED = 0x8000_0000
MASK_GROUPS = range(8)

ROLE_STATION, ROLE_ACCESS_POINT, ROLE_P2P = 0, 2, 3
ROLES = (ROLE_STATION, ROLE_ACCESS_POINT, ROLE_P2P)
INIT_STATUS = {ROLE_STATION: 1, ROLE_ACCESS_POINT: 3, ROLE_P2P: 5}
"""Low nibble of InitComplete's status, which `sl_Start` turns into the role."""
INIT_LOCKED = 9
"""The same for a locked device: `sl_Start` answers SL_ERROR_FS_ALERT_ERR."""


class Device(Silo):
    """role: what the processor comes up as next; it survives power cycles. active_role: what it is.

    date_offset: difference between the date that the host set and virtual time (seconds since
    1970); None before it was set.
    """

    def __init__(self, services: Services, power: PowerState) -> None:
        self.services = services
        self.power = power
        self.active_role = ROLE_STATION
        self.started_at = 0
        """ns of virtual time."""
        self.persistence: Callable[[bool], None] | None = None
        """Called when `persistent` changes."""
        self.restore()

    def volatile(self) -> tuple[tuple[object, str], ...]:
        # The role is kept whatever the host has decided (wlan.h, sl_WlanSetMode).
        return ((self.power, "masks"),)

    def restore(self) -> None:
        self.role = ROLE_STATION
        self.power.masks.clear()
        self.date_offset: int | None = None
        self.persistent = True
        """Settings outlive power (SL_DEVICE_GENERAL_PERSISTENT)."""

    @property
    def _now(self) -> int:
        """Seconds of virtual time."""
        return self.services.surroundings.clock.now // SECOND

    @property
    def date(self) -> int | None:
        """Seconds since 1970 as the host set them; None where it has not."""
        return None if self.date_offset is None else self.date_offset + self._now

    def started(self) -> None:
        services = self.services
        self.started_at = services.surroundings.clock.now
        self.active_role = self.role
        status = INIT_LOCKED if self.power.locked else INIT_STATUS[self.role]
        failure = services.faults.spoils(FaultKind.BOOT_FAILS, "INIT_COMPLETE")
        if failure is not None:
            status = failure.size
        services.host.event(
            Opcode.INIT_COMPLETE, InitComplete(status & 0x7FFF_FFFF, services.profile.chip_id)
        )

    def stop(self, transaction: Transaction, message: StopCommand) -> BasicResponse:
        self.power.stopping = True
        host, profile = self.services.host, self.services.profile
        host.after(profile.stop_time_us * MICROSECOND, self._stopped)
        return OK

    def _stopped(self) -> None:
        self.services.host.event(Opcode.STOP_ASYNC, OK)

    def set_mask(self, transaction: Transaction, message: EventMask) -> BasicResponse:
        if message.group not in MASK_GROUPS:
            return BasicResponse(Error.INVALID)
        self.power.masks[message.group] = message.mask
        return OK

    def get_mask(self, transaction: Transaction, message: EventMaskGet) -> EventMask:
        return EventMask(message.group, self.power.masks.get(message.group, 0))

    def get(self, transaction: Transaction, message: GetSetting) -> Setting:
        identity, option = message.identity, message.option
        value = self._value(identity, option)
        if value is None:
            return Setting(Error.INVALID, identity, option)
        return Setting(0, identity, option, value)

    def _value(self, identity: int, option: int) -> bytes | None:
        if identity == STATUS:
            # Nothing was dropped; of the WLAN class, bit 0 reports a connection.
            connected = option == CLASS_WLAN and self.power.connected
            return Word(WLAN_CONNECTED if connected else 0).emit()
        if identity != GENERAL:
            return None
        if option == OPTION_VERSION:
            return DeviceVersion(
                self.services.profile.chip_id,
                FIRMWARE_VERSION,
                PHY_VERSION,
                NWP_VERSION,
                ROM_VERSION,
            ).emit()
        if option == OPTION_DATE:
            return self._date_time().emit()
        return Word(self.persistent).emit() if option == OPTION_PERSISTENT else None

    def _date_time(self) -> DateTime:
        try:
            moment = EPOCH + timedelta(seconds=self.date or 0)
        except OverflowError:
            moment = EPOCH
        return DateTime(
            moment.second,
            moment.minute,
            moment.hour,
            moment.day,
            moment.month,
            moment.year,
            moment.weekday(),
            moment.timetuple().tm_yday,
        )

    def set(self, transaction: Transaction, message: SetSetting) -> BasicResponse:
        option, value = message.option, message.value
        status: int = Error.INVALID
        if message.identity == GENERAL and option == OPTION_DATE:
            status = self._set_date(DateTime.parse(value))
        elif message.identity == GENERAL and option == OPTION_PERSISTENT and value[:1] in FLAGS:
            self._persist(value[:1] == b"\1")
            status = 0
        return BasicResponse(status)

    def _persist(self, persistent: bool) -> None:
        if persistent is not self.persistent:
            self.persistent = persistent
            if self.persistence is not None:
                self.persistence(persistent)

    def _set_date(self, date: DateTime) -> int:
        try:
            moment = datetime(
                date.year, date.month, date.day, date.hour, date.minute, date.second, tzinfo=UTC
            )
        except (ValueError, OverflowError):
            return Error.INVALID
        self.set_date(int(moment.timestamp()))
        return 0

    def set_date(self, seconds: int) -> None:
        """Since 1970."""
        self.date_offset = seconds - self._now

    def set_uart_mode(self, transaction: Transaction, message: Empty) -> BasicResponse:
        """The host of this chip is inside, and reached by SPI."""
        return BasicResponse(Error.INVALID)

    HANDLERS = (
        Handler(Opcode.STOP, StopCommand, stop),
        Handler(Opcode.EVENT_MASK_SET, EventMask, set_mask),
        Handler(Opcode.EVENT_MASK_GET, EventMaskGet, get_mask),
        Handler(Opcode.DEVICE_GET, GetSetting, get),
        Handler(Opcode.DEVICE_SET, SetSetting, set),
        Handler(Opcode.UART_SET_MODE, Empty, set_uart_mode),
    )
