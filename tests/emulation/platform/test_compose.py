"""From descriptions to machines."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.create import python_name
from renode_wifi.emulation.platform.syntax import DescriptionError, Position, Problem
from tests.emulation.guest import CHIP, bare_machine, machine_with, monitor_with

PORTS = """
gpioPortA: GPIOPort.STM32_GPIOPort @ sysbus <0x48000000, +0x400>
    modeResetValue: 0

exti: IRQControllers.STM32F4_EXTI @ sysbus 0x40010400
    numberOfOutputLines: 32
    [0-1] -> nvic@[6-7]

syscfg: Miscellaneous.STM32_SYSCFG @ sysbus 0x40010000
    [0-15] -> exti@[0-15]

gpioPortA:
    [0-15] -> syscfg#0@[0-15]

button: Miscellaneous.Button @ gpioPortA 1
    -> gpioPortA@1

led: Miscellaneous.LED @ gpioPortA 5
    invert: true

gpioPortA:
    5 -> led@0
"""


def test_chip_is_on_its_bus() -> None:
    machine = machine_with()
    assert machine.bus.read(0x0800_0000, 4) == 0xFFFF_FFFF
    assert machine.bus.read(0x2000_0000, 4) == 0
    machine.bus.write_bytes(0x0800_0010, b"\x12\x34")
    assert machine.bus.read(0x10, 2) == 0x3412
    assert machine.full_name("flash") == "sysbus.flash"


def test_signals_travel_along_the_wires() -> None:
    machine = machine_with(CHIP + PORTS)
    port, exti = machine.peripheral("gpioPortA"), machine.peripheral("exti")
    exti.write(0x00, 0x2, 4)
    exti.write(0x08, 0x2, 4)
    machine.peripheral("button").press()
    assert port.read(0x10, 4) & 2
    assert exti.read(0x14, 4) == 2
    assert machine.bus.read(0xE000_E200, 4) & 1 << 7


def test_led_shows_the_pin_the_other_way_round_with_invert() -> None:
    machine = machine_with(CHIP + PORTS)
    events: list[tuple[str, str, dict[str, Any]]] = []
    machine.subscribe(lambda time, source, event, fields: events.append((source, event, fields)))
    assert machine.peripheral("led").state
    port = machine.peripheral("gpioPortA")
    port.write(0x00, 1 << 10, 4)
    port.write(0x18, 1 << 5, 4)
    assert events == [("led", "led", {"state": False})]


def test_children_have_their_parents_name() -> None:
    machine = machine_with(CHIP + PORTS)
    assert machine.full_name("button") == "sysbus.gpioPortA.button"


def test_several_outputs_of_one_input_are_joined() -> None:
    machine = machine_with(
        CHIP
        + """
one: Miscellaneous.Button @ none
    -> nvic@3
two: Miscellaneous.Button @ none
    -> nvic@3
three: Miscellaneous.Button @ none
    -> nvic@3
"""
    )
    one, three = machine.peripheral("one"), machine.peripheral("three")
    one.press()
    three.press()
    one.release()
    assert machine.bus.read(0xE000_E200, 4) & 1 << 3
    three.release()
    machine.bus.write(0xE000_E280, 1 << 3, 4)
    assert not machine.bus.read(0xE000_E200, 4) & 1 << 3


def test_combined_input_is_a_wired_or() -> None:
    machine = machine_with(
        CHIP
        + """
either: Miscellaneous.CombinedInput @ none
    numberOfInputs: 2
    -> nvic@4
a: Miscellaneous.Button @ none
    -> either@0
b: Miscellaneous.Button @ none
    -> either@1
"""
    )
    machine.peripheral("b").toggle()
    assert machine.peripheral("either").lines["OutputLine"].level
    machine.peripheral("b").toggle()
    assert not machine.peripheral("either").lines["OutputLine"].level


def test_new_wires_of_a_later_description_are_added() -> None:
    monitor = monitor_with(CHIP + PORTS)
    monitor.composer().load(
        "led2: Miscellaneous.LED @ gpioPortA 5\n\ngpioPortA:\n    5 -> led2@0\n"
    )
    machine = monitor.current
    port = machine.peripheral("gpioPortA")
    port.write(0x00, 1 << 10, 4)
    port.write(0x18, 1 << 5, 4)
    assert (machine.peripheral("led").state, machine.peripheral("led2").state) == (False, True)


def test_properties_are_set_after_creation() -> None:
    machine = machine_with(CHIP + "\ncpu:\n    PerformanceInMips: 80\n")
    assert machine.peripheral("cpu").performance_in_mips == 80


def test_init_sections_run_monitor_commands_on_their_object() -> None:
    machine = machine_with(CHIP + "\nram:\n    init:\n        WriteDoubleWord 0x10 0x1234\n")
    assert machine.bus.read(0x2000_0010, 4) == 0x1234


def test_reset_sections_run_at_each_reset() -> None:
    machine = machine_with(CHIP + "\nram:\n    reset:\n        WriteByte 0 0x55\n")
    assert machine.bus.read(0x2000_0000, 1) == 0
    machine.reset()
    assert machine.bus.read(0x2000_0000, 1) == 0x55


def test_preinit_runs_before_anything_exists(tmp_path: Path) -> None:
    monitor = monitor_with(
        "ram: Memory.MappedMemory @ sysbus 0\n    size: 0x1000\n    preinit:\n        set seen 5\n"
    )
    assert monitor.execute("echo $seen") == "5"


def test_none_gives_a_parameter_its_default() -> None:
    machine = machine_with(
        "led: Miscellaneous.LED @ none\n    invert: true\nled:\n    invert: none\n"
    )
    assert not machine.peripheral("led").inverted


def test_tags_answer_and_swallow(caplog: pytest.LogCaptureFixture) -> None:
    machine = machine_with(
        CHIP
        + """
sysbus:
    init:
        Tag <0x50000000, 0x50001000> "USB" 0x1234
        SilenceRange <0x50010000 0x1000>
        ApplySVD @https://example.org/chip.svd
"""
    )
    machine.run(0)
    with caplog.at_level(logging.WARNING):
        assert machine.bus.read(0x5000_0008, 4) == 0x1234
        machine.bus.write(0x5000_0008, 1, 4)
        machine.bus.write(0x5000_0008, 2, 4)
        assert machine.bus.read(0x5001_0008, 4) == 0
    assert [record.getMessage() for record in caplog.records[1:]] == [
        "sysbus: (tag: 'USB') ReadDoubleWord from non existing peripheral at 0x50000008, returning"
        " 0x00001234",
        "sysbus: (tag: 'USB') WriteDoubleWord to non existing peripheral at 0x50000008, value 0x1",
        "sysbus: (tag: 'USB') WriteDoubleWord to non existing peripheral at 0x50000008, value 0x2",
    ]


def test_bus_registration_objects() -> None:
    machine = machine_with(
        "crc: CRC.STM32_CRC @ {"
        " sysbus new Bus.BusRangeRegistration { address: 0x40023000; size: 0x400 };"
        " sysbus new Bus.BusPointRegistration { address: 0x50000000 } }\n"
        "    series: STM32Series.F0\n"
    )
    assert [str(place) for place in machine.places["crc"]] == [
        "<0x40023000, +0x400>",
        "<0x50000000, +0x400>",
    ]


FLASH_CONTROLLER = (
    "controller: MTD.STM32F4_FlashController @ { sysbus 0x40023C00;"
    ' sysbus new Bus.BusMultiRegistration { address: 0x1FFFC000; size: 0x100; region: "%s" } }\n'
    "    flash: flash\n"
)


def test_a_region_of_a_model_has_a_place_of_its_own() -> None:
    machine = machine_with(CHIP + FLASH_CONTROLLER % "optionBytes")
    assert machine.bus.read(0x1FFFC000, 4) == 0xAAEC
    with pytest.raises(RenodeWifiError, match="controller has no region 'otherBytes'"):
        machine_with(CHIP + FLASH_CONTROLLER % "otherBytes")


def test_file_that_is_not_there() -> None:
    with pytest.raises(RenodeWifiError, match="Could not find file"):
        monitor_with().composer().load_file(Path("/nowhere/board.repl"))


@pytest.mark.parametrize(
    ("source", "problem", "place", "message", "cure"),
    [
        ("a: UART.STM32F7_UART @ none", 4, (1, 4), "resolve type: 'UART.STM32F7_UART'", "F7_USART"),
        ("a: STM32F7_USART @ none", 4, (1, 4), "resolve type", "did you mean UART.STM32F7_USART"),
        ("a: Wireless.CC2520 @ none", 4, (1, 4), "resolve type", "--engine renode"),
        ("a: Memory.MappedMemory @ none", 25, (1, 4), "size missing", "add `size: …`"),
        ("a: Memory.MappedMemory @ none\n    sice: 1", 25, (2, 5), "'sice'", "did you mean size"),
        ("a: Miscellaneous.LED @ none\n    x: 1", 25, (2, 5), "'x'", "parameters are: invert"),
        ("a: Memory.MappedMemory @ none\n    size: 0", 38, (1, 4), "size 0", "bytes above 0"),
        (
            "a: Memory.MappedMemory @ none\n    size: [1]",
            6,
            (2, 11),
            "Expected int",
            "size of Memory.MappedMemory takes a number",
        ),
        ("a: Miscellaneous.LED @ none\n    Nope: 1", 10, (2, 5), "'Nope' does not exist", "small"),
        (
            "cpu:\n    ExecutedInstructions: 1",
            7,
            (2, 5),
            "ExecutedInstructions does not have a public setter",
            "only be read",
        ),
        (
            "a: Memory.MappedMemory @ none\n    size: 0x100000001",
            38,
            (2, 11),
            "more than",
            "at most",
        ),
        ("cpu:\n    IsHalted: 1", 6, (2, 15), "Expected bool", "IsHalted takes true or false"),
        ("cpu:\n    Nvic: nvic", 7, (2, 5), "public setter", "only be read"),
        ("ram:\n    Read: 1", 10, (2, 5), "'Read' does not exist", "small letter"),
        ("sysbus: @ sysbus 1", 39, (1, 11), "is where it is", "what you create"),
        ("a: Miscellaneous.LED @ machine", 39, (1, 24), "interface to register", "bus controller"),
        (
            "s: STM32L4_SPI @ sysbus 0x40003C00\na: Miscellaneous.LED @ s",
            39,
            (2, 24),
            "interface",
            "",
        ),
        ("a: STM32L4_FLASH @ none\n    base: 0x10000000000", 38, (1, 4), "of 'a'", None),
        ("a: Miscellaneous.LED @ none\n    -> nvic@1", 13, (2, 5), "any property", None),
        ("a: Timers.STM32F4_RTC @ none\n    -> nvic@1", 15, (2, 5), "Ambiguous", "AlarmIRQ, Wake"),
        ("a: Miscellaneous.Button @ none\n    1 -> nvic@1", 43, (2, 5), "have IRQ 1", "it has IRQ"),
        ("a: Miscellaneous.Button @ none\n    X -> nvic@1", 13, (2, 5), "have IRQ X", "it has IRQ"),
        ("a: Miscellaneous.Button @ none\n    -> ram@1", 12, (2, 5), "destination", "name an"),
        ("a: Miscellaneous.Button @ none\n    -> nvic#1@1", 18, (2, 5), "local", "nvic@1"),
        ("a: Miscellaneous.Button @ none\n    -> nvic@999", 11, (2, 5), "no input 999", None),
        (
            "s: Miscellaneous.STM32_SYSCFG @ none\na: Miscellaneous.Button @ none\n    -> s#99@1",
            11,
            (3, 5),
            "no local input 99",
            None,
        ),
        (
            "a: Memory.MappedMemory @ sysbus 0x8000000\n    size: 4096",
            39,
            (1, 26),
            "overlaps",
            "<a",
        ),
        (
            "a: CRC.STM32_CRC @ sysbus\n    series: .F0",
            39,
            (1, 20),
            "no address",
            "write it behind",
        ),
        (
            "a: Miscellaneous.LED @ sysbus 0x60000000",
            39,
            (1, 24),
            "cannot be on the system bus",
            "@ none",
        ),
        ("a: Miscellaneous.LED @ ram", 39, (1, 24), "interface to register", "bus controller"),
        ("a: CRC.STM32_CRC @ sysbus 1.5\n    series: .F0", 21, (1, 20), "suitable", "an address"),
        ("p: GPIOPort.STM32_GPIOPort\nb: Miscellaneous.LED @ p 1", 39, (2, 1), "parents", "of its"),
        (
            'c: CPU.CortexM @ none\n    cpuType: "cortex-m0"\n    nvic: nvic',
            38,
            (1, 4),
            "no core",
            "m4",
        ),
    ],
)
def test_errors(
    source: str, problem: int, place: tuple[int, int], message: str, cure: str | None
) -> None:
    monitor = monitor_with()
    with pytest.raises(DescriptionError) as caught:
        monitor.composer().load(source, "board.repl")
    error = caught.value
    assert (error.problem, (error.line, error.column)) == (Problem(problem), place)
    assert message in error.message
    assert (cure or "") in (error.cure or "")


def test_numbered_outputs_count_named_ones() -> None:
    monitor = monitor_with(CHIP)
    position = Position("x.resc", 7, 1)
    monitor.composer().create("spi", "STM32L4_SPI", "sysbus <0x40003C00, +0x400>", "", position)
    monitor.composer().load("spi:\n    0 -> nvic@51\n")
    spi = monitor.current.peripheral("spi")
    spi.lines["IRQ"].set(True)
    assert monitor.current.bus.read(0xE000_E204, 4) & 1 << (51 - 32)


def test_created_objects_take_attributes() -> None:
    monitor = monitor_with(CHIP)
    monitor.composer().create(
        "id",
        "STM32L4_Signature",
        "sysbus 0x1FFF7500",
        "uid0: 1; flashSize: 0x80",
        Position("", 1, 1),
    )
    assert monitor.current.bus.read(0x1FFF_7590, 4) == 1


@pytest.mark.parametrize(
    ("name", "place", "attributes", "message"),
    [
        ("ram", "none", "", "already declared"),
        ("a", "sysbus <1", "", "Syntax error"),
        ("a", "sysbus 1", "-> nvic@1", "only `name: value` attributes"),
        ("a", "sysbus 1", "x 1", "Syntax error"),
    ],
)
def test_created_objects_are_checked(name: str, place: str, attributes: str, message: str) -> None:
    with pytest.raises(RenodeWifiError, match=message) as caught:
        monitor_with().composer().create(
            name, "STM32L4_RNG", place, attributes, Position("x.resc", 7, 1)
        )
    assert str(caught.value).startswith("x.resc:7:1: ")


@pytest.mark.parametrize(
    ("renode", "python"),
    [
        ("PC", "pc"),
        ("WriteDoubleWord", "write_double_word"),
        ("LoadELF", "load_elf"),
        ("PerformanceInMips", "performance_in_mips"),
        ("ApplySVD", "apply_svd"),
        ("GetSymbolAddress", "get_symbol_address"),
        ("RunFor", "run_for"),
        ("press", "press"),
    ],
)
def test_member_names(renode: str, python: str) -> None:
    assert python_name(renode) == python


def test_bare_machine_has_nothing_but_its_bus() -> None:
    assert bare_machine().names() == ["sysbus", "machine"]
