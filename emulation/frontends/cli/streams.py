"""Standard streams whose reader is gone, or stands still: a pager, a stopped terminal."""

from __future__ import annotations

import os
import select
import sys
from typing import TextIO


def nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def drop(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere, so that the interpreter's end is silent."""
    with nowhere() as target:
        os.dup2(target.fileno(), stream.fileno())


def drop_unread() -> None:
    """The same of standard streams that take nothing now: writing to them would wait."""
    for stream in (sys.stdout, sys.stderr):
        try:
            taken = select.select([], [stream], [], 0)[1]
        except (OSError, ValueError):
            continue  # It is no file of the host, or the host does not say.
        if not taken:
            drop(stream)
