"""How TR and DR of the RTC show a time and a date (RM0351 sections 38.6.1 and 38.6.2)."""

from __future__ import annotations

import datetime

from renode_wifi.peripherals.stm32l4.rtc_registers import TR

EPOCH = datetime.date(2000, 1, 1)
CENTURY = 36525
"""Days after which the calendar begins again."""


def to_bcd(number: int) -> int:
    return number // 10 << 4 | number % 10


def from_bcd(code: int) -> int:
    return (code >> 4) * 10 + (code & 0xF)


def date_of(days: int) -> datetime.date:
    """The date so many days after 2000-01-01."""
    return EPOCH + datetime.timedelta(days % CENTURY)


def date_register(days: int, weekday: int) -> int:
    date = date_of(days)
    return (
        to_bcd(date.year - 2000) << 16 | weekday << 13 | to_bcd(date.month) << 8 | to_bcd(date.day)
    )


def days_of(date: int) -> int:
    """Days after 2000-01-01. One that the month doesn't have is as many days after its start."""
    year = 2000 + from_bcd(date >> 16 & 0xFF) % 100
    month = min(max(from_bcd(date >> 8 & 0x1F), 1), 12)
    first = datetime.date(year, month, 1)
    return (first - EPOCH).days + max(from_bcd(date & 0x3F), 1) - 1


def time_register(second: int, twelve_hours: bool) -> int:
    """`second` of a day; with hours from 1 to 12 and PM, or from 0 to 23."""
    hour, afternoon = second // 3600, 0
    if twelve_hours:
        afternoon = TR.PM if hour >= 12 else 0
        hour = (hour + 11) % 12 + 1
    return afternoon | to_bcd(hour) << 16 | to_bcd(second // 60 % 60) << 8 | to_bcd(second % 60)


def second_of(time: int, twelve_hours: bool) -> int:
    """The second of a day."""
    hour = from_bcd(time >> 16 & 0x3F)
    if twelve_hours:
        hour = hour % 12 + (12 if time & TR.PM else 0)
    return 3600 * hour + 60 * from_bcd(time >> 8 & 0x7F) + from_bcd(time & 0x7F)
