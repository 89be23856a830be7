"""Times as people write them: a number with its unit."""

from __future__ import annotations

import re

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND

UNITS = {
    "ns": 1,
    "us": MICROSECOND,
    "µs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "min": 60 * SECOND,
}
FORM = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))? ?(ns|us|µs|ms|s|min)")


def duration(text: str) -> int:
    """ "5 ms" in ns. Raises ValueError."""
    match = FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no number with its unit")
    unit, fraction = UNITS[match[3]], match[2]
    return int(match[1]) * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
