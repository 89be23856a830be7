"""Quad-SPI with the board's serial flash: the sequences of ST's board support code."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import mx25r
from renode_wifi.peripherals.stm32l4 import quadspi as block
from renode_wifi.peripherals.stm32l4.mx25r import Macronix_MX25R
from renode_wifi.peripherals.stm32l4.quadspi import STM32H7_QuadSPI
from renode_wifi.peripherals.stm32l4.quadspi_region import STM32L4_QUADSPI_Region
from tests.peripherals.stm32l4.rig import peek, poke

ONE_LINE, ADDRESS, DATA = 1 << 8, 1 << 10 | 2 << 12, 1 << 24
MODES = {"write": 0, "read": 1 << 26, "poll": 2 << 26, "mapped": 3 << 26}


class Rig:
    """Speaks to the register block as `HAL_QSPI_Command`, `_Transmit` and `_Receive` do."""

    def __init__(self, fitted: bool = True) -> None:
        self.machine = BenchMachine()
        self.quadspi = STM32H7_QuadSPI(self.machine, "quadspi")
        self.flash = Macronix_MX25R(self.machine, "flash")
        if fitted:
            self.quadspi.attach(self.flash)
        poke(self.quadspi, "CR", block.CR.EN | 3 << block.CR["FTHRES"].position)

    def status(self) -> int:
        return peek(self.quadspi, "SR")

    def wait(self) -> None:
        """Longer than all phases of a command but a page's data; shorter than `POLL_AGAIN`."""
        self.machine.clock.advance(100_000)

    def finish(self) -> None:
        self.wait()
        assert self.status() & (block.SR.TCF | block.SR.BUSY) == block.SR.TCF
        poke(self.quadspi, "FCR", block.SR.TCF)

    def command(self, instruction: int, address: int | None = None) -> None:
        poke(self.quadspi, "CCR", instruction | ONE_LINE | (0 if address is None else ADDRESS))
        if address is not None:
            poke(self.quadspi, "AR", address)
        self.finish()

    def transmit(self, instruction: int, data: bytes, address: int | None = None) -> None:
        poke(self.quadspi, "DLR", len(data) - 1)
        frame = instruction | ONE_LINE | DATA | (0 if address is None else ADDRESS)
        poke(self.quadspi, "CCR", frame)
        if address is not None:
            poke(self.quadspi, "AR", address)
        for byte in data:
            self.wait()
            assert self.status() & block.SR.FTF
            poke(self.quadspi, "DR", byte, 1)
        self.finish()

    def receive(self, instruction: int, length: int, address: int | None = None) -> bytes:
        poke(self.quadspi, "DLR", length - 1)
        frame = instruction | ONE_LINE | DATA | (0 if address is None else ADDRESS)
        poke(self.quadspi, "CCR", frame)
        if address is not None:
            poke(self.quadspi, "AR", address)
        poke(self.quadspi, "CCR", frame | MODES["read"])
        poke(self.quadspi, "AR", address or 0)
        data = []
        for _ in range(length):
            self.wait()
            assert self.status() & (block.SR.FTF | block.SR.TCF)
            data.append(peek(self.quadspi, "DR", 1))
        self.finish()
        return bytes(data)

    def poll(self, mask: int, match: int) -> None:
        poke(self.quadspi, "PSMKR", mask)
        poke(self.quadspi, "PSMAR", match)
        poke(self.quadspi, "DLR", 0)
        poke(self.quadspi, "CR", peek(self.quadspi, "CR") | block.CR.APMS)
        poke(self.quadspi, "CCR", mx25r.READ_STATUS | ONE_LINE | DATA | MODES["poll"])
        assert self.status() & block.SR.BUSY
        self.wait()

    def write_enable(self) -> None:
        self.command(mx25r.WRITE_ENABLE)
        self.poll(mx25r.SR_WEL, mx25r.SR_WEL)
        assert self.status() & (block.SR.SMF | block.SR.BUSY) == block.SR.SMF
        poke(self.quadspi, "FCR", block.SR.SMF)


def test_board_support_initialises_the_flash() -> None:
    """`BSP_QSPI_Init`: reset, quad enable, high-performance mode, each read back."""
    rig = Rig()
    rig.command(0x66)
    rig.command(mx25r.RESET)
    rig.poll(1, 0)
    assert rig.status() & block.SR.SMF
    poke(rig.quadspi, "FCR", block.SR.SMF)
    status = rig.receive(mx25r.READ_STATUS, 1)[0]
    rig.write_enable()
    rig.transmit(mx25r.WRITE_STATUS, bytes([status | mx25r.SR_QE]))
    assert rig.receive(mx25r.READ_STATUS, 1)[0] & mx25r.SR_QE
    configuration = rig.receive(mx25r.READ_CONFIGURATION, 2)
    rig.write_enable()
    rig.transmit(mx25r.WRITE_STATUS, bytes([mx25r.SR_QE, configuration[0], configuration[1] | 2]))
    assert rig.receive(mx25r.READ_CONFIGURATION, 2)[1] & 2
    assert rig.receive(mx25r.READ_STATUS, 1)[0] == mx25r.SR_QE


def test_the_flash_has_its_identity() -> None:
    rig = Rig()
    assert rig.receive(mx25r.READ_IDENTITY, 3) == bytes(mx25r.IDENTITY)
    assert rig.receive(mx25r.RELEASE_AND_SIGNATURE, 1) == b"\x17"
    assert rig.receive(mx25r.READ_SECURITY, 1) == b"\0"


def test_the_flash_describes_itself() -> None:
    """JESD216B: signature, place and length of the basic table, its density in bits less one."""
    rig = Rig()
    header = rig.receive(mx25r.READ_PARAMETERS, 16, 0)
    assert (header[:4], header[6], header[11]) == (b"SFDP", 0, 16)
    table = rig.receive(mx25r.READ_PARAMETERS, 4 * header[11], header[12])
    assert int.from_bytes(table[4:8], "little") + 1 == 8 * mx25r.SIZE
    assert {table[29], table[31], table[33]} == {0x20, 0x52, 0xD8} <= set(mx25r.ERASES)
    assert rig.receive(mx25r.READ_PARAMETERS, 2, 0x1000) == b"\xff\xff"
    assert rig.receive(0x77, 2) == b"\xff\xff"


@given(
    address=st.integers(0, mx25r.SIZE - 1),
    data=st.binary(min_size=1, max_size=40),
    again=st.binary(min_size=1, max_size=40),
)
def test_programming_clears_bits_within_a_page(address: int, data: bytes, again: bytes) -> None:
    rig = Rig()
    page = bytearray(b"\xff" * mx25r.PAGE)
    for content in (data, again):
        rig.write_enable()
        rig.transmit(mx25r.PAGE_PROGRAM, content, address)
        for index, byte in enumerate(content):
            page[(address + index) % mx25r.PAGE] &= byte
    assert rig.receive(mx25r.READS[0], mx25r.PAGE, address & ~(mx25r.PAGE - 1)) == bytes(page)


def test_nothing_is_written_without_write_enable() -> None:
    rig = Rig()
    rig.transmit(mx25r.PAGE_PROGRAM, b"abc", 0)
    rig.command(0x20, 0)
    assert rig.receive(mx25r.READ_SLOW, 3, 0) == b"\xff" * 3
    rig.write_enable()
    rig.command(mx25r.WRITE_DISABLE)
    rig.transmit(mx25r.PAGE_PROGRAM, b"abc", 0)
    assert rig.receive(mx25r.READ_SLOW, 3, 0) == b"\xff" * 3


@pytest.mark.parametrize(("instruction", "length"), [(0x20, 0x1000), (0xD8, 0x10000)])
def test_an_erase_clears_its_block_only(instruction: int, length: int) -> None:
    rig = Rig()
    for address in (length - 1, length, 2 * length - 1, 2 * length):
        rig.write_enable()
        rig.transmit(mx25r.PAGE_PROGRAM, b"\0", address)
    rig.write_enable()
    rig.command(instruction, length + 5)
    contents = [
        rig.receive(mx25r.READ_SLOW, 1, address)[0]
        for address in (length - 1, length, 2 * length - 1, 2 * length)
    ]
    assert contents == [0, 0xFF, 0xFF, 0]


class Words:
    """Memory as a description gives it."""

    def __init__(self) -> None:
        self.bytes = bytearray(0x2000)

    def read(self, offset: int, width: int) -> int:
        return int.from_bytes(self.bytes[offset : offset + width], "little")

    def write(self, offset: int, value: int, width: int) -> None:
        self.bytes[offset : offset + width] = value.to_bytes(width, "little")


def test_the_contents_can_live_in_memory_of_the_board() -> None:
    rig = Rig()
    memory = Words()
    rig.quadspi.attach(Macronix_MX25R(rig.machine, "flash", underlyingMemory=memory))
    rig.write_enable()
    rig.command(0x20, 0)
    assert memory.bytes[:0x1001] == b"\xff" * 0x1000 + b"\0"
    rig.write_enable()
    rig.transmit(mx25r.PAGE_PROGRAM, b"xyz", 16)
    assert memory.bytes[16:19] == b"xyz"


def test_polling_goes_on_until_the_status_agrees() -> None:
    rig = Rig()
    rig.poll(mx25r.SR_WEL, mx25r.SR_WEL)
    assert rig.status() & (block.SR.SMF | block.SR.BUSY) == block.SR.BUSY
    rig.flash._status |= mx25r.SR_WEL
    rig.machine.clock.advance(2 * block.POLL_AGAIN)
    assert rig.status() & (block.SR.SMF | block.SR.BUSY) == block.SR.SMF


def test_one_agreeing_bit_is_enough_in_or_mode() -> None:
    rig = Rig()
    poke(rig.quadspi, "CR", peek(rig.quadspi, "CR") | block.CR.PMM)
    rig.poll(0x03, 0x02)
    assert rig.status() & block.SR.SMF, "bit 0 is 0 as asked, bit 1 is not 1"


def test_nothing_fitted_reads_ones_and_can_be_aborted() -> None:
    rig = Rig(fitted=False)
    assert rig.receive(mx25r.READ_IDENTITY, 3) == b"\xff" * 3
    rig.transmit(mx25r.WRITE_STATUS, b"\0")
    rig.poll(1, 0)
    rig.machine.clock.advance(10 * block.POLL_AGAIN)
    assert rig.status() & block.SR.BUSY
    poke(rig.quadspi, "CR", peek(rig.quadspi, "CR") | block.CR.ABORT)
    rig.finish()
    assert rig.machine.clock.next_time is None


def test_transfers_interrupt_as_enabled() -> None:
    rig = Rig()
    poke(rig.quadspi, "CR", block.CR.EN | 1 << 17)
    assert not rig.quadspi.lines["IRQ"].level
    poke(rig.quadspi, "CCR", mx25r.WRITE_ENABLE | ONE_LINE)
    assert not rig.quadspi.lines["IRQ"].level
    rig.wait()
    assert rig.quadspi.lines["IRQ"].level
    poke(rig.quadspi, "FCR", block.SR.TCF)
    assert not rig.quadspi.lines["IRQ"].level


def test_a_disabled_block_starts_nothing() -> None:
    rig = Rig()
    poke(rig.quadspi, "CR", 0)
    poke(rig.quadspi, "CCR", mx25r.WRITE_ENABLE | ONE_LINE)
    assert not rig.status() & block.SR.TCF
    assert peek(rig.quadspi, "DR") == 0
    poke(rig.quadspi, "CCR", mx25r.READ_STATUS | ONE_LINE | DATA | MODES["read"])
    poke(rig.quadspi, "DR", 1)


def test_words_of_the_data_register_carry_four_bytes() -> None:
    rig = Rig()
    poke(rig.quadspi, "DLR", 5)
    poke(rig.quadspi, "CCR", mx25r.READ_IDENTITY | ONE_LINE | DATA | MODES["read"])
    assert rig.status() >> block.SR["FLEVEL"].position & 0x1F == 0
    rig.wait()
    assert rig.status() >> block.SR["FLEVEL"].position & 0x1F == 6
    assert peek(rig.quadspi, "DR") == 0xC21728C2
    assert rig.quadspi.registers.read(block.DR_OFFSET, 4) == 0x1728
    rig.finish()
    poke(rig.quadspi, "DLR", 1)
    poke(rig.quadspi, "CCR", mx25r.WRITE_STATUS | ONE_LINE | DATA)
    rig.quadspi.registers.write(block.DR_OFFSET, 0, 4)
    rig.finish()


def test_a_transfer_survives_pickling_and_reset() -> None:
    rig = Rig()
    poke(rig.quadspi, "DLR", 2)
    poke(rig.quadspi, "CCR", mx25r.READ_IDENTITY | ONE_LINE | DATA | MODES["read"])
    copy = pickle.loads(pickle.dumps(rig))
    assert [peek(copy.quadspi, "DR", 1) for _ in range(3)] == list(mx25r.IDENTITY)
    rig.quadspi.reset()
    rig.flash.reset()
    assert rig.status() == 0


def test_the_flash_is_memory_in_memory_mapped_mode_only() -> None:
    rig = Rig()
    rig.command(0x06)
    rig.transmit(0x02, b"\x78\x56\x34\x12", 0x2000)
    region = STM32L4_QUADSPI_Region(rig.machine, "quadspiRegion", rig.quadspi)
    assert region.read(0x2000, 4) == 0
    poke(rig.quadspi, "CCR", 0x03 | ONE_LINE | ADDRESS | DATA | MODES["mapped"])
    assert not rig.status() & block.SR.BUSY, "nothing has been read yet"
    assert [region.read(0x2000, 4), region.read(0x2001, 2), region.read(0x2003, 1)] == [
        0x12345678,
        0x3456,
        0x12,
    ]
    assert rig.status() & block.SR.BUSY
    region.write(0x2000, 0, 4)
    assert region.read(0x2000, 4) == 0x12345678
    poke(rig.quadspi, "CR", block.CR.EN | block.CR.ABORT)
    assert not rig.status() & block.SR.BUSY


def test_dma_is_requested_while_an_indirect_mode_has_data_to_move() -> None:
    rig = Rig()
    request = rig.quadspi.lines["DMARequest"]
    poke(rig.quadspi, "CR", peek(rig.quadspi, "CR") | block.CR.DMAEN)
    assert not request.level
    poke(rig.quadspi, "DLR", 2)
    poke(rig.quadspi, "CCR", mx25r.READ_IDENTITY | ONE_LINE | DATA | MODES["read"])
    assert not request.level
    rig.wait()
    levels = []
    for _ in range(3):
        levels.append(request.level)
        peek(rig.quadspi, "DR", 1)
    assert (levels, request.level) == ([True, True, True], False)
    rig.finish()
    rig.command(mx25r.WRITE_ENABLE)
    poke(rig.quadspi, "DLR", 1)
    poke(rig.quadspi, "CCR", mx25r.PAGE_PROGRAM | ONE_LINE | ADDRESS | DATA)
    assert not request.level
    poke(rig.quadspi, "AR", 0)
    assert request.level
    poke(rig.quadspi, "CR", peek(rig.quadspi, "CR") & ~block.CR.DMAEN)
    assert not request.level
    poke(rig.quadspi, "CR", peek(rig.quadspi, "CR") | block.CR.DMAEN)
    poke(rig.quadspi, "CR", peek(rig.quadspi, "CR") | block.CR.ABORT)
    assert not request.level


@pytest.mark.parametrize(
    ("command", "cycles"),
    [
        (mx25r.READ_STATUS | ONE_LINE | DATA, 8 + 8),
        (mx25r.READ_STATUS | 3 << 8 | 3 << 24, 2 + 2),
        (0x0B | ONE_LINE | ADDRESS | DATA | 8 << 18, 8 + 24 + 8 + 8),
        (0xEB | ONE_LINE | 3 << 10 | 2 << 12 | 3 << 14 | 4 << 18 | 3 << 24, 8 + 6 + 2 + 4 + 2),
        (mx25r.WRITE_ENABLE | ONE_LINE, 8),
    ],
)
@pytest.mark.parametrize("prescaler", [0, 1, 255])
@pytest.mark.parametrize("high", [0, 7])
def test_a_command_takes_its_phases(command: int, cycles: int, prescaler: int, high: int) -> None:
    """Section 17.3.3, at 80 MHz; with CSHT + 1 cycles of chip select high before."""
    rig = Rig()
    rig.machine.cpu_frequency = 80_000_000
    poke(rig.quadspi, "CR", block.CR.EN | prescaler << 24)
    poke(rig.quadspi, "DCR", high << 8)
    poke(rig.quadspi, "CCR", command | MODES["read"])
    poke(rig.quadspi, "AR", 0)
    duration = (cycles + high + 1) * (prescaler + 1) * 1000 // 80
    rig.machine.clock.advance(duration - 1)
    assert rig.status() & (block.SR.TCF | block.SR.BUSY) == block.SR.BUSY
    rig.machine.clock.advance(1)
    assert rig.status() & block.SR.TCF
    assert bool(rig.status() & block.SR.BUSY) == bool(command & 3 << 24)


def test_a_full_fifo_stops_the_clock() -> None:
    """Section 17.3.5; it goes on when there is room for half of it."""
    rig = Rig()
    level = block.SR["FLEVEL"].position
    poke(rig.quadspi, "DLR", 39)
    poke(rig.quadspi, "CCR", mx25r.READ_PARAMETERS | ONE_LINE | ADDRESS | DATA | MODES["read"])
    poke(rig.quadspi, "AR", 0)
    data = b""
    for taken, shown in ((0, 16), (7, 9), (1, 16), (16, 16), (9, 7), (7, 0)):
        for _ in range(taken):
            data += bytes([peek(rig.quadspi, "DR", 1)])
        rig.machine.clock.advance(1_000_000)
        assert rig.status() >> level & 0x1F == shown
        assert bool(rig.status() & block.SR.TCF) == (len(data) >= 24)
    assert data == mx25r.PARAMETERS[:40]
    assert not rig.status() & block.SR.BUSY


def test_a_load_of_what_has_not_come_has_it_early() -> None:
    rig = Rig()
    poke(rig.quadspi, "DLR", 5)
    poke(rig.quadspi, "CCR", mx25r.READ_IDENTITY | ONE_LINE | DATA | MODES["read"])
    assert peek(rig.quadspi, "DR") == 0xC21728C2
    assert rig.status() & (block.SR.TCF | block.SR.BUSY | block.SR.FTF) == block.SR.BUSY
    rig.wait()
    assert peek(rig.quadspi, "DR") == 0x1728
    rig.finish()
