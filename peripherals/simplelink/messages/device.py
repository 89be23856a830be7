"""The device silo: start, stop, event masks, version, date (device.h)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields


@late_dataclass(frozen=True)
class InitComplete(Fixed):
    """InitComplete_t. status: its low nibble is the role, or what went wrong."""

    LAYOUT = struct.Struct("<iIi")

    status: int
    chip_id: int
    more_data: int = 0


@late_dataclass(frozen=True)
class Abort(Fixed):
    """Of SL_OPCODE_DEVICE_ABORT; the host takes the code from where socket bits are elsewhere."""

    LAYOUT = struct.Struct("<II")

    reserved: int = 0
    caller: int = 0


@late_dataclass(frozen=True)
class StopCommand(Fixed):
    """SlDeviceStopCommand_t. timeout: ms."""

    LAYOUT = struct.Struct("<H2x")

    timeout: int


@late_dataclass(frozen=True)
class EventMask(Fixed):
    """SlDeviceMaskEventSetCommand_t, SlDeviceMaskEventGetResponse_t."""

    LAYOUT = struct.Struct("<II")

    group: int
    mask: int


@late_dataclass(frozen=True)
class EventMaskGet(Fixed):
    """SlDeviceMaskEventGetCommand_t."""

    LAYOUT = struct.Struct("<I")

    group: int


@late_dataclass(frozen=True)
class Word(Fixed):
    """A value of 32 bits."""

    LAYOUT = struct.Struct("<I")

    value: int


@late_dataclass(frozen=True)
class DeviceVersion:
    """SlDeviceVersion_t; versions of four numbers each."""

    LAYOUT = struct.Struct("<I4B4B4BH2x")

    chip_id: int
    firmware: tuple[int, ...]
    phy: tuple[int, ...]
    nwp: tuple[int, ...]
    rom: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        chip, *numbers, rom = fields(cls.LAYOUT, body)
        return cls(chip, tuple(numbers[:4]), tuple(numbers[4:8]), tuple(numbers[8:]), rom)

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.chip_id, *self.firmware, *self.phy, *self.nwp, self.rom)


@late_dataclass(frozen=True)
class DateTime:
    """SlDateTime_t: year with the century, month and day from 1."""

    LAYOUT = struct.Struct("<8I12x")
    SET = struct.Struct("<6I")

    second: int
    minute: int
    hour: int
    day: int
    month: int
    year: int
    day_of_week: int = 0
    day_of_year: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Hosts that set the date may leave out what follows the year."""
        if len(body) < cls.LAYOUT.size:
            return cls(*fields(cls.SET, body))
        return cls(*fields(cls.LAYOUT, body))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(
            self.second,
            self.minute,
            self.hour,
            self.day,
            self.month,
            self.year,
            self.day_of_week,
            self.day_of_year,
        )
