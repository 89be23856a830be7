"""The FIFO of the LSM6DSL (data sheet section 5.4, AN5040 section 8): words in sets of three.

A tick of the FIFO's rate stores the sets whose decimation it is due for: of the gyroscope first,
then of the accelerometer. The third and fourth set (sensor hub, temperature, steps) stay empty.
"""

from __future__ import annotations

from collections import deque

CAPACITY = 2048
"""Words, each of two bytes."""
BYPASS, FIFO, CONTINUOUS_TO_FIFO, BYPASS_TO_CONTINUOUS, CONTINUOUS = 0, 1, 3, 4, 6
DECIMATION = (0, 1, 2, 3, 4, 8, 16, 32)
"""Ticks per set by DEC_FIFO_GYRO and DEC_FIFO_XL; 0: not in the FIFO."""
STATUS_WATERM, STATUS_OVER_RUN, STATUS_FULL, STATUS_EMPTY = 1 << 7, 1 << 6, 1 << 5, 1 << 4


class Fifo:
    """watermark: words. limited: STOP_ON_FTH, the watermark is the depth."""

    def __init__(self) -> None:
        self.mode = BYPASS
        self.watermark = 0
        self.limited = False
        self._words: deque[tuple[int, int]] = deque()
        self._overrun = False
        self._tick = 0

    def configure(self, mode: int, watermark: int, limited: bool) -> None:
        self.watermark, self.limited = watermark, limited
        if mode != self.mode:
            self.mode = mode
            if mode == BYPASS:
                self.clear()

    def clear(self) -> None:
        self._words.clear()
        self._overrun = False
        self._tick = 0

    @property
    def running(self) -> bool:
        return self.mode in (FIFO, CONTINUOUS, CONTINUOUS_TO_FIFO)

    def tick(self, sets: tuple[tuple[int, bytes], ...]) -> None:
        """One tick: decimation and data (six bytes) of each set that is in the FIFO."""
        if not self.running:
            return
        pattern = 0
        for decimation, data in sets:
            if decimation and self._tick % decimation == 0:
                for start in range(0, len(data), 2):
                    self._push(int.from_bytes(data[start : start + 2], "little"), pattern)
                    pattern += 1
        self._tick += 1

    def _push(self, word: int, pattern: int) -> None:
        depth = min(CAPACITY, self.watermark) if self.limited and self.watermark else CAPACITY
        if len(self._words) >= depth:
            self._overrun = True
            if self.mode == FIFO:
                return
            self._words.popleft()
        self._words.append((word, pattern))

    @property
    def word(self) -> int:
        """The oldest word."""
        return self._words[0][0] if self._words else 0

    def pop(self) -> None:
        if self._words:
            self._words.popleft()
            self._overrun = False

    @property
    def at_watermark(self) -> bool:
        return bool(self.watermark) and len(self._words) >= self.watermark

    @property
    def overrun(self) -> bool:
        return self._overrun

    @property
    def full(self) -> bool:
        """The next set has no room."""
        return len(self._words) + 6 > CAPACITY

    def status(self) -> bytes:
        """FIFO_STATUS1 to 4."""
        level = min(len(self._words), CAPACITY - 1)
        flags = STATUS_WATERM if self.at_watermark else 0
        flags |= STATUS_OVER_RUN if self._overrun else 0
        flags |= STATUS_FULL if self.full else 0
        flags |= 0 if self._words else STATUS_EMPTY
        pattern = self._words[0][1] if self._words else 0
        return bytes((level & 0xFF, flags | level >> 8, pattern & 0xFF, pattern >> 8))
