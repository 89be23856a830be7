"""The STM32 board as its description and script make it."""

from __future__ import annotations

import re

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.script.interpreter import Interpreter

BOARD = "b_l475e_iot01a"
PROBE = boards.PLATFORMS.parent / "firmware" / "probe" / f"{BOARD}.elf"


# RM0351 table 2.
@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("sram1", 0x2000_0000),
        ("sram2", 0x1000_0000),
        ("flash", 0x0800_0000),
        ("rcc", 0x4002_1000),
        ("pwr", 0x4000_7000),
        ("flashController", 0x4002_2000),
        ("syscfg", 0x4001_0000),
        ("exti", 0x4001_0400),
        ("gpioPortA", 0x4800_0000),
        ("gpioPortH", 0x4800_1C00),
        ("usart1", 0x4001_3800),
        ("lpuart1", 0x4000_8000),
        ("spi3", 0x4000_3C00),
        ("tim6", 0x4000_1000),
        ("rtc", 0x4000_2800),
        ("rng", 0x5006_0800),
        ("quadspi", 0xA000_1000),
        ("can1", 0x4000_6400),
        ("dac1", 0x4000_7400),
        ("opamp", 0x4000_7800),
        ("swpmi1", 0x4000_8800),
        ("vrefbuf", 0x4001_0030),
        ("comp", 0x4001_0200),
        ("firewall", 0x4001_1C00),
        ("sdmmc1", 0x4001_2800),
        ("sai1", 0x4001_5400),
        ("sai2", 0x4001_5800),
        ("dfsdm1", 0x4001_6000),
        ("tsc", 0x4002_4000),
        ("otgFs", 0x5000_0000),
        ("adc1", 0x5004_0000),
        ("adc2", 0x5004_0100),
        ("adc3", 0x5004_0200),
        ("adcCommon", 0x5004_0300),
        ("fmc", 0xA000_0000),
        ("otp", 0x1FFF_7000),
        ("optionBytes1", 0x1FFF_7800),
        ("optionBytes2", 0x1FFF_F800),
    ],
)
def test_memory_map(machine: Machine, name: str, base: int) -> None:
    assert machine.places[name][0].start == base


# RM0351 table 58.
@pytest.mark.parametrize(
    ("name", "output", "interrupt"),
    [
        ("wwdg", "IRQ", 0),
        ("flashController", "IRQ", 4),
        ("rcc", "IRQ", 5),
        ("exti", 1, 7),
        ("exti", 13, 40),
        ("dma1", 0, 11),
        ("dma2", 6, 69),
        ("tim2", "IRQ", 28),
        ("i2c1", "ErrorInterrupt", 32),
        ("usart1", "IRQ", 37),
        ("spi3", "IRQ", 51),
        ("tim6", "IRQ", 54),
        ("rng", "IRQ", 80),
        ("adc1", "IRQ", 18),
        ("adc2", "IRQ", 18),
        ("adc3", "IRQ", 47),
        ("can1", 1, 20),
        ("dfsdm1", 3, 42),
        ("sdmmc1", "IRQ", 49),
        ("otgFs", "IRQ", 67),
        ("sai2", "IRQ", 75),
        ("tsc", "IRQ", 77),
        ("dac1", "IRQ", 54),
    ],
)
def test_interrupts(machine: Machine, name: str, output: int | str, interrupt: int) -> None:
    line = machine.peripheral(name).lines[output]
    word, bit = 0xE000_E200 + 4 * (interrupt // 32), 1 << interrupt % 32
    line.set(True)
    assert machine.bus.read(word, 4) & bit
    line.set(False)
    machine.bus.write(word + 0x80, bit, 4)
    assert not machine.bus.read(word, 4) & bit


def test_flash_is_erased_and_seen_at_zero(machine: Machine) -> None:
    assert machine.bus.read_bytes(0x0806_4000, 0x180C) == b"\xff" * 0x180C
    assert machine.bus.read(0x10, 4) == 0xFFFF_FFFF


def test_size_of_flash_reads_as_on_the_chip(machine: Machine) -> None:
    assert machine.bus.read(0x1FFF_75E0, 2) == 0x0400


def test_the_mpu_has_eight_regions(machine: Machine) -> None:
    """B3.5.4: MPU_TYPE.DREGION."""
    assert machine.bus.read(0xE000_ED90, 4) == 8 << 8


def test_module_pins(machine: Machine) -> None:
    link = machine.peripheral("ism43362")
    port = machine.peripheral("gpioPortE")
    assert machine.full_name("ism43362") == "sysbus.spi3.ism43362"
    # PE1 is an input: what the module says is what software reads.
    port.write(0x00, port.read(0x00, 4) & ~(3 << 2), 4)
    link.lines[0].set(True)
    assert port.read(0x10, 4) & 2
    link.lines[0].set(False)
    assert not port.read(0x10, 4) & 2


@pytest.mark.parametrize("port", ["usart2", "usart3", "uart4", "uart5", "lpuart1"])
def test_ports_but_the_console_send_at_their_baud_rate(machine: Machine, port: str) -> None:
    assert machine.peripheral(port).timed_transmit
    assert not machine.peripheral("usart1").timed_transmit


def test_button_and_leds(monitor: Interpreter) -> None:
    monitor.execute("gpioPortC WriteDoubleWord 0x00 0xF3FFFFFF")
    assert int(monitor.execute("gpioPortC ReadDoubleWord 0x10"), 16) & 1 << 13
    monitor.execute("gpioPortC.button Press")
    assert not int(monitor.execute("gpioPortC ReadDoubleWord 0x10"), 16) & 1 << 13
    monitor.execute("gpioPortB WriteDoubleWord 0x00 0xDFFFFEBF")
    monitor.execute("gpioPortB WriteDoubleWord 0x18 0x4000")
    assert monitor.execute("gpioPortB.led2 State; gpioPortA.led1 State") == "True\nFalse"


def test_macro_reset_loads_and_starts_an_image(monitor: Interpreter) -> None:
    monitor.execute(f"$bin=@{PROBE}; runMacro $reset")
    assert monitor.execute("cpu VectorTableOffset") == "0x08000000"
    assert int(monitor.execute("cpu PC"), 16) >> 20 == 0x080


def test_probe_boots_and_talks_to_its_module() -> None:
    with Board(BOARD, PROBE) as board:
        assert board.wait_for_line("^probe:").text == "probe: b_l475e_iot01a"
        assert re.match(r"radio: ok ISM43362", board.wait_for_line("^radio:").text)


# UM2153: sensors on I2C2 by their seven-bit address.
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("hts221", 0x5F),
        ("lps22hb", 0x5D),
        ("lsm6dsl", 0x6A),
        ("lis3mdl", 0x1E),
        ("m24sr64", 0x56),
        ("vl53l0x", 0x29),
    ],
)
def test_sensors(machine: Machine, name: str, address: int) -> None:
    i2c = machine.peripheral("i2c2")
    i2c.write(0x00, 1, 4)
    # One byte with AUTOEND: the address is acknowledged (RM0351 39.7.2, 39.7.7).
    i2c.write(0x04, 1 << 25 | 1 << 16 | 1 << 13 | address << 1, 4)
    assert not i2c.read(0x18, 4) & 1 << 4
    assert machine.full_name(name) == f"sysbus.i2c2.{name}"
    i2c.write(0x00, 0, 4)


def test_serial_flash_is_on_its_controller(machine: Machine) -> None:
    assert machine.full_name("mx25r") == "sysbus.quadspi.mx25r"


def test_the_time_of_flight_sensor_answers_before_any_pin_is_set_up() -> None:
    with Board(BOARD, PROBE) as board:
        assert board.engine.machine.peripheral("vl53l0x").start(False)
