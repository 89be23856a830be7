"""What the core foresees of an instruction is what Unicorn then does."""

from __future__ import annotations

import ctypes
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.embedded import EmbeddedEngine

CODE, RAM = 0x0800_0000, 0x2000_0000
NAMES = (*(f"r{i}" for i in range(13)), "sp", "lr", "pc")
NOP = struct.pack("<H", 0xBF00)


class Pair:
    """An engine to ask for both: the forecast and the execution."""

    def __init__(self) -> None:
        self.engine = engine = EmbeddedEngine()
        engine.map_memory(CODE, 0x1000, "code")
        engine.map_memory(RAM, 0x1000, "ram")
        engine.vector_table = CODE
        self.ram = bytes(range(256)) * 16

    def start(self, code: bytes, registers: list[int], flags: int) -> None:
        engine = self.engine
        engine.bus.write_bytes(CODE, struct.pack("<II", RAM + 0x800, CODE + 0x101))
        engine.bus.write_bytes(CODE + 0x100, code + 32 * NOP)
        engine.bus.write_bytes(RAM, self.ram)
        engine.reset()
        for name, value in zip(NAMES, [*registers, RAM + 0x800, CODE + 0x201], strict=False):
            engine.write_register(name, value)
        engine.write_register("apsr_nzcv", flags << 28)

    def foreseen(self, count: int) -> list[int] | None:
        result = (ctypes.c_uint32 * 17)()
        engine = self.engine
        return list(result) if engine._library.core_foresee(engine._core, count, result) else None

    def executed(self, count: int) -> list[int]:
        engine = self.engine
        end = engine.instructions + count
        while engine.instructions < end:
            engine.step()
        flags = engine.read_register("xpsr") & 0xF0000000
        return [*(engine.read_register(name) for name in NAMES), flags]


LOW = st.integers(0, 255)
ADDRESS = st.integers(0, 0x3FF).map(lambda offset: RAM + 0x400 + offset)
ALIGNED = st.integers(0, 0xFF).map(lambda word: RAM + 0x400 + 4 * word)
VALUE = st.one_of(LOW, ALIGNED, ADDRESS, st.integers(0, 0xFFFFFFFF))
IT_AND_HINTS = range(0xBF00, 0xC000)
NARROW = (
    st.integers(0, 0xE7FF)
    .filter(lambda code: code not in IT_AND_HINTS)
    .map(lambda code: struct.pack("<H", code))
)
CONDITIONAL = st.tuples(st.integers(0, 13), NARROW).map(
    lambda parts: struct.pack("<H", 0xBF08 | parts[0] << 4) + parts[1]
)
WIDE = st.tuples(
    st.one_of(
        st.sampled_from([0xE800, 0xEA00, 0xF000, 0xF200, 0xF800, 0xFA00, 0xFB00]).flatmap(
            lambda group: st.integers(group, group + 0x1FF)
        ),
        st.sampled_from([0xF8D0, 0xF8C0, 0xF890, 0xF9B0, 0xF850, 0xE920, 0xE8B0, 0xE9D0]).flatmap(
            lambda group: st.integers(group, group + 15)
        ),
    ),
    st.one_of(st.integers(0, 0xFFFF), st.integers(0, 0xF).map(lambda low: 0x0F80 | low)),
).map(lambda halves: struct.pack("<HH", *halves))
PAIR = Pair()


@settings(max_examples=500)
@given(
    st.one_of(NARROW, NARROW, CONDITIONAL, WIDE, WIDE),
    st.lists(VALUE, min_size=13, max_size=13),
    st.integers(0, 15),
)
def test_forecasts_come_true(code: bytes, registers: list[int], flags: int) -> None:
    PAIR.start(code, registers, flags)
    count = 2 if code[1] == 0xBF else 1
    forecast = PAIR.foreseen(count)
    if forecast is not None and CODE <= forecast[15] < CODE + 0x1000:
        assert PAIR.executed(count) == forecast
