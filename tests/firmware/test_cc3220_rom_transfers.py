"""The mask ROM's functions of what moves data: SPI, DMA, flash, ADC, I2C, cards, audio, camera."""

from __future__ import annotations

from tests.firmware.rom import ADC, CAMERA, GSPI, I2CA0, I2S, SDHOST, Rom


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
    while rom.call("I2CMasterBusy", I2CA0):
        pass
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
