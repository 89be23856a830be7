"""What servers keep for tests, within bounds: a guest must not fill the host's memory."""

from __future__ import annotations

from typing import TypeVar

Item = TypeVar("Item")

MAX_RECORDS = 10_000
MAX_BYTES = 16 * 1_048_576


class Records(list[Item]):
    """A list whose oldest items are dropped once there are too many, or too many bytes in them."""

    def __init__(self) -> None:
        super().__init__()
        self._sizes: list[int] = []
        self._bytes = 0

    def keep(self, item: Item, size: int) -> None:
        """size: bytes that the item holds."""
        self.append(item)
        self._sizes.append(size)
        self._bytes += size
        drop = 0
        while len(self) - drop > MAX_RECORDS or self._bytes > MAX_BYTES:
            self._bytes -= self._sizes[drop]
            drop += 1
        if drop:
            # In larger pieces, because removing from the front moves the rest.
            extra = min(MAX_RECORDS // 10, len(self) - drop - 1)
            self._bytes -= sum(self._sizes[drop : drop + extra])
            del self[: drop + extra], self._sizes[: drop + extra]
