"""Address ranges without a model: the monitor's `sysbus Tag` and `SilenceRange`."""

from __future__ import annotations

import logging


class TaggedRange:
    """Addresses that somebody may touch though no model is there: read a value, swallow writes."""

    def __init__(self, log: logging.Logger, tag: str, value: int = 0, silent: bool = False) -> None:
        self.log = log
        self.name = tag
        self.value = value
        self.silent = silent
        self._reported: set[tuple[str, int]] = set()

    def read(self, offset: int, width: int) -> int:
        self._report("read from", offset)
        return self.value & ((1 << 8 * width) - 1)

    def write(self, offset: int, value: int, width: int) -> None:
        self._report("write to", offset)

    def reset(self) -> None:
        """Nothing is kept."""

    def _report(self, what: str, offset: int) -> None:
        if not self.silent and (what, offset) not in self._reported:
            self._reported.add((what, offset))
            self.log.warning(
                "%s tagged range %s, offset 0x%03X (reported once)", what, self.name, offset
            )
