"""Hooks and logs of memories, tags, and machines without a processor."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.machine import LOG
from tests.emulation.guest import CHIP, RAM, counting_monitor, monitor_with

ARRAY = "mem: Memory.ArrayMemory @ sysbus 0x0 { size: 0x1000 }\n"
SMALL = "mem: Memory.ArrayMemory @ sysbus 0x0 { size: 0x30; initialValue: 0x1 }\n"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, LOG)
    return caplog


@pytest.mark.parametrize("description", [ARRAY, SMALL])
@pytest.mark.parametrize(
    ("size", "stored", "seen"),
    [
        ("Byte", 0x12B, 0x2B),
        ("Word", 0xDEAD, 0xDEAD),
        ("DoubleWord", 0x1DEADBEEF, 0xDEADBEEF),
        ("QuadWord", 0x1234FACEDEADBABE, 0x1234FACEDEADBABE),
    ],
)
def test_hooks_see_what_the_monitor_does_to_a_memory(
    log: pytest.LogCaptureFixture, description: str, size: str, stored: int, seen: int
) -> None:
    monitor = monitor_with(description)
    script = "self.Log(LogLevel.Info, '{0:x} at {1}', value, offset)"
    monitor.execute(f'sysbus SetHookBeforePeripheralWrite sysbus.mem "{script}"')
    monitor.execute(f"sysbus Write{size} 8 {stored:#x}")
    monitor.execute('sysbus SetHookBeforePeripheralWrite sysbus.mem ""')
    monitor.execute(f'sysbus SetHookAfterPeripheralRead sysbus.mem "{script}; value = 5"')
    assert int(monitor.execute(f"sysbus Read{size} 8"), 0) == 5
    monitor.execute("sysbus ClearHookAfterPeripheralRead sysbus.mem")
    assert int(monitor.execute(f"sysbus Read{size} 8"), 0) == seen
    assert log.messages == [f"mem: {seen:x} at 8"] * 2


def test_the_processors_accesses_to_a_memory_are_logged_and_changed(
    log: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute("sysbus LogPeripheralAccess sysbus.ram")
    monitor.execute('sysbus SetHookBeforePeripheralWrite sysbus.ram "value = value + 0x100"')
    monitor.execute("cpu Step 12")
    assert monitor.current.bus.read(RAM, 4) == 0x103
    assert log.messages[:2] == [
        "ram: [cpu: 0x800000E] WriteUInt32 to 0x0 (unknown), value 0x101",
        "ram: [cpu: 0x800000E] WriteUInt32 to 0x0 (unknown), value 0x102",
    ]
    monitor.execute("sysbus LogPeripheralAccess sysbus.ram false")
    monitor.execute("sysbus ClearHookBeforePeripheralWrite sysbus.ram")
    monitor.execute("cpu Step 12")
    assert monitor.current.bus.read(RAM, 4) == 7
    assert len(log.messages) == 3


def test_a_hook_is_not_called_by_what_it_does_itself(log: pytest.LogCaptureFixture) -> None:
    monitor = monitor_with(ARRAY)
    script = "self.InfoLog('{0} and {1}', value, monitor.Parse('sysbus ReadByte 0x20'))"
    monitor.execute(f'sysbus SetHookAfterPeripheralRead sysbus.mem "{script}"')
    monitor.execute("sysbus WriteByte 0x20 0x55; sysbus ReadByte 0x20")
    assert log.messages == ["mem: 85 and 0x55"]


def test_only_steps_execute_in_single_step_mode(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    assert monitor.execute("cpu ExecutionMode") == "Continuous"
    monitor.execute("cpu ExecutionMode SingleStep")
    before = monitor.current.core.read_register("PC")
    monitor.execute('emulation RunFor "0.01"')
    assert monitor.current.core.read_register("PC") == before
    monitor.execute("cpu Step")
    assert monitor.current.core.read_register("PC") != before
    monitor.execute('emulation RunFor "0.01"')
    assert monitor.current.bus.read(RAM, 4) == 0
    monitor.execute('cpu ExecutionMode Continuous; emulation RunFor "0.01"')
    assert monitor.current.bus.read(RAM, 4) > 100
    with pytest.raises(RenodeWifiError, match="Backwards is no mode"):
        monitor.execute("cpu ExecutionMode Backwards")


def test_a_hook_pauses_the_emulation(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute('start; cpu AddHook 0x800000C "machine.PauseAndRequestEmulationPause()"')
    monitor.current.run(10**9)
    assert monitor.current.now < 10**6
    assert monitor.execute("emulation IsStarted") == "False"
    assert log.messages == ["machine-0: Machine paused."]


def test_where_a_memory_is() -> None:
    monitor = monitor_with(ARRAY)
    assert "<0x00000000, 0x00000FFF>" in monitor.execute("sysbus GetRegistrationPoints sysbus.mem")
    assert monitor.execute("sysbus WhatPeripheralIsAt 0x20").startswith("sysbus.mem (MappedMemory)")
    assert monitor.execute("sysbus WhatPeripheralIsAt 0x2000") == "nothing"


def test_the_monitor_by_itself_in_python(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    found = monitor.execute('python "print(self.Machine.SystemBus.ReadByte(0x20000000))"')
    assert found == "0"


def test_a_tag_goes_before_a_memory_where_it_is_to(log: pytest.LogCaptureFixture) -> None:
    monitor = monitor_with("")
    value = "0xF7F6F5F4F3F2F1F0"
    monitor.execute(f'sysbus Tag <0x10 0x8> "over" {value} overridePeripheralAccesses=True')
    monitor.execute(f'sysbus Tag <0x0 0x8> "below" {value} overridePeripheralAccesses=False')
    monitor.execute(f'machine LoadPlatformDescriptionFromString "{SMALL.strip()}"')
    assert monitor.execute("sysbus ReadByte 0x10") == "0xF0"
    assert monitor.execute("sysbus ReadQuadWord 0x10") == value
    assert monitor.execute("sysbus ReadWord 0x0") == "0x0101"
    monitor.execute("sysbus WriteByte 0x10 0x11; sysbus RemoveTag 0x10")
    assert monitor.execute("sysbus ReadByte 0x10") == "0x01"
    monitor.current.run(1000)
    assert log.messages[:2] == [
        "sysbus: (tag: 'over') ReadByte from overriding tag at 0x10, returning 0xF0",
        "sysbus: (tag: 'over') ReadQuadWord from overriding tag at 0x10, returning"
        " 0xF7F6F5F4F3F2F1F0",
    ]
    with pytest.raises(RenodeWifiError, match="There is no tag at address 0x10"):
        monitor.execute("sysbus RemoveTag 0x10")


def test_a_tag_goes_before_a_model_for_the_processor() -> None:
    monitor = monitor_with("pwr: Miscellaneous.STM32_PWR @ sysbus 0x40007000\n")
    monitor.execute('sysbus Tag <0x40007000 4> "cr" 0x77 overridePeripheralAccesses=true')
    machine = monitor.current
    before = machine.bus.read(0x40007000, 4)
    machine.run(1000)
    assert before != machine.bus.read(0x40007000, 4) == 0x77
    machine.bus.write(0x40007000, before ^ 0x100, 4)
    monitor.execute("sysbus RemoveTag 0x40007000")
    assert machine.bus.read(0x40007000, 4) == before


def test_a_part_of_a_tag_gets_a_name_of_its_own(log: pytest.LogCaptureFixture) -> None:
    monitor = monitor_with("")
    monitor.execute("sysbus Tag <0x100 0x10> 'outer' 1; sysbus Tag <0x104 4> 'inner' 2 silent=true")
    found = [monitor.execute(f"sysbus WhatPeripheralIsAt {at:#x}") for at in (0x100, 0x104, 0x108)]
    assert found == [
        "outer (tag) <0x100, +0x4>",
        "outer/inner (tag) <0x104, +0x4>",
        "outer (tag) <0x108, +0x8>",
    ]
    assert monitor.execute("sysbus ReadByte 0x104") == "0x02"
    assert log.records[-1].levelname == "DEBUG"
    with pytest.raises(RenodeWifiError, match="completely contained in other tag"):
        monitor.execute("sysbus Tag <0x10C 8> 'beyond'")


def test_memories_alone_let_time_pass() -> None:
    monitor = monitor_with(ARRAY)
    assert monitor.execute("emulation IsStarted") == "False"
    monitor.execute('start; emulation RunFor "0.01"')
    assert monitor.current.now == 10_000_000


def test_the_last_entries_of_the_log(log: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    monitor = monitor_with(ARRAY)
    for number in range(1001):
        monitor.execute(f'log "Test-{number}-Log"')
    assert monitor.execute("lastLog 2").splitlines() == [
        "[INFO] Script: Test-999-Log",
        "[INFO] Script: Test-1000-Log",
    ]
    assert len(monitor.execute("lastLog").splitlines()) == 20
    everything = monitor.execute("lastLog 1000").splitlines()
    assert len(everything) == 1000
    assert everything[0].endswith(" Test-1-Log")
    monitor.execute(f"logFile @{tmp_path}/log")
    monitor.execute(f'log "first"; logFile @{tmp_path}/log; log "second"')
    assert (tmp_path / "log.1").read_text() == "[INFO] Script: first\n"
    assert (tmp_path / "log").read_text() == "[INFO] Script: second\n"


def test_locked_addresses_read_0_and_take_no_stores(log: pytest.LogCaptureFixture) -> None:
    """As Renode's suite of the system bus has them."""
    monitor = monitor_with("mem: Memory.ArrayMemory @ sysbus 0x100 { size: 0x100 }\n")
    monitor.execute("sysbus WriteByte 0x100 0x33; sysbus WriteByte 0x140 0x44")
    monitor.execute("sysbus SetAddressRangeLocked <0x0 0x200> true")
    assert monitor.execute("sysbus ReadByte 0x140") == "0x00"
    assert log.messages == [
        "sysbus: Tried to read 1 bytes at 0x140 which is inside a locked address range, returning 0"
    ]
    monitor.execute("sysbus SetAddressRangeLocked <0x120, 0x15F> false")
    assert monitor.execute("sysbus ReadByte 0x140; sysbus ReadByte 0x100") == "0x44\n0x00"
    monitor.execute("sysbus WriteQuadWord 0x11C 0x1122334455667788")
    assert log.messages[-1] == (
        "sysbus: Tried to write 8 bytes (0x1122334455667788) at 0x11C which is inside a locked"
        " address range, write ignored"
    )
    assert monitor.execute("sysbus IsAddressRangeLocked <0x0, 0x12F>") == "True"
    assert monitor.execute("sysbus IsAddressRangeLocked <0x120, 0x15F>") == "False"
    monitor.execute("sysbus SetAddressRangeLocked <0x0, 0xFFFFFFFF> false")
    assert monitor.execute("sysbus ReadDoubleWord 0x11C") == "0x00000000"
    assert monitor.execute("sysbus ReadByte 0x100") == "0x33"


def test_the_processor_meets_locked_peripherals(log: pytest.LogCaptureFixture) -> None:
    monitor = monitor_with(CHIP)
    monitor.execute('machine PyDevFromString "request.value = 5" 0x40000000 0x100 name="d"')
    # ldr r0, [r1]; str r1, [r1, #4]; b .
    monitor.current.bus.write_bytes(RAM + 0x100, bytes.fromhex("0868 4960 fee7"))
    monitor.execute("sysbus SetAddressRangeLocked <0x40000000, 0x400000FF> true")
    monitor.execute("cpu SP 0x20001000; cpu PC 0x20000100; cpu SetRegister 1 0x40000000")
    monitor.execute('cpu SetRegister 0 9; emulation RunFor "0.000001"')
    assert monitor.execute("cpu GetRegister 0") == "0x0"
    assert len([text for text in log.messages if "inside a locked address range" in text]) == 2
    with pytest.raises(RenodeWifiError, match="ram is a memory"):
        monitor.execute("sysbus SetAddressRangeLocked <0x20000000, 0x20001FFF> true")
    assert monitor.execute("sysbus IsAddressRangeLocked <0x20000000, 0x20001FFF>") == "False"
