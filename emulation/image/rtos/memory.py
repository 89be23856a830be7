"""What kernels keep in memory: words, texts, stacks and stacked registers (ARMv7-M, B1.5)."""

from __future__ import annotations

import struct
from collections.abc import Callable

from renode_wifi.emulation.image.rtos.threads import Stack

XPSR_ALIGNED = 1 << 9
"""Of the stacked xPSR: four bytes were left out to align the frame (ARMv7-M, B1.5.7)."""
NO_FP_FRAME = 0x10
"""Of EXC_RETURN: the stack frame has no floating-point registers (ARMv7-M, B1.5.8)."""
MAX_STACK = 64 * 1024
MAX_NAME = 32
CHUNK = 256


class KernelMemory:
    """read(address, length): bytes of memory; RenodeWifiError where there are none."""

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self.read = read

    def words(self, place: int, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}I", self.read(place, 4 * count))

    def word(self, place: int) -> int:
        return self.words(place, 1)[0]

    def text(self, place: int) -> str:
        """A zero-terminated name; "" for what is none."""
        text = self.read(place, MAX_NAME).split(b"\0", 1)[0].decode("ascii", "replace")
        return text if text.isprintable() else ""

    def saved(self, top: int) -> dict[str, int]:
        """r4 to r11 as a kernel stores them."""
        return dict(zip((f"r{n}" for n in range(4, 12)), self.words(top, 8), strict=True))

    def doubles(self, place: int, first: int) -> dict[str, int]:
        """Eight registers, from d`first` on."""
        values = struct.unpack("<8Q", self.read(place, 64))
        return {f"d{first + index}": value for index, value in enumerate(values)}

    def frame(self, top: int, has_fp: bool) -> dict[str, int]:
        """What the processor stacked at an exception, and the stack pointer before it."""
        names = ("r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr")
        registers = dict(zip(names, self.words(top, 8), strict=True))
        top += 32
        if has_fp:
            registers |= self.doubles(top, 0)
            registers["fpscr"] = self.word(top + 64)
            top += 72
        if registers["xpsr"] & XPSR_ALIGNED:
            top += 4
        registers["xpsr"] &= ~XPSR_ALIGNED
        registers["sp"] = registers["psp"] = top
        return registers

    def stack(
        self, bottom: int, top: int, fill: int, size: int = MAX_STACK, skip: int = 0
    ) -> Stack:
        """What is left of a stack. top: its pointer. skip: bytes at its bottom without a fill."""
        size = min(size, MAX_STACK)
        unused = skip
        while unused < size:
            data = self.read(bottom + unused, min(CHUNK, size - unused))
            same = len(data) - len(data.lstrip(bytes([fill])))
            unused += same
            if same < len(data):
                break
        return Stack(bottom, 0 if unused == skip else unused, top < bottom)
