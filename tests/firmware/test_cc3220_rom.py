"""The mask ROM of the CC3220SF: its functions, called on the board through the API tables."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from renode_wifi.emulation.image.load import load_image
from tests.firmware.rom import API, ENTRIES, FIRMWARE, IMAGE, PLACES, ROM, SECOND, WDT, Rom


def test_every_entry_leads_to_its_function(rom: Rom) -> None:
    image = load_image(IMAGE)
    for table, slot, name in ENTRIES:
        symbol = image.symbols.get(name)
        assert symbol is not None
        assert rom.pointer(table, slot) & ~1 == symbol.address & ~1, name
    assert len(ENTRIES) == 447


def test_version_is_a_cc3220s(rom: Rom) -> None:
    assert rom.bus.read(0x400, 4) & 0xFFFF == 2
    assert rom.bus.read(API, 4) == rom.bus.read(0x400, 4)


@pytest.mark.parametrize(("table", "slot"), [(6, 0), (2, 21), (23, 63), (5, 40)])
def test_an_entry_that_is_not_there_is_reported_and_returns_zero(
    fresh: Rom, table: int, slot: int, caplog: pytest.LogCaptureFixture
) -> None:
    fresh.start(fresh.pointer(table, slot), 1, 2, 3)
    assert fresh.run()
    assert fresh.core.read_register("R0") == 0
    assert f"no entry {slot} in its" in caplog.text
    assert ("romPort", "rom-entry-missing", {"table": table, "entry": slot}) in fresh.traced


def test_no_entry_lacks_its_stub(rom: Rom) -> None:
    for table in range(1, 24):
        for slot in range(64):
            assert 0x480 <= rom.pointer(table, slot) < 0x8_0000
            assert rom.pointer(table, slot) & 1


@pytest.mark.skipif(shutil.which("arm-none-eabi-gcc") is None, reason="needs arm-none-eabi-gcc")
def test_image_is_what_its_source_builds(tmp_path: Path) -> None:
    shutil.copytree(ROM, tmp_path / "cc3220_rom", ignore=shutil.ignore_patterns("*.elf"))
    shutil.copy(FIRMWARE / "Makefile", tmp_path)
    target = "cc3220_rom/cc3220_rom.elf"
    subprocess.run(["make", "-C", tmp_path, target], check=True, capture_output=True)
    built, committed = load_image(tmp_path / target), load_image(IMAGE)
    assert [(part.address, part.data) for part in built.segments] == [
        (part.address, part.data) for part in committed.segments
    ]


# -- boot, sleep and hibernation ------------------------------------------------------------------

LANDING = 0x0100_0E00
RESUMED = 0x2000_0801


def with_application(rom: Rom) -> None:
    """An application whose first instruction is a breakpoint."""
    vectors = (0x2000_4000).to_bytes(4, "little") + (LANDING | 1).to_bytes(4, "little")
    rom.bus.write_bytes(0x0100_0800, vectors)
    rom.core.debug.add_breakpoint(LANDING)


def test_reset_enters_the_application_with_its_stack_and_vectors(fresh: Rom) -> None:
    with_application(fresh)
    fresh.machine.reset("pin")
    assert fresh.run()
    assert fresh.core.read_register("PC") == LANDING
    assert fresh.core.read_register("SP") == 0x2000_4000
    assert fresh.bus.read(0xE000_ED08, 4) == 0x0100_0800


def test_hibernation_ends_in_a_boot_that_knows_its_cause(fresh: Rom) -> None:
    with_application(fresh)
    fresh.call("PRCMCC3200MCUInit")
    fresh.call("PRCMOCRRegisterWrite", 1, 0xCAFE)
    fresh.call("PRCMHibernateIntervalSet", 32768, 0)
    fresh.call("PRCMHibernateWakeupSourceEnable", 1)
    before = fresh.machine.now
    fresh.start(fresh.pointer(*PLACES["PRCMHibernateEnter"]))
    assert fresh.run(3 * SECOND)
    assert fresh.core.read_register("PC") == LANDING
    assert 0.98 * SECOND < fresh.machine.now - before < 1.02 * SECOND
    assert fresh.call("PRCMSysResetCauseGet") == 7
    assert fresh.call("PRCMHibernateWakeupCauseGet") == 2
    assert fresh.call("PRCMOCRRegisterRead", 1) == 0xCAFE


def test_a_hibernation_cycle_takes_five_milliseconds(fresh: Rom) -> None:
    with_application(fresh)
    fresh.call("PRCMCC3200MCUInit")
    before = fresh.machine.now
    fresh.start(fresh.pointer(*PLACES["PRCMHibernateCycleTrigger"]))
    assert fresh.run(SECOND)
    assert fresh.core.read_register("PC") == LANDING
    assert fresh.machine.now - before < 0.02 * SECOND


@pytest.mark.parametrize("function", ["PRCMLPDSEnter", "PRCMLPDSEnterKeepDebugIf"])
def test_lpds_resumes_where_the_application_asked(fresh: Rom, function: str) -> None:
    with_application(fresh)
    fresh.core.debug.add_breakpoint(RESUMED & ~1)
    fresh.call("PRCMLPDSRestoreInfoSet", 0x2000_3000, RESUMED)
    fresh.call("PRCMLPDSIntervalSet", 3277)
    fresh.call("PRCMLPDSWakeupSourceEnable", 1)
    before = fresh.machine.now
    fresh.start(fresh.pointer(*PLACES[function]))
    assert fresh.run()
    assert fresh.core.read_register("PC") == RESUMED & ~1
    assert fresh.core.read_register("SP") == 0x2000_3000
    assert fresh.machine.now - before == pytest.approx(0.1 * SECOND, rel=0.01)
    assert fresh.call("PRCMSysResetCauseGet") == 1
    assert fresh.call("PRCMLPDSWakeupCauseGet") == 1


def test_lpds_loses_the_columns_that_are_not_retained(fresh: Rom) -> None:
    with_application(fresh)
    fresh.core.debug.add_breakpoint(RESUMED & ~1)
    columns = [0x2000_8000, 0x2001_8000, 0x2002_8000, 0x2003_8000]
    for address in columns:
        fresh.bus.write_bytes(address, b"kept" * 64)
    fresh.call("PRCMSRAMRetentionEnable", 0xF, 2)
    fresh.call("PRCMSRAMRetentionDisable", 0x4, 2)
    fresh.call("PRCMLPDSRestoreInfoSet", 0x2000_3000, RESUMED)
    fresh.call("PRCMLPDSIntervalSet", 33)
    fresh.call("PRCMLPDSWakeupSourceEnable", 1)
    fresh.start(fresh.pointer(*PLACES["PRCMLPDSEnter"]))
    assert fresh.run()
    kept = [fresh.read(address, 256) == b"kept" * 64 for address in columns]
    assert kept == [True, True, False, True]


@pytest.mark.parametrize(("subsystem", "cause"), [(0, 3), (1, 4)])
def test_software_resets(fresh: Rom, subsystem: int, cause: int) -> None:
    with_application(fresh)
    fresh.start(fresh.pointer(*PLACES["PRCMMCUReset"]), subsystem)
    assert fresh.run()
    assert fresh.core.read_register("PC") == LANDING
    assert fresh.call("PRCMSysResetCauseGet") == cause


def test_watchdog_resets(fresh: Rom) -> None:
    with_application(fresh)
    fresh.call("WatchdogUnlock", WDT)
    fresh.call("WatchdogReloadSet", WDT, 80_000)
    fresh.call("WatchdogEnable", WDT)
    fresh.call("WatchdogLock", WDT)
    assert fresh.call("WatchdogLockState", WDT) == 1
    assert fresh.call("WatchdogRunning", WDT) == 1
    assert fresh.call("WatchdogReloadGet", WDT) == 80_000
    assert fresh.call("WatchdogValueGet", WDT) < 80_000
    fresh.wait(1_200_000)
    assert fresh.call("WatchdogIntStatus", WDT, 1) == 1
    fresh.call("WatchdogUnlock", WDT)
    fresh.call("WatchdogIntClear", WDT)
    assert fresh.call("WatchdogIntStatus", WDT, 0) == 0
    fresh.call("WatchdogStallEnable", WDT)
    fresh.call("WatchdogStallDisable", WDT)
    fresh.bus.write(WDT + 8, 3, 4)
    fresh.start(fresh.pointer(*PLACES["PRCMSleepEnter"]))
    assert fresh.run()
    assert fresh.core.read_register("PC") == LANDING
    assert fresh.call("PRCMSysResetCauseGet") == 5


# -- power, clocks and calendar -------------------------------------------------------------------


def test_clocks_of_peripherals(rom: Rom) -> None:
    for peripheral in range(21):
        rom.call("PRCMPeripheralClkEnable", peripheral, 0x101)
        assert rom.call("PRCMPeripheralStatusGet", peripheral) == 1
    rom.call("PRCMPeripheralClkDisable", 20, 0x101)
    assert rom.call("PRCMPeripheralStatusGet", 20) == 0
    rom.call("PRCMPeripheralReset", 5)
    assert rom.call("PRCMPeripheralStatusGet", 5) == 1
    assert rom.call("PRCMPeripheralClockGet", 12) == 80_000_000
    assert rom.call("PRCMPeripheralClockGet", 3) == 40_000_000
    assert rom.call("PRCMPeripheralClockGet", 4) == 40_000_000
    assert rom.call("PRCMPeripheralClockGet", 2) == 120_000_000
    assert rom.call("PRCMCameraFreqSet", 3, 5) == 1
    assert rom.call("PRCMCameraFreqSet", 5, 2) == 0
    assert rom.call("PRCMPeripheralClockGet", 0) == 240_000_000 // 5
    rom.call("PRCMI2SClockFreqSet", 1_500_000)
    assert rom.bus.read(0x4402_50B0, 4) == 160 << 16


def test_device_is_a_secure_production_part_with_flash(rom: Rom) -> None:
    assert rom.call("PRCMDeviceTypeGet") == 0x4A


def test_calendar_keeps_time(fresh: Rom) -> None:
    seconds, fraction = fresh.buffer(4), fresh.buffer(2)
    fresh.call("PRCMCC3200MCUInit")
    fresh.call("PRCMRTCGet", seconds, fraction)
    assert fresh.bus.read(seconds, 4) == 0
    assert fresh.call("PRCMRTCInUseGet") == 0
    fresh.call("PRCMRTCInUseSet")
    assert fresh.call("PRCMRTCInUseGet") == 1
    fresh.call("PRCMRTCSet", 1_000_000, 512)
    fresh.wait(SECOND // 2)
    fresh.call("PRCMRTCGet", seconds, fraction)
    assert fresh.bus.read(seconds, 4) == 1_000_001
    assert fresh.bus.read(fraction, 2) < 50
    fresh.call("PRCMRTCMatchSet", 1_000_002, 0)
    fresh.call("PRCMRTCMatchGet", seconds, fraction)
    assert fresh.bus.read(seconds, 4) == 1_000_002
    fresh.call("PRCMIntEnable", 0x4000)
    fresh.wait(SECOND)
    assert fresh.call("PRCMIntStatus") == 4
    fresh.call("PRCMIntDisable", 0x4000)
    before = fresh.call("PRCMSlowClkCtrFastGet")
    fresh.wait(SECOND // 10)
    assert fresh.call("PRCMSlowClkCtrFastGet") - before == pytest.approx(3277, abs=20)


def test_settings_of_sleep(rom: Rom) -> None:
    rom.call("PRCMSRAMRetentionEnable", 3, 2)
    assert rom.bus.read(0x4402_D01C, 4) == 3
    rom.call("PRCMSRAMRetentionDisable", 1, 2)
    assert rom.bus.read(0x4402_D01C, 4) == 2
    rom.call("PRCMLPDSWakeupSourceEnable", 0x10)
    rom.call("PRCMLPDSWakeupSourceDisable", 0x10)
    rom.call("PRCMLPDSWakeUpGPIOSelect", 2, 1)
    assert rom.bus.read(0x4402_FC6C, 4) == 2
    rom.call("PRCMHibernateWakeUpGPIOSelect", 0x40000, 3)
    rom.call("PRCMHibernateWakeupSourceEnable", 0x40000)
    assert rom.bus.read(0x4402_FC08, 4) == 3 << 4
    assert rom.bus.read(0x4402_FC04, 4) == 4
    rom.call("PRCMHibernateWakeupSourceDisable", 0x40000)
    assert rom.bus.read(0x4402_FC04, 4) == 0
    rom.call("PRCMIORetentionEnable", 0xF)
    assert rom.bus.read(0x4402_FC14, 4) == 0x305
    rom.call("PRCMIORetentionDisable", 0xF)
    assert rom.bus.read(0x4402_FC14, 4) == 0
    rom.call("PRCMSlowClkCtrMatchSet", 5, 1)
    assert rom.call("PRCMSlowClkCtrMatchGet") == 5


# -- console, pins and ports ----------------------------------------------------------------------
