# ironpython: executed by Renode
"""The one table of model types: where each runs, which class it is, what it takes.

Types that Renode has carry Renode's name and take the constructor parameters of Renode's class, so
that a description which loads here loads there. What Renode lacks is ours by name and parameters,
and is created by the monitor command `wifi_model` on both engines. From this table come the models
of the embedded engine (`constructors`), what `wifi_model` makes in Renode, both ends of a radio
whose processor runs beside Renode, and the tables of docs/models.md.
"""

PACKAGE = "renode_wifi."
RENODE_NAMESPACE = "Antmicro.Renode.Peripherals."

# Where a type runs.
STOCK = "stock"
"""Renode has a class of its own; the embedded engine ours, of the same name and parameters."""
OWN = "own"
"""Ours, on both engines."""
RADIO = "radio"
"""Ours; in Renode its link only, the processor behind it in a process beside."""
EMBEDDED = "embedded"
"""Ours, on the embedded engine only."""

# Kinds of values that a link gives its processor.
FLAG = "flag"
NUMBER = "number"
BYTES = "bytes"


class ModelType(object):
    """implementation: `module:class` in this package, called with (machine, name, **attributes).

    parameters: constructor parameters of Renode's class by name, True where one has to be given;
    None: what the implementation takes.
    """

    def __init__(self, name, implementation, where, parameters=None):
        # type: (str, str, str, dict[str, bool] | None) -> None
        self.name = name
        self.implementation = implementation
        self.where = where
        self.parameters = parameters


class RadioType(ModelType):
    """link: `module:class` of the half that is on the chip's wires.

    inputs: methods that the link calls on its processor, each with one argument of a kind.
    callbacks: methods that the processor calls on its link.
    """

    def __init__(self, name, implementation, link, inputs, callbacks):
        # type: (str, str, str, dict[str, str], tuple[str, ...]) -> None
        ModelType.__init__(self, name, implementation, RADIO)
        self.link = link
        self.inputs = inputs
        self.callbacks = callbacks


def load(place):
    # type: (str) -> typing.Any
    """The class that stands at `module:class` in this package."""
    module, _, name = place.partition(":")
    return getattr(__import__(PACKAGE + module, None, None, [name]), name)


def _stock(name, implementation, required="", optional=""):
    # type: (str, str, str, str) -> ModelType
    parameters = dict.fromkeys(required.split(), True)
    parameters.update(dict.fromkeys(optional.split(), False))
    return ModelType(name, implementation, STOCK, parameters)


def _own(name, module, where=OWN):
    # type: (str, str, str) -> ModelType
    """A block of ours, whose class has the type's name."""
    return ModelType(name, "peripherals.%s:%s" % (module, name), where)


MODELS = (
    _stock(
        "CPU.CortexM",
        "emulation.platform.stock.cortex_m:CortexM",
        "cpuType nvic",
        "cpuId numberOfMPURegions",
    ),
    _stock(
        "IRQControllers.NVIC",
        "emulation.platform.stock.nvic:Nvic",
        "",
        "systickFrequency priorityMask haltSystickOnDeepSleep",
    ),
    _stock("Memory.MappedMemory", "emulation.platform.stock.memory:Memory", "size", "segmentSize"),
    _stock("Memory.ArrayMemory", "emulation.platform.stock.memory:Memory", "size", "initialValue"),
    _stock(
        "Miscellaneous.BitBanding",
        "emulation.platform.stock.bit_banding:BitBanding",
        "peripheralBase",
    ),
    _stock("UART.SemihostingUart", "emulation.platform.stock.semihosting:SemihostingUart"),
    _stock("UART.TrivialUart", "emulation.platform.stock.trivial_uart:TrivialUart"),
    _stock("Miscellaneous.LED", "emulation.platform.stock.led:Led", "", "invert"),
    _stock("Miscellaneous.Button", "emulation.platform.stock.button:Button", "", "invert"),
    _stock("PWMTester", "emulation.platform.stock.pwm_tester:PwmTester"),
    _stock(
        "Miscellaneous.CombinedInput",
        "emulation.platform.stock.combined_input:CombinedInput",
        "numberOfInputs",
    ),
    _stock(
        "Python.PythonPeripheral",
        "emulation.platform.stock.python_peripheral:PythonPeripheral",
        "size",
        "initable script filename",
    ),
    _stock(
        "UART.STM32F7_USART",
        "peripherals.stm32l4.usart:STM32F7_USART",
        "frequency",
        "lowPowerMode",
    ),
    _stock(
        "GPIOPort.STM32_GPIOPort",
        "peripherals.stm32l4.gpio:STM32_GPIOPort",
        "",
        "modeResetValue outputSpeedResetValue pullUpPullDownResetValue numberOfAFs invertedAFPins",
    ),
    _stock(
        "IRQControllers.STM32F4_EXTI",
        "peripherals.stm32l4.exti:STM32F4_EXTI",
        "",
        "numberOfOutputLines firstDirectLine",
    ),
    _stock("Miscellaneous.STM32_SYSCFG", "peripherals.stm32l4.syscfg:STM32_SYSCFG"),
    _stock("Timers.STM32_Timer", "peripherals.stm32l4.tim:STM32_Timer", "frequency initialLimit"),
    _stock("Timers.STM32L0_LpTimer", "peripherals.stm32l4.lptim:STM32L0_LpTimer", "frequency"),
    _stock("Timers.STM32F4_RTC", "peripherals.stm32l4.rtc:STM32F4_RTC", "", "wakeupTimerFrequency"),
    _stock(
        "Timers.STM32_IndependentWatchdog",
        "peripherals.stm32l4.iwdg:STM32_IndependentWatchdog",
        "frequency",
        "windowOption defaultPrescaler",
    ),
    _stock("CRC.STM32_CRC", "peripherals.stm32l4.crc:STM32_CRC", "series", "configurablePoly"),
    _stock("DMA.STM32LDMA", "peripherals.stm32l4.dma:STM32LDMA"),
    _stock("DMA.STM32G0DMA", "peripherals.stm32l4.dma:STM32G0DMA", "numberOfChannels"),
    _stock("I2C.STM32F7_I2C", "peripherals.stm32l4.i2c:STM32F7_I2C"),
    _stock("SPI.STM32H7_QuadSPI", "peripherals.stm32l4.quadspi:STM32H7_QuadSPI"),
    _stock("SPI.Macronix_MX25R", "peripherals.stm32l4.mx25r:Macronix_MX25R", "underlyingMemory"),
    _stock("UART.STM32_UART", "peripherals.stm32f4.usart:STM32_UART", "", "frequency"),
    _stock(
        "MTD.STM32F4_FlashController",
        "peripherals.stm32f4.flash:STM32F4_FlashController",
        "flash",
    ),
    _stock("Miscellaneous.STM32F4_RCC", "peripherals.stm32f4.rcc:STM32F4_RCC", "rtcPeripheral"),
    _stock("Miscellaneous.STM32_PWR", "peripherals.stm32f4.pwr:STM32_PWR"),
    _stock("Miscellaneous.STM32F4_RNG", "peripherals.stm32l4.rng:STM32L4_RNG"),
    _stock("CAN.STMCAN", "peripherals.stm32l4.can:STM32L4_CAN", "", "master"),
    _stock("DMA.STM32DMA", "peripherals.stm32f4.dma:STM32DMA"),
    _stock("I2C.STM32F4_I2C", "peripherals.stm32f4.i2c:STM32F4_I2C"),
    _stock("SPI.STM32SPI", "peripherals.stm32f4.spi:STM32SPI", "", "bufferCapacity"),
    _stock(
        "Network.SynopsysEthernetMAC",
        "peripherals.stm32f4.ethernet:SynopsysEthernetMAC",
        "",
        "version",
    ),
    _stock("Network.EthernetPhysicalLayer", "peripherals.stm32f4.phy:EthernetPhysicalLayer"),
    _stock("UART.PL011", "peripherals.cc3220.uart:PL011", "", "fifoSize frequency"),
    _stock("GPIOPort.CC2538_GPIO", "peripherals.cc3220.gpio:CC2538_GPIO"),
    _own("STM32L4_RCC", "stm32l4.rcc"),
    _own("STM32L4_PWR", "stm32l4.pwr"),
    _own("STM32L4_FLASH", "stm32l4.flash"),
    _own("STM32L4_SPI", "stm32l4.spi"),
    _own("STM32L4_RNG", "stm32l4.rng"),
    _own("STM32L4_WWDG", "stm32l4.wwdg"),
    _own("STM32L4_DBGMCU", "stm32l4.dbgmcu"),
    _own("STM32L4_Signature", "stm32l4.signature"),
    _own("STM32L4_Unimplemented", "stm32l4.unimplemented"),
    _own("STM32L4_VREFBUF", "stm32l4.vrefbuf"),
    _own("STM32L4_COMP", "stm32l4.comp"),
    _own("STM32L4_ADC", "stm32l4.adc"),
    _own("STM32L4_ADC_Common", "stm32l4.adc_common"),
    _own("STM32L4_CAN", "stm32l4.can"),
    _own("STM32L4_DAC", "stm32l4.dac"),
    _own("STM32L4_DFSDM", "stm32l4.dfsdm"),
    _own("STM32L4_FIREWALL", "stm32l4.firewall"),
    _own("STM32L4_FMC", "stm32l4.fmc"),
    _own("STM32L4_OPAMP", "stm32l4.opamp"),
    _own("STM32L4_OTG_FS", "stm32l4.otg_fs"),
    _own("STM32L4_OTP", "stm32l4.otp"),
    _own("STM32L4_OptionBytes", "stm32l4.option_bytes"),
    _own("STM32L4_SAI", "stm32l4.sai"),
    _own("STM32L4_SDMMC", "stm32l4.sdmmc"),
    _own("STM32L4_SWPMI", "stm32l4.swpmi"),
    _own("STM32L4_SystemMemory", "stm32l4.system_memory"),
    _own("STM32L4_TSC", "stm32l4.tsc"),
    ModelType("MX25R6435F", "peripherals.stm32l4.mx25r:Macronix_MX25R", EMBEDDED),
    _own("STM32L4_QUADSPI_Region", "stm32l4.quadspi_region", EMBEDDED),
    _own("HTS221", "parts.hts221", EMBEDDED),
    _own("LPS22HB", "parts.lps22hb", EMBEDDED),
    _own("LSM6DSL", "parts.lsm6dsl.lsm6dsl", EMBEDDED),
    _own("LIS3MDL", "parts.lis3mdl", EMBEDDED),
    _own("M24SR64", "parts.m24sr64", EMBEDDED),
    _own("VL53L0X", "parts.vl53l0x", EMBEDDED),
    _own("MP34DT01", "parts.mp34dt01", EMBEDDED),
    _own("UsbHost", "usb.host", EMBEDDED),
    _own("SPBTLE_RF", "bluenrg.module", EMBEDDED),
    _own("CC3220_ADC", "cc3220.adc"),
    _own("CC3220_AES", "cc3220.aes"),
    _own("CC3220_APPS_CONFIG", "cc3220.apps_config"),
    _own("CC3220_ARCM", "cc3220.arcm"),
    _own("CC3220_Camera", "cc3220.camera"),
    _own("CC3220_COMMON_REG", "cc3220.common_reg"),
    _own("CC3220_DES", "cc3220.des"),
    _own("CC3220_DTHE", "cc3220.dthe"),
    _own("CC3220_FLASH_CTRL", "cc3220.flash_ctrl"),
    _own("CC3220_GPRCM", "cc3220.gprcm"),
    _own("CC3220_HIB1P2", "cc3220.hib1p2"),
    _own("CC3220_HIB3P3", "cc3220.hib3p3"),
    _own("CC3220_I2C", "cc3220.i2c"),
    _own("CC3220_I2S", "cc3220.i2s"),
    _own("CC3220_McSPI", "cc3220.mcspi"),
    _own("CC3220_OCP_SHARED", "cc3220.ocp_shared"),
    _own("CC3220_ROMPort", "cc3220.rom_port"),
    _own("CC3220_SDHOST", "cc3220.sdhost"),
    _own("CC3220_SHAMD5", "cc3220.shamd5"),
    _own("CC3220_StackDie", "cc3220.stackdie"),
    _own("CC3220_Timer", "cc3220.timer"),
    _own("CC3220_UARTDMA", "cc3220.uart_dma", EMBEDDED),
    _own("CC3220_uDMA", "cc3220.udma"),
    _own("CC3220_WDT", "cc3220.wdt"),
    _own("BMA222E", "cc3220.sensors", EMBEDDED),
    _own("TMP006", "cc3220.sensors", EMBEDDED),
    RadioType(
        "ISM43362",
        "peripherals.ism43362.module:ISM43362",
        link="peripherals.ism43362.link:Link",
        inputs={"reset": FLAG, "execute": BYTES},
        callbacks=("booted", "reply", "fail"),
    ),
    RadioType(
        "CC3220_NWP",
        "peripherals.simplelink.module:CC3220_NWP",
        link="peripherals.simplelink.link:Link",
        inputs={"on_power": FLAG, "on_garbage": NUMBER, "receive": BYTES},
        callbacks=("send", "stage"),
    ),
)

BY_NAME = {model.name: model for model in MODELS}


def find(name):
    # type: (str) -> ModelType | None
    """The type called `name`, with Renode's default namespace or without."""
    if name.startswith(RENODE_NAMESPACE):
        name = name[len(RENODE_NAMESPACE) :]
    return BY_NAME.get(name)


def names(*where):
    # type: (*str) -> list[str]
    """Types that run in these places, sorted."""
    return sorted([model.name for model in MODELS if model.where in where])


MYPY = False
if MYPY:
    import typing  # noqa: F401
