"""The boards of this package: where they are described and what fits on them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image

PLATFORMS = Path(__file__).resolve().parents[2] / "platforms"


@dataclass(frozen=True)
class Memory:
    name: str
    start: int
    size: int

    def __contains__(self, address: int) -> bool:
        return self.start <= address < self.start + self.size


@dataclass(frozen=True)
class BoardType:
    """One board. vector_table: where its boot code finds initial SP and reset vector."""

    name: str
    title: str
    chip: str
    radio: str
    uart: str
    vector_table: int
    flash: tuple[Memory, ...]
    ram: tuple[Memory, ...]
    cpu_frequency: int

    @property
    def script(self) -> Path:
        return PLATFORMS / f"{self.name}.resc"

    @property
    def default_world(self) -> Path:
        return PLATFORMS / "worlds" / "home.yaml"

    def misfit(self, image: Image) -> str | None:
        """Why the image cannot run on this board; None when it can."""
        memories = (*self.flash, *self.ram)
        for segment in image.segments:
            inside = any(
                segment.address in memory and segment.end <= memory.start + memory.size
                for memory in memories
            )
            if not inside:
                return (
                    f"it has {len(segment.data)} bytes at 0x{segment.address:08X},"
                    " where the board has no memory for them"
                )
        stack = image.word(self.vector_table)
        entry = image.word(self.vector_table + 4)
        if stack is None or entry is None:
            return f"it has no vector table at 0x{self.vector_table:08X}"
        # The stack grows down from the address behind its last word.
        if not any(stack - 4 in memory for memory in self.ram) or stack % 4:
            return f"its initial stack pointer 0x{stack:08X} is not in RAM"
        if not entry & 1:
            return f"its reset vector 0x{entry:08X} is not a Thumb address (bit 0 is 0)"
        if image.read(entry & ~1, 2) is None:
            return f"its reset vector 0x{entry:08X} points outside the image"
        return None

    def check(self, image: Image) -> None:
        """Raise RenodeWifiError unless the image fits this board."""
        reason = self.misfit(image)
        if reason is None:
            return
        fitting = [board.name for board in all_boards() if board.misfit(image) is None]
        cure = (
            f"the image fits {' and '.join(fitting)}: use --board {fitting[0]}"
            if fitting
            else f"link it for {self.title} (vector table at 0x{self.vector_table:08X})"
        )
        raise RenodeWifiError(
            f"the image does not fit {self.name}: {reason}", where=str(image.path), cure=cure
        )


@cache
def all_boards() -> tuple[BoardType, ...]:
    return (
        BoardType(
            name="b_l475e_iot01a",
            title="ST B-L475E-IOT01A",
            chip="STM32L475VG, Cortex-M4F at 80 MHz",
            radio="Inventek ISM43362 on SPI3",
            uart="usart1",
            vector_table=0x0800_0000,
            flash=(Memory("flash", 0x0800_0000, 0x10_0000),),
            ram=(Memory("sram1", 0x2000_0000, 0x1_8000), Memory("sram2", 0x1000_0000, 0x8000)),
            cpu_frequency=80_000_000,
        ),
        BoardType(
            name="cc3220sf_launchxl",
            title="TI CC3220SF-LAUNCHXL",
            chip="CC3220SF, Cortex-M4 at 80 MHz",
            radio="SimpleLink network processor",
            uart="uarta0",
            vector_table=0x0100_0800,
            flash=(Memory("flash", 0x0100_0000, 0x10_0000),),
            ram=(Memory("sram", 0x2000_0000, 0x4_0000),),
            cpu_frequency=80_000_000,
        ),
    )


def names() -> list[str]:
    return [board.name for board in all_boards()]


def find(name: str) -> BoardType:
    """The board called `name`; RenodeWifiError with the nearest name where there is none."""
    for board in all_boards():
        if board.name == name:
            return board
    near = difflib.get_close_matches(name, names(), n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise RenodeWifiError(
        f"no board is called {name!r}", cure=f"{hint}boards: {', '.join(names())}"
    )
