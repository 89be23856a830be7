"""The mask ROM's functions of consoles, pins, timers and interrupts."""

from __future__ import annotations

import pytest

from tests.firmware.rom import (
    ADC,
    AES,
    CAMERA,
    DES,
    GPIOA1,
    GSPI,
    I2CA0,
    I2S,
    SDHOST,
    SHAMD5,
    TIMERA1,
    UARTA0,
    WDT,
    Rom,
)


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


def test_the_i2c_master_takes_bus_time(fresh: Rom) -> None:
    fresh.call("I2CMasterInitExpClk", I2CA0, 80_000_000, 0)
    fresh.call("I2CMasterSlaveAddrSet", I2CA0, 0x41, 0)
    fresh.call("I2CMasterDataPut", I2CA0, 0xFE)
    begun = fresh.machine.now
    fresh.call("I2CMasterControl", I2CA0, 7)
    assert fresh.call("I2CMasterBusy", I2CA0) == 1
    while fresh.call("I2CMasterBusy", I2CA0):
        assert fresh.machine.now - begun < 300_000
    # Twenty bits at 100 kHz: a start with the address, a byte, a stop.
    assert 200_000 <= fresh.machine.now - begun < 205_000
    assert fresh.call("I2CMasterErr", I2CA0) == 0


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
