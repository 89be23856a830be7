"""Guests that mean harm: whole boards whose firmware is random.

An input is the seed of a program, so that it is short, and any change of it is another program.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.emulation.guest import FLASH, RAM, machine_with

from renode_wifi import Board
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.engines.embedded.faults import FaultWatch
from renode_wifi.emulation.image.image import Image, Segment
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.platform.core import OnFault
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.peripherals.base.clock import MILLISECOND

ROOT = Path(__file__).resolve().parent.parent
RAM_SIZE = 64 << 10
"""Of both chips, at least."""
STACK = RAM + RAM_SIZE
SYSTEM_SPACE = range(0xE000_0000, 0xE010_0000)
VECTORS = 16 + 98
ACCESSES = 2000
"""Of one program."""
ACCESS_TIME = 8 * MILLISECOND
GUEST_TIME = 30 * MILLISECOND
CORE_TIME = MILLISECOND // 5
TELLING = (0, 1, 0xFFFF_FFFF, 0x4567_0123, 0xCDEF_89AB, 0x05FA_0004, 0xCCCC, 0x5555, 0xAAAA)
"""Values that open doors: keys, enables, all bits."""

CPSID_I = 0xB672
BRANCH_TO_ITSELF, BRANCH_TO_NEXT = 0xE7FE, 0xE7FF
LOADS_AND_STORES = (0x6001, 0x6801, 0x8001, 0x8801, 0x7001, 0x7801)
"""STR, LDR, STRH, LDRH, STRB, LDRB of R1 at [R0]."""
SKIP = bytes.fromhex("0698 0230 0690 7047")
"""LDR R0, [SP, #24]; ADDS R0, #2; STR R0, [SP, #24]; BX LR: go on behind what faulted."""


class Rig:
    """A board that begins every program alike."""

    def __init__(self, board: str) -> None:
        self.board = Board(board, engine="embedded", on_fault=OnFault.CONTINUE)
        assert isinstance(self.board.engine, EmbeddedEngine)
        self.machine: Machine = self.board.engine.machine
        self.pristine = self.board.snapshot()
        self.places = [area for areas in self.machine.places.values() for area in areas]
        self.probe = load_image(ROOT / "firmware" / "probe" / f"{board}.elf")

    def run(self, segments: Sequence[Segment], vector_table: int, time: int) -> None:
        """Whatever the program does, the board can be saved afterwards."""
        self.board.restore(self.pristine)
        machine = self.machine
        machine.images.clear()
        machine.load(Image(Path("fuzz"), "binary", list(segments)))
        machine.vector_table = vector_table
        machine.start()
        self.board.engine.run(machine.now + time)
        self.board.snapshot()


@cache
def rig(board: str) -> Rig:
    return Rig(board)


def accesses(board: str, data: bytes) -> None:
    """Loads and stores of every width, at registers of every block, reserved ones and elsewhere."""
    draw = random.Random(data)
    test = rig(board)
    code = bytearray(struct.pack("<H", CPSID_I))
    for _ in range(ACCESSES):
        code += _move_wide(0, _address(draw, test)) + _move_wide(1, _value(draw))
        # A block each: what faults in the middle of a long one is translated again every time.
        code += struct.pack("<2H", draw.choice(LOADS_AND_STORES), BRANCH_TO_NEXT)
    code += struct.pack("<H", BRANCH_TO_ITSELF)
    test.run([Segment(RAM, _vectors(SKIP, STACK) + bytes(code))], RAM, ACCESS_TIME)


def guest(board: str, data: bytes) -> None:
    """The probe with some of its bits changed, or random instructions from the beginning."""
    draw = random.Random(data)
    test = rig(board)
    if draw.random() < 0.5:
        code = draw.randbytes(draw.randrange(2, 4000) & ~1)
        test.run([Segment(RAM, _vectors(code, STACK))], RAM, GUEST_TIME)
        return
    segments = []
    for segment in test.probe.segments:
        changed = bytearray(segment.data)
        for _ in range(draw.choice([1, 3, 30])):
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        segments.append(Segment(segment.address, bytes(changed)))
    start = min(segment.address for segment in segments)
    test.run(segments, start, GUEST_TIME)


@cache
def _core() -> tuple[FaultWatch, bytes]:
    machine = machine_with()
    return FaultWatch(machine, OnFault.CONTINUE), machine.save()


def core_guest(data: bytes) -> None:
    """Random instructions on a bare core, whose registers point at its own code, at memory and at
    the system space."""
    draw = random.Random(data)
    watch, pristine = _core()
    machine = watch.machine
    machine.restore(pristine)
    watch.forget()
    code = b"".join(_move_wide(register, _pointer(draw)) for register in range(13))
    code += b"".join(_instruction(draw) for _ in range(draw.randrange(1, 400)))
    machine.bus.write_bytes(RAM, _vectors(SKIP) + code)
    machine.vector_table = RAM
    machine.start()
    watch.run(machine.now + CORE_TIME)
    machine.save()


def _pointer(draw: random.Random) -> int:
    start, size = draw.choice(((RAM, 0x2000), (FLASH, 0x4000), (0xE000_E000, 0x1000), (0, 1 << 32)))
    return start + draw.randrange(size)


def _instruction(draw: random.Random) -> bytes:
    """A T16 or a T32 encoding, valid or not."""
    first = draw.randrange(1 << 16)
    if draw.random() < 0.5:
        first = first & 0x1FFF | 0xE000
    return struct.pack("<2H", first, draw.randrange(1 << 16))


def _vectors(handler: bytes, stack: int = RAM + 0x1000) -> bytes:
    """A vector table whose exceptions all enter `handler`, which follows; reset enters what follows
    that."""
    table = RAM + 4 * VECTORS
    words = [stack, table + len(handler) + 1] + [table + 1] * (VECTORS - 2)
    return struct.pack(f"<{VECTORS}I", *words) + handler


def _move_wide(register: int, value: int) -> bytes:
    """MOVW and MOVT (ARM DDI 0403E, A7.7.76 and A7.7.79)."""
    code = b""
    for opcode, half in ((0xF240, value & 0xFFFF), (0xF2C0, value >> 16)):
        first = opcode | half >> 12 | (half >> 11 & 1) << 10
        second = (half >> 8 & 7) << 12 | register << 8 | half & 0xFF
        code += struct.pack("<2H", first, second)
    return code


def _address(draw: random.Random, test: Rig) -> int:
    choice = draw.random()
    if choice < 0.85:
        area = draw.choice(test.places)
        address = draw.randrange(area.start, min(area.end, area.start + 0x400))
    elif choice < 0.95:
        address = draw.choice(SYSTEM_SPACE)
    else:
        address = draw.randrange(1 << 32)
    if RAM <= address < RAM + RAM_SIZE:
        address += RAM_SIZE  # Not where the program itself is.
    return address & ~draw.choice([0, 1, 3])


def _value(draw: random.Random) -> int:
    choice = draw.random()
    if choice < 0.3:
        return draw.choice(TELLING)
    if choice < 0.6:
        return 1 << draw.randrange(32)
    return draw.randrange(1 << 32)
