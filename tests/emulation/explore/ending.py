"""Work whose process ends at the first attempt."""

from __future__ import annotations

import os
from pathlib import Path

from renode_wifi.emulation.explore.workers import Workers, processes


def work(number: int) -> int:
    marker = Path(os.environ["RENODE_WIFI_TEST_END"])
    if number == 1 and not marker.exists():
        marker.touch()
        os._exit(9)
    return number * number


def run(count: int) -> list[int | None]:
    workers = Workers(work, lambda: (processes(2), 2))
    try:
        return [answer for _, answer in sorted(workers.answers(range(count)))]
    finally:
        workers.close()
