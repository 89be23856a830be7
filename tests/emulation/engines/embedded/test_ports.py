"""A port served by the core behaves as the model does, whatever the guest does with it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.engines.embedded import Core
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.ism43362.link import NSS, RESET, Link
from renode_wifi.peripherals.stm32l4 import spi_registers as block
from renode_wifi.peripherals.stm32l4.spi import STM32L4_SPI

BASE = 0x4000_3C00
IRQ = 51
PENDING = 0xE000_E200 + 4 * (IRQ // 32)
ENABLED = block.CR1.MSTR | block.CR1.SSM | block.CR1.SSI | block.CR1.SPE
SETTINGS = block.CR2.DS


class Processor:
    """Answers each command with its own characters."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []

    def reset(self, asserted: bool) -> None:
        pass

    def execute(self, request: bytes) -> None:
        self.requests.append(request)


class Rig:
    """A controller and the module, on the bus of an engine or called directly."""

    def __init__(self, served: bool, attached: bool = True) -> None:
        self.processor = Processor()
        self.link = Link(BenchMachine(), "wifi", self.processor)
        self.spi = STM32L4_SPI(BenchMachine(), "spi3")
        if attached:
            self.spi.attach(self.link)
        self.levels: list[bool] = []
        self.core = Core() if served else None
        if self.core is not None:
            self.core.map_peripheral(BASE, 0x400, self.spi)
            self.spi.lines["IRQ"].connect(self.core.nvic, IRQ)
            self.core.run(self.core.now)
        self.write(block.CR2.offset, SETTINGS, 4)
        self.write(block.CR1.offset, ENABLED, 4)
        self.link.on_gpio(NSS, True)
        self.link.on_gpio(RESET, True)
        self.link.booted()

    def write(self, offset: int, value: int, width: int) -> None:
        if self.core is None:
            self.spi.write(offset, value, width)
        else:
            self.core.bus.write(BASE + offset, value, width)

    def read(self, offset: int, width: int) -> int:
        if self.core is None:
            return self.spi.read(offset, width)
        return self.core.bus.read(BASE + offset, width)

    def state(self) -> list[Any]:
        link, spi = self.link, self.spi
        return [
            spi.registers.values,
            spi.port.state,
            spi.lines["IRQ"].level,
            link.stream.state,
            link.lines[0].level,
            link.phase,
            self.processor.requests,
        ]

    def line(self) -> bool:
        """The level that the NVIC sees: pending stays while it is high."""
        assert self.core is not None
        self.core.bus.write(PENDING + 0x80, 1 << IRQ % 32, 4)
        return bool(self.core.bus.read(PENDING, 4) >> IRQ % 32 & 1)


ACCESSES = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.just(block.DR.offset), st.integers(0, 0xFFFF)),
        st.tuples(st.just("read"), st.sampled_from([block.DR.offset, 8]), st.just(0)),
        st.tuples(
            st.just("write"),
            st.just(block.CR2.offset),
            st.integers(0, 7).map(lambda enables: SETTINGS | enables << 5),
        ),
        st.tuples(
            st.just("write"),
            st.sampled_from([block.CR1.offset, block.CR2.offset]),
            st.sampled_from([0, ENABLED, SETTINGS | block.CR2.FRXTH, 0x0700]),
        ),
        st.tuples(st.sampled_from(["select", "deselect", "reply"]), st.just(0), st.just(0)),
    ).flatmap(lambda access: st.tuples(st.just(access), st.sampled_from([4, 2, 2, 1]))),
    max_size=120,
)


@given(ACCESSES)
def test_served_ports_equal_their_models(accesses: list[tuple[tuple[str, int, int], int]]) -> None:
    served, direct = Rig(True), Rig(False)
    for (action, offset, value), width in accesses:
        answers = []
        for rig in (served, direct):
            if action == "write":
                rig.write(offset, value & ((1 << 8 * width) - 1), width)
            elif action == "read":
                answers.append(rig.read(offset, width) & ((1 << 8 * width) - 1))
            elif action == "reply":
                rig.link.reply(b"\r\nabcdefgh" + bytes([len(rig.processor.requests) & 0x7F]))
            else:
                rig.link.on_gpio(NSS, action == "deselect")
        assert len(set(answers)) <= 1
        assert served.state() == direct.state()
        assert served.line() == direct.spi.lines["IRQ"].level


def test_words_of_a_window_do_not_reach_the_model() -> None:
    rig = Rig(True)
    rig.link.on_gpio(NSS, False)
    assert rig.core is not None
    record = rig.core.peripheral_map._bindings[id(rig.spi)].record
    before = record.python_accesses
    answers = []
    for enables in (block.CR2.TXEIE | block.CR2.RXNEIE, 0):
        rig.write(block.CR2.offset, SETTINGS | enables, 4)
        rig.write(block.DR.offset, 0x0A0A, 2)
        answers.append(rig.read(block.DR.offset, 2))
    assert answers == [0x1515, 0x0A0D]
    assert rig.link.lines[0].level
    rig.write(block.DR.offset, 0x0A0A, 2)
    assert not rig.link.lines[0].level
    for _ in range(3):  # the third finds the FIFO full
        rig.write(block.DR.offset, 0x0A0A, 2)
    assert rig.read(8, 2) & block.SR.OVR
    assert record.python_accesses == before


SIZES = [0x0700, 0x0700 | block.CR2.FRXTH, 0x0F00, 0x0B00, 0x0300, 0x0700 | block.CR2.RXDMAEN]
OPEN_WIRE = st.lists(
    st.one_of(
        st.tuples(st.just(block.DR.offset), st.integers(0, 0xFFFF)),
        st.tuples(st.just(block.CR2.offset), st.sampled_from(SIZES)),
        st.tuples(st.just(block.CR2.offset), st.sampled_from([0x0740, 0x0780, 0x0F40])),
        st.tuples(
            st.just(block.CR1.offset),
            st.sampled_from([0, ENABLED, ENABLED, ENABLED | block.CR1.LSBFIRST]),
        ),
        st.tuples(st.sampled_from([block.DR.offset, 8]), st.none()),
    ).flatmap(lambda access: st.tuples(st.just(access), st.sampled_from([4, 2, 1, 1]))),
    max_size=80,
)


@given(OPEN_WIRE)
def test_a_wire_without_a_device_is_served_in_frames_of_any_size(
    accesses: list[tuple[tuple[int, int | None], int]],
) -> None:
    served, direct = Rig(True, attached=False), Rig(False, attached=False)
    for (offset, value), width in accesses:
        mask = (1 << 8 * width) - 1
        if value is None:
            assert served.read(offset, width) & mask == direct.read(offset, width) & mask
        else:
            for rig in (served, direct):
                rig.write(offset, value & mask, width)
        assert served.state() == direct.state()
        assert served.line() == direct.spi.lines["IRQ"].level


def test_bytes_to_nothing_do_not_reach_the_model() -> None:
    rig = Rig(True, attached=False)
    rig.write(block.CR2.offset, 0x0700 | block.CR2.FRXTH, 4)
    assert rig.core is not None
    record = rig.core.peripheral_map._bindings[id(rig.spi)].record
    before = record.python_accesses
    for _ in range(3):
        rig.write(block.DR.offset, 0x5A, 1)
        assert rig.read(8, 2) & block.SR.RXNE
        assert rig.read(block.DR.offset, 1) == 0xFF
    assert record.python_accesses == before
