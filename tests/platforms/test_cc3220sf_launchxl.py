"""The CC3220SF board as its description and script make it."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.script.interpreter import Interpreter

BOARD = "cc3220sf_launchxl"
CPACR = 0xE000_ED88
PROBE = boards.PLATFORMS.parent / "firmware" / "probe" / f"{BOARD}.elf"


# hw_memmap.h of TI's SDK.
@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("rom", 0x0000_0000),
        ("flash", 0x0100_0000),
        ("sram", 0x2000_0000),
        ("wdt", 0x4000_0000),
        ("gpioa0", 0x4000_4000),
        ("gpioa3", 0x4000_7000),
        ("gpioa4", 0x4002_4000),
        ("uarta0", 0x4000_C000),
        ("uarta1", 0x4000_D000),
        ("i2ca0", 0x4002_0000),
        ("timera0", 0x4003_0000),
        ("timera3", 0x4003_3000),
        ("stackDie", 0x400F_5000),
        ("commonReg", 0x400F_7000),
        ("flashController", 0x400F_D000),
        ("udma", 0x400F_F000),
        ("sdhost", 0x4401_0000),
        ("camera", 0x4401_8000),
        ("i2s", 0x4401_C000),
        ("sspi", 0x4402_0000),
        ("gspi", 0x4402_1000),
        ("lspi", 0x4402_2000),
        ("arcm", 0x4402_5000),
        ("appsConfig", 0x4402_6000),
        ("gprcm", 0x4402_D000),
        ("ocpShared", 0x4402_E000),
        ("adc", 0x4402_E800),
        ("hib1p2", 0x4402_F000),
        ("hib3p3", 0x4402_F800),
        ("dthe", 0x4403_0000),
        ("shamd5", 0x4403_5000),
        ("aes", 0x4403_7000),
        ("des", 0x4403_9000),
    ],
)
def test_memory_map(machine: Machine, name: str, base: int) -> None:
    assert machine.places[name][0].start == base


# hw_ints.h of TI's SDK, whose numbers are those of exceptions.
@pytest.mark.parametrize(
    ("name", "output", "exception"),
    [
        ("gpioa0", "IRQ", 16),
        ("gpioa3", "IRQ", 19),
        ("uarta0", "IRQ", 21),
        ("uarta1", "IRQ", 22),
        ("i2ca0", 0, 24),
        ("adc", 0, 30),
        ("adc", 3, 33),
        ("wdt", 0, 34),
        ("timera0", 0, 35),
        ("timera2", 1, 40),
        ("flashController", 0, 45),
        ("timera3", 1, 52),
        ("udma", 128, 62),
        ("udma", 129, 63),
        ("shamd5", 0, 164),
        ("aes", 0, 167),
        ("des", 0, 169),
        ("sdhost", 0, 175),
        ("i2s", 0, 177),
        ("camera", 0, 179),
        ("commonReg", 0, 187),
        ("arcm", 0, 188),
        ("sspi", 0, 191),
        ("gspi", 0, 192),
        ("lspi", 0, 193),
        ("appsConfig", 4, 193),
        ("appsConfig", 15, 33),
    ],
)
def test_interrupts(machine: Machine, name: str, output: int | str, exception: int) -> None:
    line = machine.peripheral(name).lines[output]
    interrupt = exception - 16
    word, bit = 0xE000_E200 + 4 * (interrupt // 32), 1 << interrupt % 32
    line.set(True)
    assert machine.bus.read(word, 4) & bit
    line.set(False)
    machine.bus.write(word + 0x80, bit, 4)
    assert not machine.bus.read(word, 4) & bit


def test_three_priority_bits(machine: Machine) -> None:
    machine.bus.write(0xE000_E400, 0xFF, 1)
    assert machine.bus.read(0xE000_E400, 1) == 0xE0
    machine.bus.write(0xE000_E400, 0, 1)


def test_flash_is_erased(machine: Machine) -> None:
    assert machine.bus.read_bytes(0x0100_0000, 0x800) == b"\xff" * 0x800


def test_network_processor_is_on_its_link(machine: Machine) -> None:
    assert machine.full_name("nwp") == "sysbus.lspi.nwp"
    shared, processor = machine.peripheral("ocpShared"), machine.peripheral("nwp")
    shared.lines[0].set(True)
    assert processor.powered
    shared.lines[0].set(False)
    assert not processor.powered


def test_buttons_and_leds(monitor: Interpreter) -> None:
    # GPIO 22 and 13, at the pins' own data addresses.
    monitor.execute("gpioa2.sw2 Press; gpioa1.sw3 Press")
    assert int(monitor.execute("sysbus ReadDoubleWord 0x40006100"), 16) == 1 << 6
    assert int(monitor.execute("sysbus ReadDoubleWord 0x40005080"), 16) == 1 << 5
    # GPIO 9 to 11 drive the LEDs.
    monitor.execute("sysbus WriteDoubleWord 0x40005400 0x0E")
    monitor.execute("sysbus WriteDoubleWord 0x40005038 0x0A")
    states = monitor.execute("gpioa1.led0 State; gpioa1.led1 State; gpioa1.led2 State")
    assert states == "True\nFalse\nTrue"


def test_macro_reset_loads_an_image_and_starts_at_the_rom(monitor: Interpreter) -> None:
    monitor.execute(f"$bin=@{PROBE}; runMacro $reset")
    assert monitor.execute("cpu VectorTableOffset") == "0x00000000"
    assert int(monitor.execute("cpu PC"), 16) < 0x0008_0000


def test_rom_starts_the_application() -> None:
    with Board(BOARD, PROBE, engine="embedded") as board:
        board.run(0.000_05)
        assert int(board.execute("cpu PC"), 16) >> 20 == 0x010
        assert int(board.execute("cpu VectorTableOffset"), 16) == 0x0100_0800
        assert board.wait_for_line("^probe:").text == "probe: cc3220sf_launchxl"
        assert board.wait_for_line("^radio:").text.startswith("radio: ok CC3220 NWP")


def test_the_chip_has_no_mpu(machine: Machine) -> None:
    """B3.5.4: MPU_TYPE.DREGION."""
    assert machine.bus.read(0xE000_ED90, 4) == 0


def test_the_chip_has_no_fpu(machine: Machine) -> None:
    """B3.2.20: coprocessors 10 and 11 can't be enabled; their instructions fault with NOCP."""
    machine.bus.write(CPACR, 0x00F0_0000, 4)
    assert machine.bus.read(CPACR, 4) == 0
