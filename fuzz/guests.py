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
PROGRESS = RAM + RAM_SIZE - 4
"""A word: which access is next."""
STACK = PROGRESS - 4
SYSTEM_SPACE = range(0xE000_0000, 0xE010_0000)
VECTORS = 16 + 98
ACCESSES = 2000
"""Of one program."""
ACCESS_TIME = MILLISECOND // 2
"""Between two looks at how far it is; where it stands still, the chip is reset."""
MAX_LOOKS = 200
PROGRAMS = 8
"""Of one input, each after a reset of the board that the one before leaves behind."""
PROBE_TIME = 30 * MILLISECOND
RANDOM_TIME = 3 * MILLISECOND
CORE_PROGRAMS = 16
CORE_TIME = MILLISECOND // 80
TELLING = (0, 1, 0xFFFF_FFFF, 0x4567_0123, 0xCDEF_89AB, 0x05FA_0004, 0xCCCC, 0x5555, 0xAAAA)
"""Values that open doors: keys, enables, all bits."""

CPSID_I = 0xB672
LDR_R2_R3, BX_R2 = 0x681A, 0x4710
BRANCH_TO_ITSELF, BRANCH_TO_NEXT = 0xE7FE, 0xE7FF
ADDS_R2, STR_R2_R3 = 0x3200, 0x601A
ACCESS_SIZE = 24
"""Bytes of code for one access."""
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

    def load(self, segments: Sequence[Segment], vector_table: int) -> None:
        """Reset the board and let it start with a program; memories keep what the last one left."""
        machine = self.machine
        machine.images.clear()
        machine.load(Image(Path("fuzz"), "binary", list(segments)))
        machine.vector_table = vector_table
        machine.reset()

    def run(self, time: int) -> None:
        self.board.engine.run(self.machine.now + time)

    def begin(self) -> None:
        self.board.restore(self.pristine)

    def end(self) -> None:
        """Whatever a program did, the board can be saved."""
        self.board.snapshot()


@cache
def rig(board: str) -> Rig:
    return Rig(board)


def accesses(board: str, data: bytes) -> int:
    """Loads and stores of every width, at registers of every block, reserved ones and elsewhere.

    Returns how many were executed: what resets the chip or stops it is left behind, and the program
    goes on with the next.
    """
    draw = random.Random(data)
    test = rig(board)
    code = bytearray(struct.pack("<H", CPSID_I) + _move_wide(3, PROGRESS))
    code += struct.pack("<2H", LDR_R2_R3, BX_R2)
    table = _vectors(SKIP, STACK)
    first = RAM + len(table) + len(code)
    for _ in range(ACCESSES):
        code += _move_wide(0, _address(draw, test)) + _move_wide(1, _value(draw))
        code += struct.pack("<2H", ADDS_R2 + ACCESS_SIZE, STR_R2_R3)
        # A block each: what faults in the middle of a long one is translated again every time.
        code += struct.pack("<2H", draw.choice(LOADS_AND_STORES), BRANCH_TO_NEXT)
    code += struct.pack("<H", BRANCH_TO_ITSELF)
    test.begin()
    begin = Segment(PROGRESS, struct.pack("<I", first | 1))
    test.load([Segment(RAM, table + bytes(code)), begin], RAM)
    reached = 0
    for _ in range(MAX_LOOKS):
        test.run(ACCESS_TIME)
        before, reached = reached, _reached(test, first)
        if reached in (ACCESSES, -1):
            break
        if reached == before:
            test.machine.reset()
    test.end()
    return max(reached, before)


def _reached(test: Rig, first: int) -> int:
    """How many accesses were begun; -1: a power-down lost the program."""
    place = int.from_bytes(test.machine.bus.read_bytes(PROGRESS, 4), "little") - first
    count, rest = divmod(place, ACCESS_SIZE)
    return count if rest == 1 and 0 <= count <= ACCESSES else -1


def guest(board: str, data: bytes) -> int:
    """The probe with some of its bits changed, or random instructions from the beginning."""
    draw = random.Random(data)
    test = rig(board)
    test.begin()
    for _ in range(PROGRAMS):
        if draw.random() < 0.5:
            code = draw.randbytes(draw.randrange(2, 4000) & ~1)
            test.load([Segment(RAM, _vectors(code, STACK))], RAM)
            test.run(RANDOM_TIME)
            continue
        segments = []
        for segment in test.probe.segments:
            changed = bytearray(segment.data)
            for _ in range(draw.choice([1, 3, 30])):
                changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
            segments.append(Segment(segment.address, bytes(changed)))
        test.load(segments, min(segment.address for segment in segments))
        test.run(PROBE_TIME)
    test.end()
    return PROGRAMS


@cache
def _core() -> tuple[FaultWatch, bytes]:
    machine = machine_with()
    return FaultWatch(machine, OnFault.CONTINUE), machine.save()


def core_guest(data: bytes) -> int:
    """Random instructions on a bare core, whose registers point at its own code, at memory and at
    the system space."""
    draw = random.Random(data)
    watch, pristine = _core()
    machine = watch.machine
    machine.restore(pristine)
    machine.vector_table = RAM
    for _ in range(CORE_PROGRAMS):
        code = b"".join(_move_wide(register, _pointer(draw)) for register in range(13))
        code += b"".join(_instruction(draw) for _ in range(draw.randrange(1, 120)))
        machine.bus.write_bytes(RAM, _vectors(SKIP) + code)
        machine.reset()
        watch.run(machine.now + CORE_TIME)
    machine.save()
    return CORE_PROGRAMS


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
