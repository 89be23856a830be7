"""What is behind a Quad-SPI interface."""

from __future__ import annotations

from typing import Protocol


class SerialFlash(Protocol):
    """A memory that takes one instruction at a time."""

    def answer(self, instruction: int) -> tuple[int, ...]:
        """The bytes that it reads over and over until another instruction comes; (): it depends."""

    def start(self, instruction: int, address: int) -> None: ...

    def read(self) -> int: ...

    def write(self, byte: int) -> None: ...

    def finish(self) -> None: ...


class NoFlash:
    """Nothing fitted: the data lines read as ones."""

    def answer(self, instruction: int) -> tuple[int, ...]:
        return (0xFF,)

    def start(self, instruction: int, address: int) -> None:
        pass

    def read(self) -> int:
        return 0xFF

    def write(self, byte: int) -> None:
        pass

    def finish(self) -> None:
        pass
