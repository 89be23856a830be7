"""Timers, watchdog, UART, ports, flash, converter and buses, each at its registers."""

from __future__ import annotations

import logging

import pytest

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.adc import CC3220_ADC
from renode_wifi.peripherals.cc3220.camera import CC3220_Camera
from renode_wifi.peripherals.cc3220.dthe import CC3220_DTHE
from renode_wifi.peripherals.cc3220.flash_ctrl import CC3220_FLASH_CTRL
from renode_wifi.peripherals.cc3220.gpio import CC2538_GPIO
from renode_wifi.peripherals.cc3220.i2c import CC3220_I2C
from renode_wifi.peripherals.cc3220.i2s import CC3220_I2S
from renode_wifi.peripherals.cc3220.sdhost import CC3220_SDHOST
from renode_wifi.peripherals.cc3220.timer import CC3220_Timer
from renode_wifi.peripherals.cc3220.uart import PL011
from renode_wifi.peripherals.cc3220.wdt import CC3220_WDT
from tests.peripherals.stm32l4.rig import Probe, peek, poke

FLASH = 0x0100_0000

# -- timers ---------------------------------------------------------------------------------------


def make_timer(config: int, mode_a: int, mode_b: int = 0) -> tuple[BenchMachine, CC3220_Timer]:
    machine = BenchMachine()
    timer = CC3220_Timer(machine, "timera0")
    poke(timer, "CFG", config)
    poke(timer, "TAMR", mode_a)
    poke(timer, "TBMR", mode_b)
    poke(timer, "IMR", 0xFFF)
    return machine, timer


def test_periodic_timer_of_32_bits_counts_down_and_interrupts() -> None:
    machine, timer = make_timer(0, 2)
    poke(timer, "TAILR", 80_000 - 1)
    poke(timer, "CTL", 1)
    machine.clock.advance(MILLISECOND // 2)
    assert peek(timer, "TAR") == 39_999
    assert not timer.lines[0].level
    machine.clock.advance(MILLISECOND // 2)
    assert timer.lines[0].level
    assert peek(timer, "MIS") == 1
    poke(timer, "ICR", 1)
    assert not timer.lines[0].level
    machine.clock.advance(MILLISECOND)
    assert peek(timer, "RIS") == 1


def test_one_shot_stops_itself() -> None:
    machine, timer = make_timer(0, 1)
    poke(timer, "TAILR", 799)
    poke(timer, "CTL", 1)
    machine.clock.advance(10 * MICROSECOND)
    assert peek(timer, "RIS") == 1
    assert peek(timer, "CTL") == 0
    poke(timer, "ICR", 1)
    machine.clock.advance(SECOND)
    assert peek(timer, "RIS") == 0


def test_halves_run_on_their_own_with_prescalers() -> None:
    machine, timer = make_timer(4, 2, 2)
    poke(timer, "TAILR", 999)
    poke(timer, "TAPR", 79)
    poke(timer, "TBILR", 79)
    poke(timer, "CTL", 0x101)
    machine.clock.advance(MICROSECOND)
    assert timer.lines[1].level
    assert not timer.lines[0].level
    assert peek(timer, "TAR") == 998
    machine.clock.advance(MILLISECOND)
    assert timer.lines[0].level


def test_counting_up_with_a_match() -> None:
    machine, timer = make_timer(0, 2 | 1 << 4 | 1 << 5)
    poke(timer, "TAILR", 7999)
    poke(timer, "TAMATCHR", 4000)
    poke(timer, "CTL", 1)
    machine.clock.advance(49 * MICROSECOND)
    assert peek(timer, "RIS") == 0
    machine.clock.advance(2 * MICROSECOND)
    assert peek(timer, "RIS") == 1 << 4
    assert peek(timer, "TAV") == 4080
    poke(timer, "TAV", 7999)
    machine.clock.advance(MICROSECOND)
    assert peek(timer, "RIS") & 1


def test_a_stopped_timer_keeps_its_value_and_capture_stands_still() -> None:
    machine, timer = make_timer(0, 2)
    poke(timer, "TAILR", 8000)
    poke(timer, "CTL", 1)
    machine.clock.advance(MICROSECOND)
    poke(timer, "CTL", 0)
    stopped = peek(timer, "TAR")
    machine.clock.advance(SECOND)
    assert peek(timer, "TAR") == stopped == 7920
    poke(timer, "TAV", 5)
    assert peek(timer, "TAR") == 5
    machine, timer = make_timer(4, 3)
    poke(timer, "CTL", 1)
    machine.clock.advance(SECOND)
    assert peek(timer, "RIS") == 0


def test_timers_ask_for_dma_and_are_notified_of_its_end() -> None:
    machine, timer = make_timer(0, 2)
    probe = Probe()
    timer.lines[2].connect(probe, 9)
    poke(timer, "DMAEV", 1)
    poke(timer, "TAILR", 79)
    poke(timer, "CTL", 1)
    machine.clock.advance(MICROSECOND)
    assert probe.levels == [(9, True), (9, False)]
    timer.on_gpio(1, True)
    assert peek(timer, "RIS") & 1 << 13


# -- watchdog -------------------------------------------------------------------------------------


def test_watchdog_interrupts_first_and_resets_then() -> None:
    machine = BenchMachine()
    wdt = CC3220_WDT(machine, "wdt")
    poke(wdt, "LOCK", 0x1ACCE551)
    poke(wdt, "LOAD", 80_000_000)
    poke(wdt, "CTL", 3)
    poke(wdt, "LOCK", 1)
    poke(wdt, "LOAD", 5)
    assert peek(wdt, "LOAD") == 80_000_000
    machine.clock.advance(SECOND // 4)
    assert peek(wdt, "VALUE") == 60_000_000
    machine.clock.advance(SECOND)
    assert wdt.lines[0].level
    assert machine.reset_requests == []
    machine.clock.advance(SECOND)
    assert machine.reset_requests == ["wdt"]


def test_a_fed_watchdog_is_quiet() -> None:
    machine = BenchMachine()
    wdt = CC3220_WDT(machine, "wdt")
    poke(wdt, "LOAD", 80_000_000)
    poke(wdt, "CTL", 3)
    for _ in range(5):
        machine.clock.advance(SECOND * 3 // 2)
        assert peek(wdt, "RIS") == 1
        poke(wdt, "ICR", 1)
    poke(wdt, "CTL", 0)
    assert peek(wdt, "CTL") & 1
    assert machine.reset_requests == []
    wdt.reset()
    machine.clock.advance(9 * SECOND)
    assert peek(wdt, "RIS") == 0


def test_a_locked_watchdog_is_fed_all_the_same() -> None:
    machine = BenchMachine()
    wdt = CC3220_WDT(machine, "wdt")
    poke(wdt, "LOAD", 80_000_000)
    poke(wdt, "CTL", 3)
    poke(wdt, "LOCK", 1)
    for _ in range(3):
        machine.clock.advance(SECOND * 3 // 2)
        assert wdt.lines[0].level
        poke(wdt, "ICR", 1)
        assert not wdt.lines[0].level
    assert machine.reset_requests == []


# -- UART -----------------------------------------------------------------------------------------


def make_uart(line: int = 0x70, control: int = 0x301) -> tuple[BenchMachine, PL011]:
    machine = BenchMachine()
    uart = PL011(machine, "uarta0")
    poke(uart, "IBRD", 43)
    poke(uart, "FBRD", 26)
    poke(uart, "LCRH", line)
    poke(uart, "CTL", control)
    return machine, uart


def test_bytes_leave_at_once() -> None:
    machine, uart = make_uart()
    poke(uart, "IM", 0x820)
    for byte in b"hi":
        poke(uart, "DR", byte)
    assert [fields["byte"] for *_, fields in machine.traced] == list(b"hi")
    assert peek(uart, "MIS") == 0x820
    assert uart.lines["IRQ"].level
    poke(uart, "ICR", 0x820)
    assert not uart.lines["IRQ"].level
    poke(uart, "CTL", 0)
    poke(uart, "DR", 0x21)
    assert len(machine.traced) == 2


def test_received_bytes_come_at_the_pace_of_the_wire() -> None:
    machine, uart = make_uart()
    for byte in b"abc":
        uart.receive(byte)
    assert uart.frame_time() == pytest.approx(86_806, abs=30)
    machine.clock.advance(2 * uart.frame_time())
    assert not peek(uart, "FR") & 1 << 4
    assert peek(uart, "DR") == ord("a")
    machine.clock.advance(uart.frame_time())
    assert [peek(uart, "DR"), peek(uart, "DR")] == list(b"bc")
    assert peek(uart, "FR") & 1 << 4


def test_receive_interrupts_by_level_and_by_silence() -> None:
    machine, uart = make_uart()
    poke(uart, "IFLS", 0 << 3)
    poke(uart, "IM", 0x50)
    uart.receive(1)
    machine.clock.advance(uart.frame_time())
    assert not uart.lines["IRQ"].level
    machine.clock.advance(32 * uart.bit_time())
    assert peek(uart, "MIS") == 0x40
    uart.receive(2)
    machine.clock.advance(uart.frame_time())
    assert peek(uart, "MIS") == 0x50
    assert peek(uart, "DR") == 1
    assert peek(uart, "DR") == 2
    assert not uart.lines["IRQ"].level


def test_a_full_fifo_overruns() -> None:
    machine, uart = make_uart()
    for byte in range(17):
        uart.receive(byte)
    machine.clock.advance(20 * uart.frame_time())
    assert peek(uart, "FR") & 1 << 6
    assert peek(uart, "RSR_ECR") == 8
    assert peek(uart, "RIS") & 1 << 10
    poke(uart, "RSR_ECR", 0)
    assert peek(uart, "RSR_ECR") == 0
    assert [peek(uart, "DR") for _ in range(16)] == list(range(16))


def test_without_fifo_there_is_room_for_one_byte() -> None:
    machine, uart = make_uart(line=0x60)
    uart.receive(5)
    machine.clock.advance(uart.frame_time())
    assert peek(uart, "FR") & 1 << 6
    assert peek(uart, "RIS") & 0x10


def test_loop_back_and_dma_requests() -> None:
    machine, uart = make_uart(control=0x381)
    poke(uart, "DMACTL", 3)
    assert uart.lines["TransmitDmaRequest"].level
    poke(uart, "DR", 0x55)
    machine.clock.advance(uart.frame_time())
    assert uart.lines["ReceiveDmaRequest"].level
    assert peek(uart, "DR") == 0x55
    uart.on_gpio(0, True)
    uart.on_gpio(1, True)
    machine.clock.advance(MICROSECOND)
    assert peek(uart, "RIS") & 0x30000 == 0x30000


def test_a_byte_for_a_disabled_receiver_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    machine, uart = make_uart(control=0)
    uart.receive(1)
    machine.clock.advance(SECOND)
    assert "reception is disabled" in caplog.text
    assert peek(uart, "FR") & 1 << 4


def test_disabling_ends_what_is_on_its_way() -> None:
    machine, uart = make_uart()
    uart.receive(1)
    poke(uart, "CTL", 0)
    machine.clock.advance(SECOND)
    assert peek(uart, "FR") & 1 << 4
    uart.reset()
    assert peek(uart, "CTL") == 0x300


# -- ports ----------------------------------------------------------------------------------------


def test_pins_are_addressed_by_their_mask() -> None:
    port = CC2538_GPIO(BenchMachine(), "gpioa1")
    poke(port, "DIR", 0x0E)
    port.write(0x06 << 2, 0xFF, 4)
    assert [port.lines[pin].level for pin in range(8)] == [False, True, True] + [False] * 5
    assert port.read(0xFF << 2, 4) == 0x06
    assert port.read(0x02 << 2, 4) == 0x02
    port.on_gpio(5, True)
    assert port.read(0x20 << 2, 4) == 0x20
    poke(port, "DIR", 0)
    assert not port.lines[1].level


@pytest.mark.parametrize(
    ("both", "event", "levels", "count"),
    [(0, 1, [1, 0, 1], 2), (0, 0, [1, 0, 1], 1), (1, 0, [1, 0, 1], 3)],
)
def test_edges(both: int, event: int, levels: list[int], count: int) -> None:
    port = CC2538_GPIO(BenchMachine(), "gpioa1")
    poke(port, "IBE", both << 5)
    poke(port, "IEV", event << 5)
    poke(port, "IM", 1 << 5)
    seen = 0
    for level in levels:
        port.on_gpio(5, bool(level))
        seen += port.lines["IRQ"].level
        poke(port, "ICR", 1 << 5)
        assert not port.lines["IRQ"].level
    assert seen == count


def test_levels_interrupt_while_they_last() -> None:
    port = CC2538_GPIO(BenchMachine(), "gpioa2")
    poke(port, "IS", 1 << 6)
    poke(port, "IEV", 1 << 6)
    poke(port, "IM", 1 << 6)
    port.on_gpio(6, True)
    poke(port, "ICR", 1 << 6)
    assert port.lines["IRQ"].level
    port.on_gpio(6, False)
    assert not port.lines["IRQ"].level
    port.reset()
    assert peek(port, "RIS") == 0


# -- flash ----------------------------------------------------------------------------------------


def make_flash() -> tuple[BenchMachine, CC3220_FLASH_CTRL]:
    machine = BenchMachine()
    flash = CC3220_FLASH_CTRL(machine, "flashController", size=4096)
    machine.bus.write_bytes(FLASH, b"\xff" * 4096)
    return machine, flash


def test_programming_a_word_takes_time_and_only_clears_bits() -> None:
    machine, flash = make_flash()
    poke(flash, "FMA", FLASH + 8)
    poke(flash, "FMD", 0x12345678)
    poke(flash, "FMC", 0xA442 << 16 | 1)
    assert peek(flash, "FMC") == 1
    machine.clock.advance(flash.program_time)
    assert peek(flash, "FMC") == 0
    assert machine.bus.read(FLASH + 8, 4) == 0x12345678
    poke(flash, "FMD", 0xFFFF0000)
    poke(flash, "FMC", 0xA442 << 16 | 1)
    machine.clock.advance(flash.program_time)
    assert machine.bus.read(FLASH + 8, 4) == 0x12340000
    assert peek(flash, "FCRIS") & 1 << 10


def test_nothing_happens_without_the_key() -> None:
    machine, flash = make_flash()
    poke(flash, "FMD", 0)
    poke(flash, "FMC", 1)
    poke(flash, "FMC2", 1)
    assert machine.bus.read(FLASH, 4) == 0xFFFFFFFF


def test_write_buffer_programs_what_was_filled() -> None:
    machine, flash = make_flash()
    poke(flash, "FMA", 0x80)
    flash.write(0x100 + 4 * 3, 7, 4)
    flash.write(0x100 + 4 * 31, 8, 4)
    assert peek(flash, "FWBVAL") == 1 << 31 | 1 << 3
    poke(flash, "FMC2", 0xA442 << 16 | 1)
    assert peek(flash, "FMC2") == 1
    machine.clock.advance(flash.program_time)
    assert machine.bus.read(FLASH + 0x8C, 4) == 7
    assert machine.bus.read(FLASH + 0xFC, 4) == 8
    assert machine.bus.read(FLASH + 0x90, 4) == 0xFFFFFFFF
    assert peek(flash, "FWBVAL") == 0


def test_erasing_a_page_and_all() -> None:
    machine, flash = make_flash()
    machine.bus.write_bytes(FLASH, bytes(4096))
    poke(flash, "FCIM", 2)
    poke(flash, "FMA", FLASH + 2048 + 12)
    poke(flash, "FMC", 0xA442 << 16 | 2)
    machine.clock.advance(flash.erase_time)
    assert flash.lines[0].level
    assert machine.bus.read_bytes(FLASH, 4096) == bytes(2048) + b"\xff" * 2048
    poke(flash, "FCMISC", 2)
    assert not flash.lines[0].level
    poke(flash, "FMC", 0xA442 << 16 | 4)
    machine.clock.advance(SECOND)
    assert machine.bus.read_bytes(FLASH, 4096) == b"\xff" * 4096


def test_operations_outside_of_the_array_fail() -> None:
    machine, flash = make_flash()
    poke(flash, "FMA", FLASH + 4096)
    for command in (1, 2):
        poke(flash, "FMC", 0xA442 << 16 | command)
        machine.clock.advance(SECOND)
        assert peek(flash, "FCRIS") & 1
        poke(flash, "FCMISC", 0xFFFF)
    poke(flash, "FMC", 0xA442 << 16 | 2)
    flash.reset()
    machine.clock.advance(SECOND)
    assert peek(flash, "FCRIS") == 0


def test_a_store_to_the_array_is_lost_and_reported(caplog: pytest.LogCaptureFixture) -> None:
    machine, _ = make_flash()
    machine.bus.write(FLASH, 0, 4)
    machine.bus.write(FLASH, 0, 4)
    assert machine.bus.read(FLASH, 4) == 0xFFFFFFFF
    assert caplog.text.count("store to flash") == 1


# -- converter ------------------------------------------------------------------------------------


def test_samples_come_every_sixteen_microseconds() -> None:
    machine = BenchMachine()
    adc = CC3220_ADC(machine, "adc")
    adc.set_voltage(2, 733)
    poke(adc, "adc_timer_configuration", 1 << 25 | 0x1FFFF)
    poke(adc, "ADC_CTRL", 1)
    poke(adc, "ADC_CH_ENABLE", 1 << 3)
    adc.write(0x24 + 16, 9, 4)
    machine.clock.advance(3 * 16 * MICROSECOND)
    assert adc.read(0x94 + 16, 4) == 3
    assert not adc.lines[2].level
    machine.clock.advance(16 * MICROSECOND)
    assert adc.lines[2].level
    sample = adc.read(0x74 + 16, 4)
    assert sample >> 2 & 0xFFF == 733 * 4096 // 1467
    assert sample >> 14 == 640
    assert adc.read(0x78, 4) == 0
    adc.write(0x44 + 16, 0xF, 4)
    assert not adc.lines[2].level
    machine.clock.advance(32 * MICROSECOND)
    assert adc.read(0x44 + 16, 4) & 8
    poke(adc, "adc_dma_mode_en", 1 << 4)
    assert adc.lines[6].level
    for _ in range(4):
        adc.read(0x74 + 16, 4)
    assert adc.read(0x44 + 16, 4) & 2
    adc.read(0x74 + 16, 4)
    assert adc.read(0x44 + 16, 4) & 4
    poke(adc, "ADC_CTRL", 0)
    machine.clock.advance(SECOND)
    assert adc.read(0x94 + 16, 4) == 0
    adc.reset()
    assert peek(adc, "adc_timer_current_count") == 0


def test_samples_without_effect_are_no_events_and_keep_their_pace() -> None:
    machine = BenchMachine()
    adc = CC3220_ADC(machine, "adc")
    poke(adc, "adc_timer_configuration", 1 << 25 | 0x1FFFF)
    machine.clock.advance(MICROSECOND)
    poke(adc, "ADC_CTRL", 1)
    poke(adc, "ADC_CH_ENABLE", 1 << 1)
    machine.clock.advance(5 * 16 * MICROSECOND)
    assert machine.clock.next_time is None
    machine.clock.advance(SECOND)
    # Whoever reads makes room for the sample after that.
    first = peek(adc, "channelFIFODATA") >> 14
    machine.clock.advance(16 * MICROSECOND)
    stamps = [peek(adc, "channelFIFODATA") >> 14 for _ in range(4)]
    assert [stamp - first for stamp in stamps[:3]] == [640, 1280, 1920]
    start, period = MICROSECOND, 16 * MICROSECOND
    latest = start + (machine.clock.now - start) // period * period
    assert stamps[3] == latest * 40 // MICROSECOND % 0x20000
    poke(adc, "ADC_CTRL", 0)
    assert machine.clock.next_time is None


# -- I2C ------------------------------------------------------------------------------------------


class Memory:
    """A small EEPROM: the first byte of a write is the address."""

    def __init__(self) -> None:
        self.data = bytearray(range(100, 164))
        self.pointer: int | None = None
        self.stops = 0

    def start(self, reading: bool) -> None:
        if not reading:
            self.pointer = None

    def write(self, byte: int) -> None:
        if self.pointer is None:
            self.pointer = byte
        else:
            self.data[self.pointer] = byte
            self.pointer += 1

    def read(self) -> int:
        assert self.pointer is not None
        self.pointer += 1
        return self.data[self.pointer - 1]

    def stop(self) -> None:
        self.stops += 1


def make_i2c() -> tuple[CC3220_I2C, Memory]:
    i2c, memory = CC3220_I2C(BenchMachine(), "i2ca0"), Memory()
    i2c.attach(memory, 0x50)
    poke(i2c, "MCR", 0x10)
    return i2c, memory


def test_master_reads_and_writes_byte_by_byte() -> None:
    i2c, memory = make_i2c()
    poke(i2c, "MIMR", 1)
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MDR", 3)
    poke(i2c, "MCS", 3)
    assert i2c.lines[0].level
    poke(i2c, "MICR", 1)
    assert not i2c.lines[0].level
    poke(i2c, "MDR", 7)
    poke(i2c, "MCS", 5)
    assert memory.data[3] == 7
    assert memory.stops == 1
    poke(i2c, "MDR", 2)
    poke(i2c, "MCS", 3)
    assert peek(i2c, "MCS") & 1 << 6
    poke(i2c, "MSA", 0x50 << 1 | 1)
    poke(i2c, "MCS", 0xB)
    assert peek(i2c, "MDR") == 102
    poke(i2c, "MCS", 5)
    assert peek(i2c, "MDR") == 7
    assert not peek(i2c, "MCS") & 1 << 6


def test_nobody_answers_at_another_address() -> None:
    i2c, _ = make_i2c()
    poke(i2c, "MSA", 0x18 << 1)
    poke(i2c, "MCS", 7)
    assert peek(i2c, "MCS") & 6 == 6
    assert peek(i2c, "MRIS") & 1 << 4
    poke(i2c, "MCS", 4)
    assert not peek(i2c, "MCS") & 2


def test_bursts_through_the_fifos() -> None:
    i2c, memory = make_i2c()
    for byte in (10, 1, 2, 3):
        poke(i2c, "FIFODATA", byte)
    poke(i2c, "MSA", 0x50 << 1)
    poke(i2c, "MBLEN", 6)
    poke(i2c, "MCS", 0x46)
    assert peek(i2c, "MBCNT") == 2
    poke(i2c, "FIFODATA", 4)
    poke(i2c, "FIFODATA", 5)
    assert memory.data[10:15] == bytes([1, 2, 3, 4, 5])
    assert memory.stops == 1
    poke(i2c, "FIFODATA", 20)
    poke(i2c, "MBLEN", 1)
    poke(i2c, "MCS", 0x42)
    poke(i2c, "MSA", 0x50 << 1 | 1)
    poke(i2c, "MBLEN", 10)
    poke(i2c, "MCS", 0x46)
    assert peek(i2c, "FIFOSTATUS") & 1 << 17
    assert [peek(i2c, "FIFODATA") for _ in range(10)] == list(range(120, 130))
    assert peek(i2c, "FIFOSTATUS") == 1 << 16 | 1
    poke(i2c, "FIFODATA", 1)
    poke(i2c, "FIFOCTL", 1 << 14 | 1 << 30)
    assert peek(i2c, "FIFOSTATUS") & 1
    i2c.reset()
    assert peek(i2c, "MCS") == 0x20


# -- what is there without its other end ----------------------------------------------------------


def test_empty_card_slot() -> None:
    sdhost = CC3220_SDHOST(BenchMachine(), "sdhost")
    poke(sdhost, "SYSCONFIG", 2)
    poke(sdhost, "SYSCTL", 1 | 1 << 24)
    assert peek(sdhost, "SYSCTL") & (7 << 24 | 3) == 3
    poke(sdhost, "IE", 0xFFFFFFFF)
    poke(sdhost, "ISE", 1 << 16 | 1)
    poke(sdhost, "CMD", 0)
    assert peek(sdhost, "STAT") == 1
    assert sdhost.lines[0].level
    poke(sdhost, "STAT", 1)
    poke(sdhost, "CMD", 8 << 24 | 2 << 16)
    assert peek(sdhost, "STAT") == 1 << 16 | 1 << 15
    poke(sdhost, "STAT", 1 << 16)
    assert peek(sdhost, "STAT") == 0
    assert not sdhost.lines[0].level


def test_camera_resets_and_starts() -> None:
    camera = CC3220_Camera(BenchMachine(), "camera")
    poke(camera, "CC_CTRL_XCLK", 5)
    poke(camera, "CC_SYSCONFIG", 2)
    assert peek(camera, "CC_SYSSTATUS") == 1
    assert peek(camera, "CC_CTRL_XCLK") == 0
    poke(camera, "CC_CTRL", 1 << 16 | 1 << 18)
    assert peek(camera, "CC_CTRL") == 1 << 16


def test_audio_is_ready_out_of_reset() -> None:
    audio = CC3220_I2S(BenchMachine(), "i2s")
    assert peek(audio, "TXSTAT") == 0
    poke(audio, "GBLCTLX", 0x1F00)
    assert peek(audio, "TXSTAT") == 1 << 5
    assert peek(audio, "RXSTAT") == 0
    poke(audio, "GBLCTLR", 0x1F)
    assert peek(audio, "GBLCTL") == 0x1F1F
    assert peek(audio, "RXSTAT") == 1 << 5
    poke(audio, "GBLCTL", 0)
    assert peek(audio, "TXSTAT") == 0


# -- CRC and what the engines share ---------------------------------------------------------------

CHECK = b"123456789"


@pytest.mark.parametrize(
    ("control", "result"),
    # The catalogue of parametrised CRC algorithms: BUYPASS, ARC, CCITT-FALSE, CRC-32, CRC-32C.
    [
        (0x1000 | 2 << 13, 0xFEE8),
        (0x1000 | 2 << 13 | 1 << 7 | 1 << 8, 0xBB3D),
        (0x1000 | 3 << 13 | 1, 0x29B1),
        (0x1000 | 3 << 13 | 2 | 7 << 7, 0xCBF43926),
        (0x1000 | 3 << 13 | 3 | 7 << 7, 0xE3069283),
    ],
)
def test_crc_of_bytes(control: int, result: int) -> None:
    dthe = CC3220_DTHE(BenchMachine(), "dthe")
    poke(dthe, "CRC_CTRL", control)
    for byte in CHECK:
        poke(dthe, "CRC_DIN", byte)
    assert peek(dthe, "CRC_RSLT_PP") == result


def test_crc_of_words_and_a_checksum() -> None:
    dthe = CC3220_DTHE(BenchMachine(), "dthe")
    results = []
    for swap, word in ((0, 0x31323334), (1, 0x32313433), (2, 0x33343132), (3, 0x34333231)):
        poke(dthe, "CRC_CTRL", 3 << 13 | 2 | swap << 4)
        poke(dthe, "CRC_DIN", word)
        results.append(peek(dthe, "CRC_RSLT_PP"))
    assert len(set(results)) == 1
    poke(dthe, "CRC_CTRL", 8 | 2 << 13)
    poke(dthe, "CRC_DIN", 0xFFFF0001)
    poke(dthe, "CRC_DIN", 0x00020003)
    assert peek(dthe, "CRC_RSLT_PP") == 6


def test_end_of_dma_of_each_engine_interrupts_unless_masked() -> None:
    machine = BenchMachine(seed=5)
    machine.log = logging.getLogger("quiet")
    dthe = CC3220_DTHE(machine, "dthe")
    for number, (engine, line) in enumerate((("SHA", 0), ("AES", 4), ("DES", 8))):
        dthe.on_gpio(line + 1, True)
        assert peek(dthe, f"{engine}_RIS") == 2
        assert not dthe.lines[number].level
        poke(dthe, f"{engine}_IM", 0)
        assert dthe.lines[number].level
        poke(dthe, f"{engine}_IC", 2)
        assert not dthe.lines[number].level
    keys = [dthe.read(0xF00 + 4 * index, 4) for index in range(4)]
    assert len(set(keys)) == 4
    dthe.reset()
    assert keys != [dthe.read(0xF00 + 4 * index, 4) for index in range(4)]
