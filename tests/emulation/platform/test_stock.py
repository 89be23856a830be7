"""Core, memories, button, LED and peripherals written in Python."""

from __future__ import annotations

import logging
import math
from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.stock.python_peripheral import PythonPeripheral
from tests.emulation.guest import CHIP, FLASH, RAM, counting_monitor, machine_with

NOCP = 1 << 19
"""UFSR.NOCP, as a bit of CFSR."""
FLIP_FLOP = """
if request.IsInit:
    last = 0
elif request.IsRead:
    last = 1 - last
    request.Value = last * 0xFFFFFFFF
elif request.IsWrite:
    last = request.value & 1
    self.NoisyLog("at 0x%x: %d of %d bytes" % (request.Offset, request.Length, size))
"""


def scripted(script: str, initable: bool = True) -> tuple[Machine, PythonPeripheral]:
    machine = machine_with(
        CHIP
        + "py: Python.PythonPeripheral @ sysbus 0x40000000\n    size: 0x1000\n"
        + f"    initable: {str(initable).lower()}\n    script: '''{script}'''\n"
    )
    return machine, machine.peripheral("py")


def test_script_runs_once_per_access(caplog: pytest.LogCaptureFixture) -> None:
    machine, _ = scripted(FLIP_FLOP)
    assert [machine.bus.read(0x4000_0000, 4) for _ in range(3)] == [0xFFFFFFFF, 0, 0xFFFFFFFF]
    with caplog.at_level(logging.DEBUG):
        machine.bus.write(0x4000_0010, 1, 4)
    assert machine.bus.read(0x4000_0000, 2) == 0
    assert "py: at 0x10: 4 of 4096 bytes" in caplog.text


def test_script_state_is_part_of_a_snapshot() -> None:
    machine, _ = scripted(FLIP_FLOP)
    machine.bus.read(0x4000_0000, 4)
    state = machine.save()
    machine.bus.read(0x4000_0000, 4)
    machine.restore(state)
    assert machine.bus.read(0x4000_0000, 4) == 0


def test_failing_script_reads_zero_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    machine, _ = scripted("request.Value = nothing", initable=False)
    assert machine.bus.read(0x4000_0000, 4) == 0
    assert "py: script failed: NameError" in caplog.text


def test_script_can_log_at_every_level(caplog: pytest.LogCaptureFixture) -> None:
    machine, _ = scripted("self.InfoLog('i'); self.WarningLog('w'); self.ErrorLog('e')", False)
    with caplog.at_level(logging.INFO):
        machine.bus.read(0x4000_0000, 4)
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING", "ERROR"]


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ("script: \"print 'x'\"", "does not run in Python 3"),
        ('filename: "none.py"', "Could not find file 'none.py'"),
        ("initable: true", "needs a script"),
    ],
)
def test_unusable_scripts(attributes: str, message: str) -> None:
    with pytest.raises(RenodeWifiError, match=message):
        machine_with(f"py: Python.PythonPeripheral @ none\n    size: 4\n    {attributes}\n")


def test_script_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seven.py").write_text("request.Value = 7")
    monkeypatch.chdir(tmp_path)
    machine = machine_with(
        "py: Python.PythonPeripheral @ sysbus 0x40000000\n"
        '    size: 4096\n    filename: "seven.py"\n'
    )
    assert machine.bus.read(0x4000_0000, 4) == 7


def test_request_knows_no_other_attribute() -> None:
    machine, _ = scripted("request.Nonsense")
    assert machine.bus.read(0x4000_0000, 4) == 0


def test_core_registers(tmp_path: Path) -> None:
    machine = counting_monitor(tmp_path).current
    cpu = machine.peripheral("cpu")
    assert (cpu.sp, cpu.pc) == (0x2000_2000, FLASH + 8)
    cpu.lr, cpu.sp = 0x1234, 0x2000_1000
    assert (cpu.lr, cpu.sp) == (0x1234, 0x2000_1000)
    cpu.pc = FLASH + 0xC
    machine.run(1000)
    assert cpu.executed_instructions > 0


def test_vector_table_offset_is_where_the_core_starts(tmp_path: Path) -> None:
    machine = counting_monitor(tmp_path).current
    cpu = machine.peripheral("cpu")
    cpu.vector_table_offset = FLASH
    assert cpu.vector_table_offset == FLASH
    machine.reset()
    assert cpu.vector_table_offset == FLASH


def test_pended_interrupt_is_pending() -> None:
    machine = machine_with()
    machine.peripheral("nvic").pend(9)
    assert machine.bus.read(0xE000_E200, 4) == 1 << 9


def test_memory_by_offset() -> None:
    ram = machine_with().peripheral("ram")
    ram.write(0x10, 0x1_2345, 2)
    assert ram.read(0x10, 4) == 0x2345
    with pytest.raises(RenodeWifiError, match="offset 0x2000 is outside of ram"):
        ram.read(0x2000, 1)


def test_memory_off_the_bus_keeps_what_was_written() -> None:
    memory = Memory(machine_with(), "loose", 0x800000, initialValue=0xFF)
    memory.write(0x1FE, 0x1234_5678, 4)
    assert memory.read(0x1FC, 4) == 0x5678_FFFF
    assert memory.read(0x200, 2) == 0x1234
    assert memory.read(0x7FFFFC, 4) == 0xFFFF_FFFF
    with pytest.raises(RenodeWifiError, match="outside"):
        memory.read(0x7FFFFD, 4)


def test_button_pressed_and_released() -> None:
    machine = machine_with("b: Miscellaneous.Button @ none\n    invert: true\n")
    button = machine.peripheral("b")
    assert button.lines["IRQ"].level
    button.press()
    assert not button.lines["IRQ"].level
    button.press_and_release()
    assert button.lines["IRQ"].level
    assert not button.pressed


# ldr r0, =CPACR; ldr r1, =0xF00000; str r1, [r0]; dsb; vmov.f32 s0, #1.0; b .
USES_FPU = (
    bytes.fromhex("0348 0449 0160 bff34f8f b7ee000a fee7".replace(" ", ""))
    + (0xE000_ED88).to_bytes(4, "little")
    + (0x00F0_0000).to_bytes(4, "little")
)


@pytest.mark.parametrize(("core", "fault"), [("cortex-m4", NOCP), ("cortex-m4f", None)])
def test_a_core_without_fpu_faults_on_its_instructions(core: str, fault: int | None) -> None:
    machine = machine_with(CHIP.replace("cortex-m4f", core))
    vectors = (RAM + 0x2000).to_bytes(4, "little") + (FLASH + 9).to_bytes(4, "little")
    machine.bus.write_bytes(FLASH, vectors + USES_FPU)
    machine.core.stop_on_fault = True
    machine.start()
    stop = machine.run(10_000)
    crash = machine.core.last_fault
    if fault is None:
        assert (stop, crash) == (Stop.TIME, None)
    else:
        assert stop is Stop.CRASH
        assert crash is not None
        assert crash.fault_status["CFSR"] == fault
        assert "has no FPU" in (crash.cure or "")


def test_a_halted_core_executes_nothing_while_time_passes(tmp_path: Path) -> None:
    machine = counting_monitor(tmp_path).current
    cpu = machine.peripheral("cpu")
    machine.run(1000)
    cpu.is_halted = True
    counted = machine.bus.read(RAM, 4)
    machine.run(10**6)
    assert cpu.is_halted
    assert (machine.bus.read(RAM, 4), machine.now) == (counted, 10**6)
    state = machine.save()
    cpu.is_halted = False
    machine.run(2 * 10**6)
    assert machine.bus.read(RAM, 4) > counted
    machine.restore(state)
    assert cpu.is_halted
    machine.reset()
    assert not cpu.is_halted


def test_a_machine_without_program_lets_time_pass(caplog: pytest.LogCaptureFixture) -> None:
    machine = machine_with(CHIP.replace("    ResetByte: 0xFF\n", ""))
    assert machine.run(10**6) is Stop.TIME
    assert machine.run(2 * 10**6) is Stop.TIME
    assert [each for each in caplog.messages if "halted" in each] == [
        "PC and SP are 0, nothing was loaded: cpu is halted"
    ]


def test_a_pwm_tester_measures_between_edges() -> None:
    machine = machine_with(
        CHIP
        + "port: GPIOPort.STM32_GPIOPort @ sysbus <0x48000000, +0x400>\n    10 -> pt@0\n"
        + "pt: PWMTester @ port 10\n"
    )
    tester = machine.peripheral("pt")
    tester.reset()
    assert math.isnan(tester.high_percentage)
    for time, level in ((1000, True), (4000, False), (5000, True), (8000, False)):
        machine.run(time * 1000)
        tester.on_gpio(0, level)
    assert (tester.high_ticks, tester.low_ticks) == (6000, 1000)
    assert tester.high_percentage == pytest.approx(600 / 7)
    assert tester.low_percentage == pytest.approx(100 / 7)
    tester.on_gpio(1, True)
    tester.reset()
    assert tester.high_ticks == 0
