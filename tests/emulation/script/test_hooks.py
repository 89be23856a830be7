"""Hooks, logs of accesses and functions, steps and Python in the monitor."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.machine import LOG
from renode_wifi.emulation.script.interpreter import Interpreter
from tests.emulation.guest import RAM, counting_monitor, monitor_with

LOOP = 0x0800_000C
"""adds r0, #1; str r0, [r1]; b LOOP"""
FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"


@pytest.fixture
def monitor(tmp_path: Path) -> Interpreter:
    return counting_monitor(tmp_path)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, LOG)
    return caplog


def counted(monitor: Interpreter) -> int:
    return monitor.current.bus.read(RAM, 4)


def test_a_hook_is_executed_before_its_instruction(
    monitor: Interpreter, log: pytest.LogCaptureFixture
) -> None:
    script = "count = globals().get('count', 0) + 1; "
    script += "self.InfoLog('{0} at {1:x}, R0 {2}', count, pc, cpu.GetRegister(0).RawValue)"
    monitor.execute(f'cpu AddHook {LOOP + 2:#x} "{script}"')  # in the middle of a block
    monitor.execute("cpu Step 11")
    assert log.messages == [
        "cpu: 1 at 800000e, R0 1",
        "cpu: 2 at 800000e, R0 2",
        "cpu: 3 at 800000e, R0 3",
    ]
    monitor.execute(f"cpu RemoveHooksAt {LOOP + 2:#x}; cpu RemoveAllHooks; cpu Step 6")
    assert len(log.messages) == 3


def test_a_hook_stops_the_run_and_changes_registers(monitor: Interpreter) -> None:
    monitor.execute(f"cpu AddHook {LOOP + 2:#x} \"cpu.SetRegister(0, 7); monitor.Parse('pause')\"")
    machine = monitor.current
    machine.run(machine.now + 10**6)
    assert machine.core.read_register("pc") == LOOP + 2
    assert machine.core.read_register("r0") == 7


def test_a_hook_changes_no_time(monitor: Interpreter, tmp_path: Path) -> None:
    monitor.execute(f'cpu AddHook {LOOP:#x} "x = 1"')
    monitor.execute(f'sysbus AddWatchpointHook {RAM:#x} 4 Write "x = 1"')
    monitor.execute('emulation RunFor "0.0001"')
    (tmp_path / "plain").mkdir()
    plain = counting_monitor(tmp_path / "plain")
    plain.execute('emulation RunFor "0.0001"')
    assert counted(monitor) == counted(plain) > 100
    assert monitor.current.now == plain.current.now


@pytest.mark.parametrize(
    ("width", "access", "calls"),
    [("4", "Write", 3), ("DoubleWord", "2", 3), ("1", "ReadAndWrite", 3), ("4", "Read", 0)],
)
def test_a_hook_is_executed_behind_an_access(
    monitor: Interpreter, log: pytest.LogCaptureFixture, width: str, access: str, calls: int
) -> None:
    script = "self.WarningLog('{0:x} {1} {2}', address, width, value)"
    monitor.execute(f'sysbus AddWatchpointHook {RAM:#x} {width} {access} "{script}"')
    monitor.execute("cpu Step 13")
    assert log.messages == [f"sysbus: 20000000 4 {n}" for n in range(1, calls + 1)]
    monitor.execute(f"sysbus RemoveWatchpointHook {RAM:#x}; cpu Step 6")
    assert len(log.messages) == calls


def test_what_goes_wrong_in_a_hook_is_logged(
    monitor: Interpreter, log: pytest.LogCaptureFixture
) -> None:
    monitor.execute(f'cpu AddHook {LOOP:#x} "cpu.Nothing()"')
    monitor.execute("cpu Step 3")
    assert "hook at 0x0800000C: " in log.messages[0]
    with pytest.raises(RenodeWifiError, match="Python 3"):
        monitor.execute(f'cpu AddHook {LOOP:#x} "raise ValueError, 1"')


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ('sysbus AddWatchpointHook 0x0 4 Execute "x"', "Execute is no access"),
        ('sysbus AddWatchpointHook 0x0 Nibble Read "x"', "Nibble is no width"),
        ("sysbus LogPeripheralAccess sysbus.cpu", "cpu has no registers"),
        ("sysbus LogPeripheralAccess sysbus.nothing", "nothing is no peripheral"),
        ("cpu SetRegister 99 1", "no register has number 99"),
        ('cpu LogFunctionNames true "no_such"', "no function of the loaded images"),
        ('python "1 +"', "in line 1"),
        ('python "1/0"', "ZeroDivisionError"),
        ("connector Connect", "Bad parameters for command connector"),
        ("emulation CreateSwitch", "not here: the network is in the world file"),
    ],
)
def test_misuse_is_reported(monitor: Interpreter, command: str, message: str) -> None:
    with pytest.raises(RenodeWifiError, match=message):
        monitor.execute(command)


DEVICE = """
device: Python.PythonPeripheral @ sysbus 0x40000000
    size: 0x100
    script: "request.value = 5"
"""


def test_accesses_are_logged_and_changed(log: pytest.LogCaptureFixture) -> None:
    from tests.emulation.guest import CHIP

    monitor = monitor_with(CHIP + DEVICE)
    bus = monitor.current.bus
    monitor.execute("sysbus LogPeripheralAccess sysbus.device")
    assert bus.read(0x4000_0010, 4) == 5
    bus.write(0x4000_0002, 7, 1)
    assert log.messages == [
        "device: ReadUInt32 from 0x10 (unknown), returned 0x5",
        "device: WriteByte to 0x2 (unknown), value 0x7",
    ]
    monitor.execute('sysbus SetHookAfterPeripheralRead sysbus.device "value = value + offset"')
    assert bus.read(0x4000_0010, 4) == 0x15
    monitor.execute("sysbus LogPeripheralAccess sysbus.device false")
    monitor.execute('sysbus SetHookBeforePeripheralWrite sysbus.device "self.InfoLog(value)"')
    bus.write(0x4000_0000, 9, 4)
    assert log.messages[3:] == ["device: 9"]
    monitor.execute("sysbus ClearHookAfterPeripheralRead sysbus.device")
    monitor.execute("sysbus ClearHookBeforePeripheralWrite sysbus.device")
    assert bus.read(0x4000_0010, 4) == 5
    monitor.execute("sysbus LogAllPeripheralsAccess true; sysbus LogAllPeripheralsAccess false")
    assert bus.read(0x4000_0010, 4) == 5
    assert len(log.messages) == 4


@pytest.mark.parametrize(
    ("code", "instruction", "what"),
    [
        ("00bf 0868 0869", 0x104, "ReadUInt32 from 0x10"),  # nop; ldr r0, [r1]; ldr r0, [r1, #16]
        ("0870 0872 081d", 0x102, "WriteByte to 0x8"),  # strb r0, [r1]; strb r0, [r1, #8]
        ("c1f81400 0860", 0x100, "WriteUInt32 to 0x14"),  # str.w r0, [r1, #20]
        ("0860 0860", 0x102, "WriteUInt32 to 0x0"),  # the second of two alike
        ("51f8040b 51f8040b", 0x104, "ReadUInt32 from 0x4"),  # ldr r0, [r1], #4, twice
        ("c1e90203", 0x100, "WriteUInt32 to 0xC"),  # strd r0, r3, [r1, #8]
        ("0dc1", 0x100, "WriteUInt32 to 0x8"),  # stmia r1!, {r0, r2, r3}
        ("51f82020 51f82220", 0x104, "ReadUInt32 from 0x14"),  # ldr r2, [r1, r0, lsl #2], then r2
    ],
)
@pytest.mark.parametrize("interpret", [True, False])
def test_the_log_names_the_instruction_of_an_access(
    log: pytest.LogCaptureFixture, code: str, instruction: int, what: str, interpret: bool
) -> None:
    from tests.emulation.guest import CHIP

    monitor = monitor_with(CHIP + DEVICE)
    machine = monitor.current
    machine.core.use_fast_paths(False, interpret)
    machine.bus.write_bytes(0x2000_0100, bytes.fromhex(code + "fee7"))
    monitor.execute("sysbus LogPeripheralAccess sysbus.device")
    monitor.execute("cpu SP 0x20001000; cpu PC 0x20000100; cpu SetRegister 1 0x40000000")
    monitor.execute('emulation RunFor "0.000001"')
    found = [text for text in log.messages if what in text]
    assert f"[cpu: 0x{0x2000_0000 + instruction:X}] {what} (unknown)" in found[-1]


def test_the_log_names_the_instruction_of_an_access_to_a_tag(
    log: pytest.LogCaptureFixture,
) -> None:
    from tests.emulation.guest import CHIP

    monitor = monitor_with(CHIP)
    monitor.current.bus.write_bytes(0x2000_0100, bytes.fromhex("00bf 0868 0860 fee7"))
    monitor.execute('sysbus Tag <0x60000000, +4> "part" 0x1234')
    monitor.execute("cpu SP 0x20001000; cpu PC 0x20000100; cpu SetRegister 1 0x60000000")
    monitor.execute('emulation RunFor "0.000001"')
    assert log.messages == [
        "sysbus: [cpu: 0x20000102] (tag: 'part') ReadDoubleWord from non existing peripheral at"
        " 0x60000000, returning 0x00001234 (reported once)",
        "sysbus: [cpu: 0x20000104] (tag: 'part') WriteDoubleWord to non existing peripheral at"
        " 0x60000000, value 0x1234 (reported once)",
    ]


def test_an_empty_script_ends_a_hook(log: pytest.LogCaptureFixture) -> None:
    from tests.emulation.guest import CHIP

    monitor = monitor_with(CHIP + DEVICE)
    monitor.execute('sysbus SetHookAfterPeripheralRead sysbus.device "value = 9"')
    assert monitor.current.bus.read(0x4000_0010, 4) == 9
    monitor.execute('sysbus SetHookAfterPeripheralRead sysbus.device ""')
    assert monitor.current.bus.read(0x4000_0010, 4) == 5


def test_a_line_of_a_serial_port_calls_its_hook(log: pytest.LogCaptureFixture) -> None:
    from tests.emulation.guest import CHIP

    port = "\nusart1: UART.STM32F7_USART @ sysbus 0x40013800\n    frequency: 80000000\n"
    monitor = monitor_with(CHIP + port)
    monitor.execute("usart1 AddLineHook 'b' \"self.InfoLog('<{0}>', line)\"")
    monitor.execute("usart1 CR1 0x9")
    for byte in b"abc\r\nxyz\nb":
        monitor.current.bus.write(0x4001_3828, byte, 4)
    assert log.messages == ["usart1: <abc>"]


def test_functions_are_logged_by_name(log: pytest.LogCaptureFixture) -> None:
    from renode_wifi.emulation.engines.embedded.engine import new_script

    monitor = new_script()
    monitor.execute(f"$bin=@{FIRMWARE}/probe/b_l475e_iot01a.elf")
    monitor.execute("include @platforms/b_l475e_iot01a.resc; runMacro $reset")
    monitor.execute('sysbus.cpu LogFunctionNames true "main print"')
    monitor.execute('emulation RunFor "0.002"')
    entered = [text.split()[3] for text in log.messages if "Entering function" in text]
    assert entered[:2] == ["main", "print"]
    assert set(entered) <= {"main", "print"}
    monitor.execute("sysbus.cpu LogFunctionNames false")
    assert monitor.execute("sysbus.cpu Step").startswith("0x000000000800")
    assert monitor.execute("sysbus WhatPeripheralIsAt 0x40013838").startswith("sysbus.usart1 ")


def test_python_keeps_its_globals(monitor: Interpreter) -> None:
    assert monitor.execute('python "x = 5; print(x)"') == "5"
    assert monitor.execute('python "print x + 2"') == "7"  # Renode's scripts are Python 2
    assert monitor.execute("python \"print(x + 1, monitor.Parse('version')[:6])\"") == "6 renode"
    script = "print(machine.SystemBus.ReadDoubleWord(0x08000004), machine['sysbus.cpu'].SP)"
    assert monitor.execute(f'python "{script}"') == "134217737 0x20002000"


def test_seed_of_machines(monitor: Interpreter) -> None:
    monitor.execute("emulation SetSeed 77")
    assert monitor.execute("emulation GetSeed") == "0x0000004D"
    assert monitor.create_machine("second").seed == 77
