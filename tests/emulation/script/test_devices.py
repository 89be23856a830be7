"""Devices by name: methods, properties, memory, symbols."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.segments import Segment
from renode_wifi.emulation.script.devices import convert
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.members.emulation import nanoseconds
from tests.emulation.guest import CHIP, counter_image, counting_monitor, monitor_with
from tests.emulation.image.writers import intel_hex

BOARD = (
    CHIP
    + """
usart1: UART.STM32F7_USART @ sysbus 0x40013800
    frequency: 80000000
    -> nvic@37

gpioPortA: GPIOPort.STM32_GPIOPort @ sysbus <0x48000000, +0x400>
    modeResetValue: 0

button: Miscellaneous.Button @ gpioPortA 0
    -> gpioPortA@0
"""
)


@pytest.fixture
def monitor() -> Interpreter:
    return monitor_with(BOARD)


def test_memory_through_the_bus(monitor: Interpreter) -> None:
    monitor.execute("sysbus WriteDoubleWord 0x20000000 0x12345678; sysbus WriteByte 0x20000001 0")
    assert monitor.execute("sysbus ReadDoubleWord 0x20000000") == "0x12340078"
    assert monitor.execute("sysbus ReadWord 0x20000002") == "0x1234"
    assert monitor.execute("sysbus ReadByte 0x20000003") == "0x12"
    monitor.execute("sysbus WriteWord 0x20000000 0xFFFF")
    assert monitor.execute("sysbus ReadBytes 0x20000000 4") == "[\n0xFF, 0xFF, 0x34, 0x12, \n]"
    monitor.execute("sysbus ZeroRange 0x20000000 2")
    assert monitor.execute("sysbus ReadDoubleWord 0x20000000") == "0x12340000"


def test_bytes_and_long_words(monitor: Interpreter) -> None:
    monitor.execute("sysbus WriteQuadWord 0x20000000 0x1122334455667788")
    assert monitor.execute("sysbus ReadQuadWord 0x20000000") == "0x1122334455667788"
    monitor.execute("sysbus WriteBytes address=0x20000000 bytes=[1, 2]")
    monitor.execute("sysbus WriteASCIIString 0x20000002 'hey'")
    expected = "[\n0x01, 0x02, 0x68, 0x65, 0x79, 0x33, 0x22, 0x11, 0x00, 0x00, \n0x00, \n]"
    assert monitor.execute("sysbus ReadBytes 0x20000000 11") == expected
    assert monitor.execute("dump 0x20000000 6 4") == (
        "0x20000000 | 01 02 68 65 | ..he\n0x20000004 | 79 33       | y3"
    )


def test_where_nothing_is_an_access_is_logged(
    monitor: Interpreter, caplog: pytest.LogCaptureFixture
) -> None:
    assert (
        monitor.execute("sysbus ReadWord 0x90000000; sysbus WriteByte 0x90000001 0x147") == "0x0000"
    )
    assert caplog.messages == [
        "sysbus: ReadWord from non existing peripheral at 0x90000000.",
        "sysbus: WriteByte to non existing peripheral at 0x90000001, value 0x47.",
    ]


def test_a_trivial_port_sends_what_is_stored(monitor: Interpreter) -> None:
    monitor.execute(
        'machine LoadPlatformDescriptionFromString "plain: UART.TrivialUart @ sysbus 0x60000000"'
    )
    sent: list[object] = []
    monitor.current.subscribe(
        lambda time, source, event, fields: sent.append(fields["byte"]), "uart"
    )
    monitor.execute("sysbus.plain WriteDoubleWord 0 0x141; sysbus.plain WriteChar 5")
    assert sent == [0x41]
    assert monitor.execute("sysbus ReadDoubleWord 0x60000000") == "0x00000000"


def test_arguments_by_name(monitor: Interpreter) -> None:
    monitor.execute("sysbus Tag <0x60000000, +4> 'there' silent=true defaultValue=0x77")
    assert monitor.execute("sysbus ReadDoubleWord address=0x60000000") == "0x00000077"


def test_core_registers_by_name_and_number(monitor: Interpreter) -> None:
    monitor.execute('cpu SetRegister "R3" 5; cpu SetRegister 4 6; cpu SetRegister "control" 2')
    assert monitor.execute('cpu GetRegister 3; cpu GetRegister "r4"; cpu GetRegister 18') == (
        "0x5\n0x6\n0x2"
    )
    assert "R3        0x00000005\nR4        0x00000006\n" in monitor.execute(
        "cpu GetRegistersValues"
    )


def test_an_output_line_is_shown_and_set(monitor: Interpreter) -> None:
    assert (
        monitor.execute("usart1 IRQ; usart1 IRQ Set true; usart1 IRQ") == "GPIO: unset\nGPIO: set"
    )
    assert monitor.execute("usart1 IRQ Toggle; usart1 IRQ IsSet") == "False"
    assert monitor.execute("usart1 IRQ Set; usart1 IRQ Unset; usart1 IRQ") == "GPIO: unset"


@pytest.mark.parametrize("text", ["", "<a/>", "not XML"])
def test_an_svd_file_is_read(monitor: Interpreter, tmp_path: Path, text: str) -> None:
    path = tmp_path / "chip.svd"
    path.write_text(text)
    with pytest.raises(RenodeWifiError, match="is no SVD file"):
        monitor.execute(f"sysbus ApplySVD @{path}")
    path.write_text("<device/>")
    assert monitor.execute(f"sysbus ApplySVD @{path}") == ""


def test_python_peripherals_at_an_address(monitor: Interpreter, tmp_path: Path) -> None:
    script = tmp_path / "device.py"
    script.write_text("request.value = request.offset + 0x20 if request.isRead else 0")
    monitor.execute(f"machine PyDevFromFile @{script} 0x60000000 0x10")
    assert monitor.execute("sysbus ReadDoubleWord 0x60000004") == "0x00000024"
    script_text = "request.value = 7 if request.isRead else '''x'''"
    monitor.execute(f'machine PyDevFromString "{script_text}" 0x60000010 4 name="other"')
    assert monitor.execute("sysbus.other ReadDoubleWord 0") == "0x00000007"


def test_what_an_emulation_is(monitor: Interpreter) -> None:
    before = "emulation IsStarted; start; emulation IsStarted; emulation MachinesCount"
    assert monitor.execute(before) == "False\nTrue\n0x00000001"
    monitor.execute('machine SetQuantum "0.001"; emulation RunToNearestSyncPoint')
    assert "Quantum: 00:00:00.001000000" in monitor.execute("machine GetTimeSourceInfo")
    monitor.execute("emulation RunFor 0.25")
    assert monitor.execute("machine ElapsedVirtualTime") == "00:00:00.250000"


def test_device_by_full_and_short_name(monitor: Interpreter) -> None:
    assert monitor.execute("sysbus.ram ReadByte 0") == monitor.execute("ram ReadByte 0")
    assert monitor.execute("sysbus.gpioPortA.button Pressed") == "False"
    assert monitor.execute("gpioPortA.button Pressed") == "False"


def test_registers_of_a_peripheral(monitor: Interpreter) -> None:
    monitor.execute("gpioPortA WriteDoubleWord 0x0 0x5")
    assert monitor.execute("gpioPortA ReadDoubleWord 0") == "0x00000005"
    monitor.execute("ram WriteByte 0 1; ram WriteWord 2 3")
    assert monitor.execute("ram ReadDoubleWord 0; ram ReadWord 2") == "0x00030001\n0x0003"


def test_registers_by_name_and_field(monitor: Interpreter) -> None:
    monitor.execute("usart1 CR1 0x0D; gpioPortA ODR 0x3")
    assert monitor.execute("usart1 CR1") == "CR1 = 0xD (TE RE UE)"
    assert monitor.execute("gpioPortA ODR") == "ODR = 0x3 (OD1 OD0)"
    registers = monitor.execute("usart1 Registers").splitlines()
    assert registers[0] == "CR1 = 0xD (TE RE UE)"
    assert "ISR = 0x6000C0 (REACK TEACK TXE TC)" in registers
    assert "registers: MODER OTYPER" in monitor.execute("gpioPortA")
    with pytest.raises(RenodeWifiError, match="did you mean BSRR"):
        monitor.execute("gpioPortA BSR")
    with pytest.raises(RenodeWifiError, match="is not a number"):
        monitor.execute('usart1 CR1 "on"')


def test_methods_and_properties(monitor: Interpreter) -> None:
    monitor.execute("gpioPortA.button Press")
    assert monitor.execute("gpioPortA.button Pressed") == "True"
    assert monitor.execute("gpioPortA ReadDoubleWord 0x10") == "0x00000001"
    monitor.execute("cpu PerformanceInMips 100; cpu SP 0x20001000")
    assert monitor.execute("cpu PerformanceInMips; cpu SP") == "0x00000064\n0x20001000"


def test_typing_into_a_serial_port(monitor: Interpreter) -> None:
    monitor.execute("usart1 WriteDoubleWord 0 0x5")
    monitor.execute("usart1 WriteChar 0x41; emulation RunFor 0.01")
    assert monitor.execute("usart1 ReadDoubleWord 0x24") == "0x00000041"
    monitor.execute('usart1 WriteLine "B"')
    monitor.execute('usart1 WriteChar "C"')


def test_property_of_a_property(monitor: Interpreter) -> None:
    assert monitor.execute("cpu Nvic PriorityMask") == "0x000000F0"


def test_lists_and_devices_as_arguments() -> None:
    monitor = monitor_with()
    machine = monitor.current
    probe = _Probe()
    machine.add("probe", probe)
    monitor.execute("probe Take [1, 2] ram word")
    assert probe.taken == ([1, 2], machine.peripheral("ram"), "word")


class _Probe:
    taken: tuple[object, ...] = ()

    def take(self, *values: object) -> None:
        self.taken = values


def test_device_alone_lists_what_it_can_do(monitor: Interpreter) -> None:
    listing = monitor.execute("usart1")
    assert " - WriteChar (value)" in listing
    assert " - ReadDoubleWord (offset)" in listing
    assert " - Name" in listing


@pytest.mark.parametrize(
    ("line", "message", "cure"),
    [
        ("cpu PerformenceInMips", "does not provide", "did you mean PerformanceInMips?"),
        ("cpu Xyzzy", "does not provide", "`cpu` lists"),
        ("cpu 5", "default-named indexer", "`cpu` lists"),
        (
            "sysbus ReadByte",
            "Parameters did not match the signature",
            "usage: sysbus ReadByte address",
        ),
        ("sysbus.ram ReadByte 0x9999", "outside of ram", "8192 bytes"),
        ("sysbus ReadBytes 0x90000000 4", "nothing is mapped", None),
        (
            'sysbus ReadByte "x"',
            "Parameters did not match the signature",
            "usage: sysbus ReadByte address",
        ),
        ("cpu GetRegister 99", "no register has number 99", "16 is xPSR"),
        ('cpu SetRegister "R20" 1', "no register is called 'R20'", "r0..r15"),
        (
            "usart1 WriteChar [1]",
            "Parameters did not match the signature",
            "usage: usart1 WriteChar value",
        ),
        ("sysbus WriteBytes [256] 0x20000000", "are no bytes", "write [1"),
        ("sysbus Tag <0 4> 'x' nosuch=1", "did not match", "[defaultValue] [pausing] [silent]"),
        ("sysbus Tag <0 4> 'x' pausing=true", "don't pause", "AddWatchpointHook"),
        ("sysbus ApplySVD @none.svd", "Could not find file 'none.svd'", "give the path"),
        ("machine PyDevFromFile @none.py 0 4", "Could not find file", "path"),
        ("machine PyDevFromString 'x = 1' 0 4 name='usart1'", "exists already", "another name"),
        ("usart1 IRQ Nosuch", "does not provide", "lists"),
        ("cpu PerformanceInMips 1 2", "one value is enough", "write cpu PerformanceInMips 1"),
        ('cpu PerformanceInMips "x"', "property PerformanceInMips", "can be read only"),
        ("cpu IsHalted 5", "neither true nor false", "read only"),
        ("cpu ExecutedInstructions 5", "property ExecutedInstructions", "read only"),
        (
            'sysbus GetSymbolAddress "main"',
            "Could not find any address for symbol: main",
            "LoadELF",
        ),
        ('emulation RunFor "soon"', "'soon' is not a time", "write seconds"),
        ("sysbus LoadELF @none.elf", "cannot read the image", "give the path"),
        ("machine LoadPlatformDescription @none.repl", "Could not find file", "$ORIGIN"),
    ],
)
def test_errors(monitor: Interpreter, line: str, message: str, cure: str | None) -> None:
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute(line)
    assert message in caught.value.message
    assert (cure or "") in (caught.value.cure or "")


def test_binary_is_loaded_and_started(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    assert monitor.execute("cpu PC") == "0x8000008"
    monitor.execute('emulation RunFor "00:00:00.001"')
    assert int(monitor.execute("sysbus ReadDoubleWord 0x20000000"), 16) > 20_000


def test_hex_file_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "counter.hex").write_text(intel_hex([Segment(0x0800_0000, counter_image())]))
    monitor = monitor_with(BOARD)
    monitor.execute(f"sysbus LoadHEX @{tmp_path / 'counter.hex'}")
    assert monitor.execute("cpu PC") == "0x8000008"


def test_symbols_of_an_image(monitor: Interpreter) -> None:
    probe = Path(__file__).parents[3] / "firmware/probe/b_l475e_iot01a.elf"
    monitor.execute(f"sysbus LoadSymbolsFrom @{probe}")
    address = monitor.execute('sysbus GetSymbolAddress "main"')
    assert monitor.execute(f"sysbus FindSymbolAt {address}") == "main"
    assert monitor.execute("sysbus FindSymbolAt 0x10") == ""


def test_what_is_at_an_address(monitor: Interpreter) -> None:
    assert (
        monitor.execute("sysbus WhatIsAt 0x40013810")
        == "sysbus.usart1 (STM32F7_USART) <0x40013800, +0x400>"
    )
    assert monitor.execute("sysbus WhatIsAt 0x90000000") == ""


def test_description_from_a_string(monitor: Interpreter) -> None:
    monitor.execute(
        'machine LoadPlatformDescriptionFromString "lamp: Miscellaneous.LED @ gpioPortA 5"'
    )
    assert monitor.execute("gpioPortA.lamp State") == "False"


def test_description_from_a_file(monitor: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "lamp.repl").write_text("lamp: Miscellaneous.LED @ gpioPortA 5\n")
    monitor.execute(f"machine LoadPlatformDescription @{tmp_path / 'lamp.repl'}")
    assert monitor.execute("gpioPortA.lamp Inverted") == "False"


def test_machine_reset_runs_the_macro(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute('emulation RunFor "0.001"')
    monitor.execute('macro reset "sysbus WriteDoubleWord 0x20000000 7"; machine Reset')
    assert monitor.execute("cpu PC") == "0x8000008"
    assert monitor.execute("sysbus ReadDoubleWord 0x20000000") == "0x00000007"


def test_reset_can_be_asked_for(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute('emulation RunFor "0.001"; machine RequestReset; emulation RunFor "0.0001"')
    assert monitor.current.reset_cause == "pin"


def test_settings_of_renodes_scheduler_are_accepted(monitor: Interpreter) -> None:
    for line in (
        'emulation SetGlobalQuantum "0.00001"',
        "emulation SetGlobalAdvanceImmediately true",
        "emulation SetGlobalSerialExecution true",
        "emulation SingleStepBlocking false",
    ):
        assert monitor.execute(line) == ""


@pytest.mark.parametrize(
    ("text", "time"),
    [("0.1", 10**8), (2, 2 * 10**9), (0.5, 5 * 10**8), ("00:01:00.5", 60_500_000_000)],
)
def test_times(text: str | int | float, time: int) -> None:
    assert nanoseconds(text) == time


@pytest.mark.parametrize("text", ["x", -1, "1:-2", "inf", "nan"])
def test_what_is_no_time(text: str | int) -> None:
    with pytest.raises(RenodeWifiError, match="is not a time"):
        nanoseconds(text)


def test_values_take_the_kind_of_the_property() -> None:
    assert convert(True, False) is True
    assert convert("x", "y") == "x"
    assert convert(1, None) == 1
