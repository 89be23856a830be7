"""The mask ROM of the CC3220SF: its functions, called on the board through the API tables."""

from __future__ import annotations

import hashlib
import hmac
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM

from renode_wifi.emulation.engines.embedded.engine import new_script
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import Stop

FIRMWARE = boards.PLATFORMS.parent / "firmware"
ROM = FIRMWARE / "cc3220_rom"
IMAGE = ROM / "cc3220_rom.elf"
API = 0x40C
RETURN = 0x0100_0F00
"""Where the functions return to: a breakpoint in the empty flash."""
BUFFERS = 0x2000_1000
STACK = 0x2003_F000
SECOND = 1_000_000_000
DEFAULT_TIME = 2 * SECOND

AES, DES, SHAMD5, DTHE = 0x4403_7000, 0x4403_9000, 0x4403_5000, 0x4403_0000
UARTA0, TIMERA1, WDT, I2CA0, ADC = 0x4000_C000, 0x4003_1000, 0x4000_0000, 0x4002_0000, 0x4402_E800
GPIOA1, GSPI, SDHOST, I2S, CAMERA = 0x4000_5000, 0x4402_1000, 0x4401_0000, 0x4401_C000, 0x4401_8000


def entries() -> list[tuple[int, int, str]]:
    rows = re.findall(r"ENTRY\((\d+), (\d+), (\w+)\)", (ROM / "entries.h").read_text())
    return [(int(table), int(slot), name) for table, slot, name in rows]


ENTRIES = entries()
PLACES = {name: (table, slot) for table, slot, name in ENTRIES}


class Rom:
    """A board without an application, whose core calls one function after the other."""

    def __init__(self) -> None:
        self.monitor = new_script()
        self.monitor.execute_script(boards.PLATFORMS / "cc3220sf_launchxl.resc")
        self.machine = self.monitor.current
        self.core = self.machine.core
        self.bus = self.machine.bus
        self.traced: list[tuple[str, str, dict[str, object]]] = []
        self.machine.subscribe(self._note)
        self.core.debug.add_breakpoint(RETURN)
        self.next_buffer = BUFFERS
        # The table of vectors is in RAM, as drivers that register handlers need it.
        self.bus.write(0xE000_ED08, 0x2000_0000, 4)

    def _note(self, time: int, source: str, event: str, fields: dict[str, object]) -> None:
        self.traced.append((source, event, fields))

    def pointer(self, table: int, slot: int) -> int:
        functions = self.bus.read(API + 4 * table, 4)
        return self.bus.read(functions + 4 * slot, 4)

    def buffer(self, data: bytes | int) -> int:
        """Memory with `data`, or of so many bytes."""
        content = bytes(data)
        address = self.next_buffer
        self.next_buffer += len(content) + 64 & ~0x3F
        self.bus.write_bytes(address, content)
        return address

    def read(self, address: int, length: int) -> bytes:
        return self.bus.read_bytes(address, length)

    def words(self, address: int, count: int) -> list[int]:
        return [self.bus.read(address + 4 * index, 4) for index in range(count)]

    def start(self, address: int, *arguments: int) -> None:
        for number, argument in enumerate(arguments[:4]):
            self.core.write_register(f"R{number}", argument & 0xFFFFFFFF)
        for number, argument in enumerate(arguments[4:]):
            self.bus.write(STACK + 4 * number, argument & 0xFFFFFFFF, 4)
        self.core.write_register("SP", STACK)
        self.core.write_register("LR", RETURN | 1)
        self.core.write_register("PC", address & ~1)

    def run(self, time: int = DEFAULT_TIME) -> bool:
        """Whether the core came to the breakpoint in time."""
        return self.machine.run(self.machine.now + time) is Stop.BREAKPOINT

    def call(self, name: str, *arguments: int) -> int:
        self.start(self.pointer(*PLACES[name]), *arguments)
        assert self.run(), f"{name} does not return"
        return self.core.read_register("R0")

    def wait(self, time: int) -> None:
        """Let virtual time pass in the ROM's own delay."""
        self.call("UtilsDelay", time * 80 // 3000)


@pytest.fixture(scope="module")
def rom() -> Iterator[Rom]:
    rom = Rom()
    # What one test leaves pending is no other's.
    rom.call("CPUcpsid")
    yield rom
    rom.machine.close()


@pytest.fixture
def fresh() -> Iterator[Rom]:
    rom = Rom()
    yield rom
    rom.machine.close()


# -- what is where --------------------------------------------------------------------------------


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


def test_console(fresh: Rom) -> None:
    rate, config = fresh.buffer(4), fresh.buffer(4)
    fresh.call("UARTConfigSetExpClk", UARTA0, 80_000_000, 115_200, 0x60)
    fresh.call("UARTConfigGetExpClk", UARTA0, 80_000_000, rate, config)
    assert fresh.bus.read(rate, 4) == pytest.approx(115_200, rel=0.001)
    assert fresh.bus.read(config, 4) == 0x60
    for byte in b"ok":
        fresh.call("UARTCharPut", UARTA0, byte)
    assert fresh.call("UARTCharPutNonBlocking", UARTA0, ord("!")) == 1
    assert fresh.call("UARTBusy", UARTA0) == 0
    assert fresh.call("UARTSpaceAvail", UARTA0) == 1
    sent = [fields["byte"] for source, event, fields in fresh.traced if event == "uart"]
    assert sent == list(b"ok!")
    assert fresh.call("UARTCharGetNonBlocking", UARTA0) == 0xFFFFFFFF
    fresh.machine.peripheral("uarta0").receive(ord("x"))
    assert fresh.call("UARTCharGet", UARTA0) == ord("x")
    assert fresh.call("UARTCharsAvail", UARTA0) == 0


def test_settings_of_the_console(rom: Rom) -> None:
    low, high = rom.buffer(4), rom.buffer(4)
    rom.call("UARTFIFOLevelSet", UARTA0, 2, 0x18)
    rom.call("UARTFIFOLevelGet", UARTA0, low, high)
    assert (rom.bus.read(low, 4), rom.bus.read(high, 4)) == (2, 0x18)
    rom.call("UARTParityModeSet", UARTA0, 6)
    assert rom.call("UARTParityModeGet", UARTA0) == 6
    rom.call("UARTFlowControlSet", UARTA0, 0xC000)
    assert rom.call("UARTFlowControlGet", UARTA0) == 0xC000
    rom.call("UARTTxIntModeSet", UARTA0, 0x10)
    assert rom.call("UARTTxIntModeGet", UARTA0) == 0x10
    rom.call("UARTModemControlSet", UARTA0, 0x800)
    assert rom.call("UARTModemControlGet", UARTA0) == 0x800
    rom.call("UARTModemControlClear", UARTA0, 0x800)
    assert rom.call("UARTModemStatusGet", UARTA0) == 1
    rom.call("UARTBreakCtl", UARTA0, 1)
    rom.call("UARTBreakCtl", UARTA0, 0)
    rom.call("UARTIntEnable", UARTA0, 0x50)
    assert rom.call("UARTIntStatus", UARTA0, 1) == 0
    rom.call("UARTIntDisable", UARTA0, 0x50)
    rom.call("UARTIntClear", UARTA0, 0xFFF)
    rom.call("UARTDMAEnable", UARTA0, 3)
    rom.call("UARTDMADisable", UARTA0, 3)
    rom.call("UARTRxErrorClear", UARTA0)
    assert rom.call("UARTRxErrorGet", UARTA0) == 0
    rom.call("UARTFIFODisable", UARTA0)
    rom.call("UARTFIFOEnable", UARTA0)
    rom.call("UARTDisable", UARTA0)
    rom.call("UARTEnable", UARTA0)


def test_pins(rom: Rom) -> None:
    strength, kind = rom.buffer(4), rom.buffer(4)
    for name in ("UART", "I2C", "SPI", "I2S", "Timer", "Camera", "SDHost"):
        rom.call(f"PinType{name}", 0x36, 3)
        assert rom.call("PinModeGet", 0x36) == 3
    rom.call("PinTypeGPIO", 0x3F, 0, 1)
    rom.call("PinConfigGet", 0x3F, strength, kind)
    assert (rom.bus.read(strength, 4), rom.bus.read(kind, 4)) == (0x20, 0x10)
    rom.call("PinDirModeSet", 0x3F, 0x800)
    assert rom.call("PinDirModeGet", 0x3F) == 0x800
    # Pin 64 is GPIO 9.
    assert rom.bus.read(0x4402_E0A0 + 4 * 9, 4) & 0xC00 == 0x800
    rom.call("PinTypeADC", 0x3A, 0xFF)
    assert rom.bus.read(0x4402_E144, 4) & 0x1E00 == 0x800
    rom.call("PinHysteresisSet", 0x0C)
    rom.call("PinHysteresisSet", 0)
    rom.call("PinLockLevelSet", 0x3F, 1)
    assert rom.bus.read(0x4402_E18C, 4) == 1 << 9
    rom.call("PinLock", 0x200)
    assert rom.bus.read(0x4402_E190, 4) == 0xFFFFFDFF
    rom.call("PinUnlock")


def test_ports(rom: Rom) -> None:
    rom.call("GPIODirModeSet", GPIOA1, 0x0E, 1)
    assert rom.call("GPIODirModeGet", GPIOA1, 1) == 1
    rom.call("GPIOPinWrite", GPIOA1, 0x06, 0x02)
    assert rom.call("GPIOPinRead", GPIOA1, 0x06) == 0x02
    for kind in (0, 1, 2, 4, 6):
        rom.call("GPIOIntTypeSet", GPIOA1, 0x20, kind)
        assert rom.call("GPIOIntTypeGet", GPIOA1, 5) == kind
    rom.call("GPIOIntTypeSet", GPIOA1, 0x20, 4)
    rom.call("GPIOIntClear", GPIOA1, 0x20)
    rom.call("GPIOIntEnable", GPIOA1, 0x20)
    rom.machine.peripheral("sw3").press()
    assert rom.call("GPIOIntStatus", GPIOA1, 1) == 0x20
    rom.machine.peripheral("sw3").release()
    rom.call("GPIOIntDisable", GPIOA1, 0x20)
    rom.call("GPIODMATriggerEnable", GPIOA1)
    assert rom.bus.read(0x400F_70C8, 4) == 2
    rom.call("GPIODMATriggerDisable", GPIOA1)


# -- timers and interrupts ------------------------------------------------------------------------


def test_timers(rom: Rom) -> None:
    both = 0xFFFF
    rom.call("TimerConfigure", TIMERA1, 0x04002222)
    for half in (0xFF, 0xFF00):
        rom.call("TimerPrescaleSet", TIMERA1, half, 7)
        rom.call("TimerPrescaleMatchSet", TIMERA1, half, 3)
        rom.call("TimerLoadSet", TIMERA1, half, 999)
        rom.call("TimerMatchSet", TIMERA1, half, 500)
        assert rom.call("TimerPrescaleGet", TIMERA1, half) == 7
        assert rom.call("TimerPrescaleMatchGet", TIMERA1, half) == 3
        assert rom.call("TimerLoadGet", TIMERA1, half) == 999
        assert rom.call("TimerMatchGet", TIMERA1, half) == 500
    rom.call("TimerControlLevel", TIMERA1, both, 1)
    rom.call("TimerControlEvent", TIMERA1, both, 0x404)
    rom.call("TimerControlStall", TIMERA1, both, 1)
    assert rom.bus.read(TIMERA1 + 0x0C, 4) == 0x4040 | 0x0404 | 0x0202
    rom.call("TimerDMAEventSet", TIMERA1, 0x101)
    assert rom.call("TimerDMAEventGet", TIMERA1) == 0x101
    rom.call("TimerIntEnable", TIMERA1, 0x101)
    rom.call("TimerEnable", TIMERA1, both)
    rom.wait(150_000)
    assert rom.call("TimerIntStatus", TIMERA1, 1) == 0x101
    assert rom.call("TimerValueGet", TIMERA1, 0xFF) < 1000
    rom.call("TimerValueSet", TIMERA1, 0xFF, 900)
    rom.call("TimerIntDisable", TIMERA1, 0x101)
    rom.call("TimerDisable", TIMERA1, both)
    rom.call("TimerIntClear", TIMERA1, 0x0F1F)
    assert rom.call("TimerIntStatus", TIMERA1, 0) == 0


REGISTERED = [
    ("UARTInt", (UARTA0,), 21),
    ("WatchdogInt", (WDT,), 34),
    ("I2CInt", (I2CA0,), 24),
    ("SPIInt", (GSPI,), 192),
    ("CameraInt", (CAMERA,), 179),
    ("I2SInt", (I2S,), 177),
    ("GPIOInt", (GPIOA1,), 17),
    ("AESInt", (AES,), 167),
    ("DESInt", (DES,), 169),
    ("SHAMD5Int", (SHAMD5,), 164),
    ("SDHostInt", (SDHOST,), 175),
    ("FlashInt", (), 45),
    ("PRCMInt", (), 188),
    ("uDMAInt", (62,), 62),
    ("TimerInt", (TIMERA1, 0xFF00), 38),
    ("ADCInt", (ADC, 16), 32),
]


@pytest.mark.parametrize(("prefix", "arguments", "exception"), REGISTERED)
def test_handlers_are_registered_and_enabled(
    rom: Rom, prefix: str, arguments: tuple[int, ...], exception: int
) -> None:
    rom.call(f"{prefix}Register", *arguments, 0x2000_0901)
    number = exception - 16
    word, bit = 0xE000_E100 + number // 32 * 4, 1 << number % 32
    assert rom.bus.read(0x2000_0000 + 4 * exception, 4) == 0x2000_0901
    assert rom.bus.read(word, 4) & bit
    rom.call(f"{prefix}Unregister", *arguments)
    assert rom.bus.read(0x2000_0000 + 4 * exception, 4) != 0x2000_0901
    assert not rom.bus.read(word, 4) & bit


def test_interrupt_controller(fresh: Rom) -> None:
    fresh.call("IntPrioritySet", 187, 0x20)
    assert fresh.call("IntPriorityGet", 187) == 0x20
    fresh.call("IntPrioritySet", 15, 0xE0)
    assert fresh.call("IntPriorityGet", 15) == 0xE0
    assert fresh.call("IntPriorityGet", 2) == 0xFFFFFFFF
    fresh.call("IntPendSet", 100)
    assert fresh.bus.read(0xE000_E208, 4) & 1 << 84 - 64
    fresh.call("IntPendClear", 100)
    assert not fresh.bus.read(0xE000_E208, 4) & 1 << 84 - 64
    fresh.call("IntPriorityGroupingSet", 3)
    assert fresh.call("IntPriorityGroupingGet") == 3
    fresh.call("IntPriorityMaskSet", 0x40)
    assert fresh.call("IntPriorityMaskGet") == 0x40
    fresh.call("CPUbasepriSet", 0)
    assert fresh.call("CPUbasepriGet") == 0
    assert fresh.call("IntMasterDisable") == 0
    assert fresh.call("CPUprimask") == 1
    assert fresh.call("IntMasterEnable") == 1
    assert fresh.call("CPUcpsid") == 0
    assert fresh.call("CPUcpsie") == 1
    for exception in (4, 5, 6):
        fresh.call("IntEnable", exception)
    assert fresh.bus.read(0xE000_ED24, 4) >> 16 & 7 == 7
    for exception in (4, 5, 6):
        fresh.call("IntDisable", exception)
    table = fresh.bus.read(0xE000_ED08, 4)
    fresh.call("IntVTableBaseSet", 0x2000_0000)
    fresh.call("IntVTableBaseSet", table)


def test_tick(rom: Rom) -> None:
    rom.call("SysTickPeriodSet", 80_000)
    assert rom.call("SysTickPeriodGet") == 80_000
    rom.call("SysTickIntRegister", 0x2000_0901)
    rom.call("SysTickIntDisable")
    rom.call("SysTickEnable")
    rom.wait(10_000)
    assert 0 < rom.call("SysTickValueGet") < 80_000
    rom.call("SysTickDisable")
    rom.call("SysTickIntEnable")
    rom.call("SysTickIntUnregister")


# -- transfers ------------------------------------------------------------------------------------


def test_spi_transfers_bytes_halfwords_and_words(rom: Rom) -> None:
    data, answer = rom.buffer(bytes(range(16))), rom.buffer(16)
    rom.call("SPIReset", GSPI)
    for width, size in ((0x380, 7), (0x780, 8), (0xF80, 16)):
        rom.call("SPIConfigSetExpClk", GSPI, 40_000_000, 20_000_000, 0, 0, 0x01000000 | width)
        rom.call("SPIEnable", GSPI)
        rom.bus.write_bytes(answer, bytes(16))
        assert rom.call("SPITransfer", GSPI, data, answer, size, 3) == 0
        assert rom.read(answer, 16) == b"\xff" * size + bytes(16 - size)
        assert rom.call("SPITransfer", GSPI, 0, 0, size, 3) == 0
        rom.call("SPIDisable", GSPI)
    assert rom.call("SPITransfer", GSPI, data, answer, 3, 0) == 0xFFFFFFFF
    rom.call("SPIEnable", GSPI)
    assert rom.call("SPIDataGetNonBlocking", GSPI, answer) == 0
    assert rom.call("SPIDataPutNonBlocking", GSPI, 5) == 1
    assert rom.call("SPIDataGetNonBlocking", GSPI, answer) == 1
    rom.call("SPIDisable", GSPI)
    assert rom.call("SPIDataPutNonBlocking", GSPI, 5) == 0


def test_settings_of_the_spi(rom: Rom) -> None:
    low, high = rom.buffer(4), rom.buffer(4)
    rom.call("SPIFIFOEnable", GSPI, 0x18000000)
    rom.call("SPIFIFOLevelSet", GSPI, 4, 8)
    rom.call("SPIFIFOLevelGet", GSPI, low, high)
    assert (rom.bus.read(low, 4), rom.bus.read(high, 4)) == (3, 7)
    rom.call("SPIWordCountSet", GSPI, 12)
    assert rom.bus.read(GSPI + 0x17C, 4) >> 16 == 12
    rom.call("SPIFIFODisable", GSPI, 0x18000000)
    rom.call("SPICSEnable", GSPI)
    rom.call("SPICSDisable", GSPI)
    rom.call("SPIIntEnable", GSPI, 0x30000004)
    assert rom.bus.read(0x4402_608C, 4) & 0xC == 0
    rom.call("SPIIntDisable", GSPI, 0x30000004)
    assert rom.bus.read(0x4402_608C, 4) & 0xC == 0xC
    rom.call("SPIIntClear", GSPI, 0x3003000F)
    assert rom.call("SPIIntStatus", GSPI, 1) == 0
    rom.call("SPIDmaEnable", GSPI, 0xC000)
    rom.call("SPIDmaDisable", GSPI, 0xC000)


def test_spi_by_dma(fresh: Rom) -> None:
    table, data, answer = 0x2000_8000, fresh.buffer(bytes(range(64))), fresh.buffer(64)
    fresh.call("uDMAControlBaseSet", table)
    assert fresh.call("uDMAControlBaseGet") == table
    assert fresh.call("uDMAControlAlternateBaseGet") == table + 0x200
    fresh.call("uDMAEnable")
    fresh.call("SPIConfigSetExpClk", GSPI, 40_000_000, 20_000_000, 0, 0, 0x01000F80)
    fresh.call("uDMAChannelControlSet", 31, 0xEA000000)
    fresh.call("uDMAChannelTransferSet", 31, 1, data, GSPI + 0x138, 16)
    fresh.call("uDMAChannelControlSet", 30, 0xAE000000)
    fresh.call("uDMAChannelTransferSet", 30, 1, GSPI + 0x13C, answer, 16)
    assert fresh.call("uDMAChannelSizeGet", 30) == 16
    assert fresh.call("uDMAChannelModeGet", 30) == 1
    fresh.call("uDMAChannelAssign", 30)
    fresh.call("uDMAChannelAssign", 31)
    fresh.call("SPIDmaEnable", GSPI, 0xC000)
    fresh.call("SPIIntEnable", GSPI, 0x10000000)
    fresh.call("uDMAChannelEnable", 31)
    fresh.call("uDMAChannelEnable", 30)
    assert fresh.call("uDMAChannelIsEnabled", 30) == 1
    fresh.call("SPIEnable", GSPI)
    assert fresh.call("uDMAChannelIsEnabled", 30) == 0
    assert fresh.call("SPIIntStatus", GSPI, 0) & 0x30000000 == 0x30000000
    assert fresh.call("SPIIntStatus", GSPI, 1) & 0x30000000 == 0x10000000
    assert fresh.read(answer, 64) == b"\xff" * 64
    assert fresh.call("uDMAChannelSizeGet", 30) == 0
    assert fresh.call("uDMAIntStatus") == 3 << 30
    fresh.call("uDMAIntClear", 3 << 30)
    assert fresh.call("uDMAIntStatus") == 0


def test_dma_within_memory_alone_and_by_a_list(fresh: Rom) -> None:
    table, data, answer = 0x2000_8000, fresh.buffer(bytes(range(1, 65))), fresh.buffer(64)
    fresh.call("uDMAEnable")
    fresh.call("uDMAControlBaseSet", table)
    fresh.call("uDMAChannelAssign", 0x30000)
    fresh.call("uDMAChannelControlSet", 0, 0x00008000)
    fresh.call("uDMAChannelTransferSet", 0, 2, data, answer, 40)
    fresh.call("uDMAChannelEnable", 0)
    fresh.call("uDMAChannelRequest", 0)
    assert fresh.read(answer, 64) == bytes(range(1, 41)) + bytes(24)
    tasks = fresh.buffer(32)
    for index, mode in enumerate((5, 2)):
        task = (data + 8 * index + 7, answer + 56 - 8 * index + 7, 7 << 4 | 3 << 14 | mode, 0)
        for offset, word in enumerate(task):
            fresh.bus.write(tasks + 16 * index + 4 * offset, word, 4)
    fresh.call("uDMAChannelScatterGatherSet", 0, 2, tasks, 0)
    assert fresh.call("uDMAChannelModeGet", 0) == 4
    fresh.call("uDMAChannelEnable", 0)
    fresh.call("uDMAChannelRequest", 0)
    assert fresh.read(answer + 56, 8) == bytes(range(1, 9))
    assert fresh.read(answer + 48, 8) == bytes(range(9, 17))


def test_attributes_of_channels(rom: Rom) -> None:
    rom.call("uDMAChannelAttributeEnable", 7, 0xF)
    assert rom.call("uDMAChannelAttributeGet", 7) == 0xF
    rom.call("uDMAChannelAttributeDisable", 7, 0x5)
    assert rom.call("uDMAChannelAttributeGet", 7) == 0xA
    rom.call("uDMAChannelAttributeDisable", 7, 0xF)
    assert rom.call("uDMAErrorStatusGet") == 0
    rom.call("uDMAErrorStatusClear")
    rom.call("uDMAChannelDisable", 7)
    rom.call("uDMADisable")


def test_flash_is_erased_and_programmed(fresh: Rom) -> None:
    words = [(0x9E3779B9 * index) & 0xFFFFFFFF for index in range(50)]
    data = fresh.buffer(b"".join(word.to_bytes(4, "little") for word in words))
    address = 0x0108_0010
    assert fresh.call("FlashProgram", data, address, 200) == 0
    assert fresh.words(address, 50) == words
    assert fresh.call("FlashErase", 0x0108_0000) == 0
    assert fresh.read(address, 200) == b"\xff" * 200
    assert fresh.call("FlashErase", 0x0110_0000) == 0xFFFFFFFF
    assert fresh.call("FlashProgramNonBlocking", data, address, 200) == 0xFFFFFFFF
    assert fresh.call("FlashProgramNonBlocking", data, address, 16) == 0
    fresh.wait(100_000)
    assert fresh.words(address, 4) == words[:4]
    assert fresh.call("FlashProtectGet", address) == 0
    fresh.call("FlashIntEnable", 2)
    assert fresh.call("FlashIntStatus", 1) == 2
    fresh.call("FlashIntClear", 2)
    assert fresh.call("FlashIntStatus", 0) == 0
    fresh.call("FlashIntDisable", 2)
    fresh.call("FlashEraseNonBlocking", 0x0108_0000)
    fresh.wait(20_000_000)
    assert fresh.read(address, 16) == b"\xff" * 16
    assert fresh.call("FlashMassErase") == 0
    fresh.call("FlashMassEraseNonBlocking")
    fresh.call("FlashDisable")


def test_converter(rom: Rom) -> None:
    rom.machine.peripheral("adc").set_voltage(1, 1000)
    rom.call("ADCTimerConfig", ADC, 0x1FFFF)
    rom.call("ADCTimerReset", ADC)
    rom.call("ADCTimerEnable", ADC)
    rom.call("ADCChannelEnable", ADC, 8)
    rom.call("ADCEnable", ADC)
    rom.call("ADCIntEnable", ADC, 8, 0x11)
    rom.wait(100_000)
    assert rom.call("ADCFIFOLvlGet", ADC, 8) == 4
    assert rom.call("ADCIntStatus", ADC, 8) & 1
    assert rom.call("ADCFIFORead", ADC, 8) >> 2 & 0xFFF == 1000 * 4096 // 1467
    assert rom.call("ADCTimerValueGet", ADC) > 0
    rom.call("ADCIntClear", ADC, 8, 0x1F)
    rom.call("ADCIntDisable", ADC, 8, 0x11)
    rom.call("ADCDMAEnable", ADC, 8)
    assert rom.bus.read(ADC + 0x64, 4) == 4
    rom.call("ADCDMADisable", ADC, 8)
    rom.call("ADCTimerDisable", ADC)
    rom.call("ADCChannelDisable", ADC, 8)
    rom.call("ADCDisable", ADC)


def test_i2c_without_a_device(rom: Rom) -> None:
    rom.call("I2CMasterInitExpClk", I2CA0, 80_000_000, 1)
    assert rom.bus.read(I2CA0 + 0x0C, 4) == 9
    rom.call("I2CMasterSlaveAddrSet", I2CA0, 0x42, 0)
    rom.call("I2CMasterDataPut", I2CA0, 1)
    rom.call("I2CMasterIntEnable", I2CA0)
    rom.call("I2CMasterControl", I2CA0, 7)
    assert rom.call("I2CMasterBusy", I2CA0) == 0
    assert rom.call("I2CMasterErr", I2CA0) == 4
    assert rom.call("I2CMasterIntStatus", I2CA0, 1) == 1
    rom.call("I2CMasterIntClear", I2CA0)
    assert rom.call("I2CMasterIntStatusEx", I2CA0, 0) == 0x70
    rom.call("I2CMasterIntClearEx", I2CA0, 0xFFF)
    rom.call("I2CMasterIntEnableEx", I2CA0, 2)
    rom.call("I2CMasterIntDisableEx", I2CA0, 2)
    rom.call("I2CMasterIntDisable", I2CA0)
    assert rom.call("I2CMasterBusBusy", I2CA0) == 0
    assert rom.call("I2CMasterDataGet", I2CA0) == 1
    rom.call("I2CTxFIFOConfigSet", I2CA0, 0x4004)
    rom.call("I2CRxFIFOConfigSet", I2CA0, 0x40040000)
    rom.call("I2CFIFODataPut", I2CA0, 9)
    assert rom.call("I2CFIFODataPutNonBlocking", I2CA0, 8) == 1
    rom.call("I2CTxFIFOFlush", I2CA0)
    rom.call("I2CRxFIFOFlush", I2CA0)
    assert rom.call("I2CFIFOStatus", I2CA0) == 0x10001
    assert rom.call("I2CFIFODataGetNonBlocking", I2CA0, rom.buffer(1)) == 0
    rom.call("I2CMasterBurstLengthSet", I2CA0, 4)
    assert rom.call("I2CMasterBurstCountGet", I2CA0) == 0
    rom.call("I2CMasterGlitchFilterConfigSet", I2CA0, 1 << 16)
    rom.call("I2CMasterTimeoutSet", I2CA0, 5)
    assert rom.call("I2CMasterLineStateGet", I2CA0) == 3
    rom.call("I2CMasterDisable", I2CA0)


def test_i2c_slave(rom: Rom) -> None:
    rom.call("I2CSlaveInit", I2CA0, 0x3C)
    assert rom.bus.read(I2CA0 + 0x800, 4) == 0x3C
    rom.call("I2CSlaveAddressSet", I2CA0, 1, 0x3D)
    assert rom.bus.read(I2CA0 + 0x81C, 4) == 0xBD
    rom.call("I2CSlaveAddressSet", I2CA0, 0, 0x3E)
    rom.call("I2CSlaveDataPut", I2CA0, 7)
    assert rom.call("I2CSlaveDataGet", I2CA0) == 7
    rom.call("I2CSlaveIntEnable", I2CA0)
    rom.call("I2CSlaveIntEnableEx", I2CA0, 6)
    assert rom.bus.read(I2CA0 + 0x80C, 4) == 7
    rom.call("I2CSlaveIntDisable", I2CA0)
    rom.call("I2CSlaveIntDisableEx", I2CA0, 6)
    assert rom.call("I2CSlaveIntStatus", I2CA0, 1) == 0
    assert rom.call("I2CSlaveIntStatusEx", I2CA0, 0) == 0
    rom.call("I2CSlaveIntClear", I2CA0)
    rom.call("I2CSlaveIntClearEx", I2CA0, 7)
    rom.call("I2CSlaveACKOverride", I2CA0, 1)
    rom.call("I2CSlaveACKValueSet", I2CA0, 0)
    assert rom.bus.read(I2CA0 + 0x820, 4) == 3
    rom.call("I2CSlaveACKOverride", I2CA0, 0)
    rom.call("I2CSlaveACKValueSet", I2CA0, 1)
    rom.call("I2CSlaveFIFOEnable", I2CA0, 6)
    rom.call("I2CSlaveFIFODisable", I2CA0)
    assert rom.call("I2CSlaveStatus", I2CA0) == 0
    rom.call("I2CSlaveDisable", I2CA0)


def test_an_empty_card_slot_times_out(rom: Rom) -> None:
    response = rom.buffer(16)
    rom.call("SDHostInit", SDHOST)
    rom.call("SDHostSetExpClk", SDHOST, 120_000_000, 400_000)
    rom.call("SDHostIntEnable", SDHOST, 0x10001)
    assert rom.call("SDHostCmdSend", SDHOST, 0, 0) == 0
    assert rom.call("SDHostIntStatus", SDHOST) == 1
    rom.call("SDHostIntClear", SDHOST, 1)
    assert rom.call("SDHostCmdSend", SDHOST, 0x08020000, 0x1AA) == 0
    assert rom.call("SDHostIntStatus", SDHOST) == 0x18000
    rom.call("SDHostIntClear", SDHOST, 0x18000)
    rom.call("SDHostCmdReset", SDHOST)
    rom.call("SDHostRespGet", SDHOST, response)
    rom.call("SDHostBlockSizeSet", SDHOST, 512)
    rom.call("SDHostBlockCountSet", SDHOST, 3)
    assert rom.bus.read(SDHOST + 0x204, 4) == 3 << 16 | 512
    assert rom.call("SDHostDataNonBlockingRead", SDHOST, response) == 0
    assert rom.call("SDHostDataNonBlockingWrite", SDHOST, 1) == 0
    rom.call("SDHostCardErrorMaskSet", SDHOST, 5)
    assert rom.call("SDHostCardErrorMaskGet", SDHOST) == 5
    rom.call("SDHostIntDisable", SDHOST, 0x10001)


def test_audio(rom: Rom) -> None:
    word = rom.buffer(4)
    rom.call("I2SConfigSetExpClk", I2S, 24_000_000, 1_536_000, 0x00780078 | 0x00080000)
    rom.call("I2SSerializerConfig", I2S, 1, 1, 8)
    rom.call("I2SSerializerConfig", I2S, 2, 2, 0)
    rom.call("I2STxFIFOEnable", I2S, 8, 1)
    rom.call("I2SRxFIFOEnable", I2S, 8, 1)
    rom.call("I2SEnable", I2S, 3)
    assert rom.bus.read(I2S + 0x44, 4) == 0x1F1F
    rom.call("I2SDataPut", I2S, 1, 5)
    assert rom.call("I2SDataPutNonBlocking", I2S, 1, 5) == 0
    rom.call("I2SDataGet", I2S, 2, word)
    assert rom.call("I2SDataGetNonBlocking", I2S, 2, word) == 0
    assert rom.call("I2SIntStatus", I2S) == 0x00200020
    rom.call("I2SIntEnable", I2S, 0x200020)
    rom.call("I2SIntDisable", I2S, 0x200020)
    rom.call("I2SIntClear", I2S, 0x200020)
    rom.call("I2STxActiveSlotSet", I2S, 1)
    rom.call("I2SRxActiveSlotSet", I2S, 2)
    rom.call("I2STxFIFODisable", I2S)
    rom.call("I2SRxFIFODisable", I2S)
    assert rom.call("I2STxFIFOStatusGet", I2S) == rom.call("I2SRxFIFOStatusGet", I2S) == 0
    rom.call("I2SDisable", I2S)
    assert rom.call("I2SDataPutNonBlocking", I2S, 1, 5) == 0xFFFFFFFF
    assert rom.call("I2SDataGetNonBlocking", I2S, 2, word) == 0xFFFFFFFF


def test_camera(rom: Rom) -> None:
    rom.call("CameraReset", CAMERA)
    rom.call("CameraParamsConfig", CAMERA, 0x200, 0x100, 0x2000)
    assert rom.bus.read(CAMERA + 0x40, 4) == 0x2300
    rom.call("CameraXClkConfig", CAMERA, 120_000_000, 24_000_000)
    assert rom.bus.read(CAMERA + 0x48, 4) == 5
    for state, value in ((0, 0), (1, 1), (2, 31)):
        rom.call("CameraXClkSet", CAMERA, state)
        assert rom.bus.read(CAMERA + 0x48, 4) == value
    rom.call("CameraThresholdSet", CAMERA, 8)
    rom.call("CameraDMAEnable", CAMERA)
    assert rom.bus.read(CAMERA + 0x44, 4) == 0x107
    rom.call("CameraDMADisable", CAMERA)
    rom.call("CameraIntEnable", CAMERA, 0x80010000)
    rom.call("CameraIntDisable", CAMERA, 0x80010000)
    rom.call("CameraIntClear", CAMERA, 0x80010000)
    assert rom.call("CameraIntStatus", CAMERA) == 0
    rom.call("CameraCaptureStart", CAMERA)
    assert rom.bus.read(CAMERA + 0x40, 4) & 1 << 16
    rom.call("CameraCaptureStop", CAMERA, 0)
    rom.call("CameraBufferRead", CAMERA, rom.buffer(16), 4)


def test_locks_between_the_processors(rom: Rom) -> None:
    lock = 0x0002_0000
    rom.call("HwSpinLockAcquire", lock)
    assert rom.call("HwSpinLockTryAcquire", lock, 3) == 0
    assert rom.call("HwSpinLockTest", lock, 1) & 1
    rom.call("HwSpinLockRelease", lock)
    assert rom.call("HwSpinLockTest", lock, 1) == 0
    assert rom.call("HwSpinLockTest", lock, 0) == 0


# -- crypto ---------------------------------------------------------------------------------------

KEY = bytes(range(1, 33))
IV = bytes(range(200, 216))
TEXT = bytes((7 * index + 3) & 0xFF for index in range(64))
ENCRYPT = 4
KEY_SIZES = {16: 0x08, 24: 0x10, 32: 0x18}


def aes(rom: Rom, config: int, key: bytes, text: bytes, iv: bytes = IV) -> bytes:
    size = KEY_SIZES[len(key)]
    result = rom.buffer(len(text))
    rom.call("AESConfigSet", AES, config | size)
    rom.call("AESIVSet", AES, rom.buffer(iv))
    rom.call("AESKey1Set", AES, rom.buffer(key), size)
    assert rom.call("AESDataProcess", AES, rom.buffer(text), result, len(text)) == 1
    return rom.read(result, len(text))


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize(
    ("config", "mode"),
    [
        (0x00, modes.ECB()),
        (0x20, modes.CBC(IV)),
        (0x40 | 0x180, modes.CTR(IV)),
        (0x400, CFB(IV)),
    ],
    ids=["ecb", "cbc", "ctr", "cfb"],
)
def test_aes_modes(rom: Rom, config: int, mode: modes.Mode, size: int) -> None:
    library = Cipher(algorithms.AES(KEY[:size]), mode).encryptor().update(TEXT)
    assert aes(rom, config | ENCRYPT, KEY[:size], TEXT) == library
    assert aes(rom, config, KEY[:size], library) == TEXT


def test_aes_counter_takes_what_is_left_of_a_block(rom: Rom) -> None:
    library = Cipher(algorithms.AES(KEY[:16]), modes.CTR(IV)).encryptor().update(TEXT[:23])
    assert aes(rom, 0x40 | 0x180 | ENCRYPT, KEY[:16], TEXT[:23]) == library
    chained = rom.buffer(16)
    rom.call("AESIVGet", AES, chained)
    assert rom.read(chained, 16) == (int.from_bytes(IV, "big") + 2).to_bytes(16, "big")


def authenticated(rom: Rom, config: int, iv: bytes, header: bytes, text: bytes) -> bytes:
    tag, result = rom.buffer(16), rom.buffer(len(text))
    rom.call("AESConfigSet", AES, config | KEY_SIZES[16])
    rom.call("AESIVSet", AES, rom.buffer(iv))
    rom.call("AESKey1Set", AES, rom.buffer(KEY[:16]), KEY_SIZES[16])
    arguments = (rom.buffer(text), result, len(text), rom.buffer(header), len(header), tag)
    assert rom.call("AESDataProcessAE", AES, *arguments) == 1
    return rom.read(result, len(text)) + rom.read(tag, 16)


@pytest.mark.parametrize(("header", "size"), [(20, 64), (0, 33), (16, 16)])
def test_aes_gcm(rom: Rom, header: int, size: int) -> None:
    extra, text = KEY[:header], TEXT[:size]
    library = AESGCM(KEY[:16]).encrypt(IV[:12], text, extra)
    iv = IV[:12] + (1).to_bytes(4, "big")
    assert authenticated(rom, 3 << 16 | 0x40 | ENCRYPT, iv, extra, text) == library
    clear = authenticated(rom, 3 << 16 | 0x40, iv, extra, library[:size])
    assert clear == text + library[size:]


@pytest.mark.parametrize(("header", "size"), [(20, 64), (0, 33)])
def test_aes_ccm(rom: Rom, header: int, size: int) -> None:
    extra, text = KEY[:header], TEXT[:size]
    library = AESCCM(KEY[:16], tag_length=16).encrypt(IV[:13], text, extra)
    iv = b"\x01" + IV[:13] + bytes(2)
    config = 1 << 18 | 0x40 | 1 << 19 | 7 << 22
    assert authenticated(rom, config | ENCRYPT, iv, extra, text) == library


def test_aes_cbc_mac(rom: Rom) -> None:
    tag = rom.buffer(16)
    rom.call("AESConfigSet", AES, 1 << 15 | ENCRYPT | KEY_SIZES[16])
    rom.call("AESKey1Set", AES, rom.buffer(KEY[:16]), KEY_SIZES[16])
    rom.call("AESDataMAC", AES, rom.buffer(TEXT), len(TEXT), tag)
    cipher = Cipher(algorithms.AES(KEY[:16]), modes.CBC(bytes(16))).encryptor()
    assert rom.read(tag, 16) == cipher.update(TEXT)[-16:]


def test_settings_of_aes(rom: Rom) -> None:
    rom.call("AESKey2Set", AES, rom.buffer(KEY), 0x18)
    assert rom.bus.read(AES + 0x18, 4) == int.from_bytes(KEY[:4], "little")
    rom.call("AESKey3Set", AES, rom.buffer(KEY))
    assert rom.bus.read(AES + 0x08, 4) == int.from_bytes(KEY[:4], "little")
    rom.call("AESConfigSet", AES, ENCRYPT | 8)
    rom.call("AESDataLengthSet", AES, 0, 16, 0)
    rom.call("AESAuthDataLengthSet", AES, 0)
    assert rom.call("AESDataReadNonBlocking", AES, rom.buffer(16), 16) == 0
    assert rom.call("AESDataWriteNonBlocking", AES, rom.buffer(TEXT), 16) == 1
    assert rom.call("AESDataReadNonBlocking", AES, rom.buffer(16), 16) == 1
    assert rom.call("AESDataWriteNonBlocking", AES, rom.buffer(TEXT), 17) == 0
    rom.call("AESIntEnable", AES, 0x10001)
    assert rom.call("AESIntStatus", AES, 1) & 0xFFFF in (0, 1)
    assert rom.call("AESIntStatus", AES, 0) < 0x100000
    rom.call("AESIntDisable", AES, 0x10001)
    rom.call("AESIntClear", AES, 0x10000)
    rom.call("AESDMAEnable", AES, 0x60)
    rom.call("AESDMADisable", AES, 0x60)


@pytest.mark.parametrize(
    ("config", "mode"),
    [(0x00, modes.ECB()), (0x10, modes.CBC(IV[:8])), (0x20, CFB(IV[:8]))],
    ids=["ecb", "cbc", "cfb"],
)
@pytest.mark.parametrize("triple", [False, True])
def test_des(rom: Rom, config: int, mode: modes.Mode, triple: bool) -> None:
    key = KEY[:24] if triple else KEY[:8]
    config |= 8 if triple else 0
    library = Cipher(TripleDES(key if triple else key * 3), mode).encryptor().update(TEXT)
    for direction, text, expected in ((ENCRYPT, TEXT, library), (0, library, TEXT)):
        result = rom.buffer(len(TEXT))
        rom.call("DESConfigSet", DES, config | direction)
        rom.call("DESKeySet", DES, rom.buffer(key))
        assert rom.call("DESIVSet", DES, rom.buffer(IV[:8])) == 1
        rom.call("DESDataProcess", DES, rom.buffer(text), result, len(text))
        assert rom.read(result, len(text)) == expected


def test_settings_of_des(rom: Rom) -> None:
    rom.call("DESConfigSet", DES, ENCRYPT)
    rom.call("DESDataLengthSet", DES, 8)
    assert rom.call("DESIVSet", DES, rom.buffer(8)) == 0
    assert rom.call("DESDataReadNonBlocking", DES, rom.buffer(8), 8) == 0
    assert rom.call("DESDataWriteNonBlocking", DES, rom.buffer(TEXT), 8) == 1
    assert rom.call("DESDataReadNonBlocking", DES, rom.buffer(8), 8) == 1
    rom.call("DESIntEnable", DES, 0x10001)
    assert rom.call("DESIntStatus", DES, 1) == 1
    assert rom.call("DESIntStatus", DES, 0) & 1
    rom.call("DESIntDisable", DES, 0x10001)
    rom.call("DESIntClear", DES, 0x10000)
    rom.call("DESDMAEnable", DES, 0x60)
    rom.call("DESDMADisable", DES, 0x60)


ALGORITHMS = [(0, "md5"), (2, "sha1"), (4, "sha224"), (6, "sha256")]


@pytest.mark.parametrize(("mode", "name"), ALGORITHMS)
@pytest.mark.parametrize("size", [1, 55, 56, 64, 130])
def test_digests(rom: Rom, mode: int, name: str, size: int) -> None:
    message = (TEXT * 3)[:size]
    digest = hashlib.new(name, message).digest()
    result = rom.buffer(32)
    rom.call("SHAMD5ConfigSet", SHAMD5, mode)
    assert rom.call("SHAMD5DataProcess", SHAMD5, rom.buffer(message), size, result) == 1
    assert rom.read(result, len(digest)) == digest


@pytest.mark.parametrize(("mode", "name"), ALGORITHMS)
def test_hmac_by_key_and_by_processed_key(rom: Rom, mode: int, name: str) -> None:
    key, message = KEY.ljust(64, b"\0"), TEXT + b"tail"
    mac = hmac.new(KEY, message, name).digest()
    result, processed = rom.buffer(32), rom.buffer(64)
    rom.call("SHAMD5ConfigSet", SHAMD5, mode)
    rom.call("SHAMD5HMACKeySet", SHAMD5, rom.buffer(key))
    rom.call("SHAMD5HMACProcess", SHAMD5, rom.buffer(message), len(message), result)
    assert rom.read(result, len(mac)) == mac
    rom.bus.write(SHAMD5 + 0x44, mode, 4)
    rom.call("SHAMD5HMACPPKeyGenerate", SHAMD5, rom.buffer(key), processed)
    rom.call("SHAMD5ConfigSet", SHAMD5, mode)
    rom.call("SHAMD5HMACPPKeySet", SHAMD5, processed)
    rom.bus.write_bytes(result, bytes(32))
    rom.call("SHAMD5HMACProcess", SHAMD5, rom.buffer(message), len(message), result)
    assert rom.read(result, len(mac)) == mac


def test_settings_of_digests(rom: Rom) -> None:
    rom.call("SHAMD5ConfigSet", SHAMD5, 6)
    assert rom.call("SHAMD5DataWriteNonBlocking", SHAMD5, rom.buffer(TEXT)) == 0
    rom.call("SHAMD5DataLengthSet", SHAMD5, 64)
    assert rom.call("SHAMD5DataWriteNonBlocking", SHAMD5, rom.buffer(TEXT)) == 1
    result = rom.buffer(32)
    rom.call("SHAMD5ResultRead", SHAMD5, result)
    assert rom.read(result, 32) == hashlib.sha256(TEXT).digest()
    rom.call("SHAMD5IntEnable", SHAMD5, 0x10008)
    assert rom.call("SHAMD5IntStatus", SHAMD5, 1) == 8
    assert rom.call("SHAMD5IntStatus", SHAMD5, 0) & 9 == 9
    rom.call("SHAMD5IntDisable", SHAMD5, 0x10008)
    rom.call("SHAMD5IntClear", SHAMD5, 0x10000)
    rom.call("SHAMD5DMAEnable", SHAMD5)
    rom.call("SHAMD5DMADisable", SHAMD5)


def test_crc(rom: Rom) -> None:
    config = 0x1000 | 3 << 13 | 2 | 7 << 7
    data = rom.buffer(b"123456789")
    rom.call("CRCConfigSet", DTHE, config)
    assert rom.call("CRCDataProcess", DTHE, data, 9, config) == 0xCBF43926
    rom.call("CRCConfigSet", DTHE, 2)
    rom.call("CRCSeedSet", DTHE, 0xFFFFFFFF)
    rom.call("CRCDataWrite", DTHE, 0x31323334)
    assert rom.call("CRCResultRead", DTHE) != 0xFFFFFFFF
    assert rom.call("CRCDataProcess", DTHE, data, 2, 2) == rom.call("CRCResultRead", DTHE)
