"""A machine for long runs of a fuzzer."""

from __future__ import annotations

import logging
from typing import Any

from renode_wifi.peripherals.base.machine import BenchMachine


class SilentMachine(BenchMachine):
    """Keeps nothing of what it is notified of, and logs nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.log = logging.getLogger("renode_wifi.fuzz")
        self.log.setLevel(logging.CRITICAL)

    def trace(self, source: str, event: str, **fields: Any) -> None:
        pass
