"""Work without end."""

from __future__ import annotations

import threading


def work(number: int) -> int:
    print(f"working on {number}", flush=True)
    threading.Event().wait()
    return number
