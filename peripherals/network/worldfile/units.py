"""Times as people write them: a number with its unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND

UNITS = {
    "ns": 1,
    "us": MICROSECOND,
    "µs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "min": 60 * SECOND,
}


def duration(text: str) -> int:
    """ "5 ms" in ns."""
    number = text.rstrip("nuµmsi ")
    whole, _, fraction = number.partition(".")
    unit = UNITS[text[len(number) :].strip()]
    return int(whole) * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)


def duration_of(section: Mapping[str, Any], key: str, default: int) -> int:
    """What a section says below `key`, in ns as the default."""
    return duration(section[key]) if key in section else default
