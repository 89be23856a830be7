"""`MR`: what the module has to say by itself."""

from __future__ import annotations

from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass

START, END = b"[SOMA]", b"[EOMA]"


@late_dataclass(frozen=True)
class AsynchronousMessage:
    """Data of MR, and ahead of the data of R0. text: b"" when nothing has happened."""

    text: bytes = b""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(data.removeprefix(START).removesuffix(END))

    def emit(self) -> bytes:
        return START + self.text + END
