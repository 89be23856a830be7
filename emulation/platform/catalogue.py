"""Which Python model stands for which type of a platform description.

Types that Renode has carry Renode's name and take the constructor parameters of Renode's class, so
that a description which loads here loads there. What Renode lacks is ours by name and parameters,
and is created by the monitor command `wifi_model` on both engines.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

RENODE_NAMESPACE = "Antmicro.Renode.Peripherals."
PACKAGE = "renode_wifi."
PLAIN_KINDS: dict[str, type] = {"int": int, "bool": bool, "str": str, "float": float}


@dataclass(frozen=True)
class ModelType:
    """implementation: `module:name` within this package of a class or function
    `(machine, name, **attributes)`. parameters: constructor parameters of Renode's class, each
    with True where it has to be given; None: what the implementation takes.
    """

    name: str
    implementation: str
    parameters: dict[str, bool] | None = None

    @property
    def own(self) -> bool:
        """One of ours, which Renode does not know by itself."""
        return "." not in self.name

    @cached_property
    def factory(self) -> Callable[..., Any]:
        module, _, name = self.implementation.partition(":")
        factory: Callable[..., Any] = getattr(importlib.import_module(PACKAGE + module), name)
        return factory

    @cached_property
    def accepted(self) -> dict[str, bool] | None:
        """Names of attributes, True where one has to be given; None: any."""
        if self.parameters is not None:
            return self.parameters
        signature = inspect.signature(self.factory).parameters.values()
        if any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature):
            return None
        return {
            parameter.name: parameter.default is parameter.empty
            for parameter in signature
            if parameter.name not in ("machine", "name")
        }

    @cached_property
    def kinds(self) -> dict[str, type]:
        """Attributes whose values have to be plain ones of a kind, by annotation or default."""
        kinds: dict[str, type] = {}
        for parameter in inspect.signature(self.factory).parameters.values():
            annotated = PLAIN_KINDS.get(str(parameter.annotation).removesuffix(" | None"))
            kind = annotated or type(parameter.default)
            if kind in PLAIN_KINDS.values() and parameter.name not in ("machine", "name"):
                kinds[parameter.name] = kind
        return kinds

    @cached_property
    def _taken(self) -> frozenset[str] | None:
        """Parameters of the implementation; None: all."""
        signature = inspect.signature(self.factory).parameters.values()
        if any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature):
            return None
        return frozenset(parameter.name for parameter in signature)

    def create(self, machine: Any, name: str, attributes: dict[str, Any]) -> Any:
        """Parameters that matter to Renode's implementation only are left out."""
        if self._taken is not None:
            attributes = {key: value for key, value in attributes.items() if key in self._taken}
        return self.factory(machine, name, **attributes)


def _stock(name: str, implementation: str, required: str = "", optional: str = "") -> ModelType:
    parameters = dict.fromkeys(required.split(), True) | dict.fromkeys(optional.split(), False)
    return ModelType(name, implementation, parameters)


STOCK = (
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
    _stock("Miscellaneous.LED", "emulation.platform.stock.led:Led", "", "invert"),
    _stock("Miscellaneous.Button", "emulation.platform.stock.button:Button", "", "invert"),
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
    _stock("I2C.STM32F7_I2C", "peripherals.stm32l4.i2c:STM32F7_I2C"),
    _stock("SPI.STM32H7_QuadSPI", "peripherals.stm32l4.quadspi:STM32H7_QuadSPI"),
    _stock("SPI.Macronix_MX25R", "peripherals.stm32l4.mx25r:Macronix_MX25R", "underlyingMemory"),
    _stock("UART.PL011", "peripherals.cc3220.uart:PL011", "", "fifoSize frequency"),
    _stock("GPIOPort.CC2538_GPIO", "peripherals.cc3220.gpio:CC2538_GPIO"),
)

OWN = (
    ModelType("STM32L4_RCC", "peripherals.stm32l4.rcc:STM32L4_RCC"),
    ModelType("STM32L4_PWR", "peripherals.stm32l4.pwr:STM32L4_PWR"),
    ModelType("STM32L4_FLASH", "peripherals.stm32l4.flash:STM32L4_FLASH"),
    ModelType("STM32L4_SPI", "peripherals.stm32l4.spi:STM32L4_SPI"),
    ModelType("STM32L4_RNG", "peripherals.stm32l4.rng:STM32L4_RNG"),
    ModelType("STM32L4_WWDG", "peripherals.stm32l4.wwdg:STM32L4_WWDG"),
    ModelType("STM32L4_DBGMCU", "peripherals.stm32l4.dbgmcu:STM32L4_DBGMCU"),
    ModelType("STM32L4_Signature", "peripherals.stm32l4.signature:STM32L4_Signature"),
    ModelType("MX25R6435F", "peripherals.stm32l4.mx25r:Macronix_MX25R"),
    ModelType("HTS221", "peripherals.stm32l4.sensors:HTS221"),
    ModelType("LPS22HB", "peripherals.stm32l4.sensors:LPS22HB"),
    ModelType("LSM6DSL", "peripherals.stm32l4.sensors:LSM6DSL"),
    ModelType("LIS3MDL", "peripherals.stm32l4.sensors:LIS3MDL"),
    ModelType("STM32L4_Unimplemented", "peripherals.stm32l4.unimplemented:STM32L4_Unimplemented"),
    ModelType("ISM43362", "peripherals.ism43362.module:ISM43362"),
    ModelType("CC3220_ADC", "peripherals.cc3220.adc:CC3220_ADC"),
    ModelType("CC3220_AES", "peripherals.cc3220.aes:CC3220_AES"),
    ModelType("CC3220_APPS_CONFIG", "peripherals.cc3220.apps_config:CC3220_APPS_CONFIG"),
    ModelType("CC3220_ARCM", "peripherals.cc3220.arcm:CC3220_ARCM"),
    ModelType("CC3220_Camera", "peripherals.cc3220.camera:CC3220_Camera"),
    ModelType("CC3220_COMMON_REG", "peripherals.cc3220.common_reg:CC3220_COMMON_REG"),
    ModelType("CC3220_DES", "peripherals.cc3220.des:CC3220_DES"),
    ModelType("CC3220_DTHE", "peripherals.cc3220.dthe:CC3220_DTHE"),
    ModelType("CC3220_FLASH_CTRL", "peripherals.cc3220.flash_ctrl:CC3220_FLASH_CTRL"),
    ModelType("CC3220_GPRCM", "peripherals.cc3220.gprcm:CC3220_GPRCM"),
    ModelType("CC3220_HIB1P2", "peripherals.cc3220.hib1p2:CC3220_HIB1P2"),
    ModelType("CC3220_HIB3P3", "peripherals.cc3220.hib3p3:CC3220_HIB3P3"),
    ModelType("CC3220_I2C", "peripherals.cc3220.i2c:CC3220_I2C"),
    ModelType("CC3220_I2S", "peripherals.cc3220.i2s:CC3220_I2S"),
    ModelType("CC3220_McSPI", "peripherals.cc3220.mcspi:CC3220_McSPI"),
    ModelType("CC3220_NWP", "peripherals.simplelink.module:CC3220_NWP"),
    ModelType("CC3220_OCP_SHARED", "peripherals.cc3220.ocp_shared:CC3220_OCP_SHARED"),
    ModelType("CC3220_ROMPort", "peripherals.cc3220.rom_port:CC3220_ROMPort"),
    ModelType("CC3220_SDHOST", "peripherals.cc3220.sdhost:CC3220_SDHOST"),
    ModelType("CC3220_SHAMD5", "peripherals.cc3220.shamd5:CC3220_SHAMD5"),
    ModelType("CC3220_StackDie", "peripherals.cc3220.stackdie:CC3220_StackDie"),
    ModelType("CC3220_Timer", "peripherals.cc3220.timer:CC3220_Timer"),
    ModelType("CC3220_uDMA", "peripherals.cc3220.udma:CC3220_uDMA"),
    ModelType("CC3220_WDT", "peripherals.cc3220.wdt:CC3220_WDT"),
)


def fits(value: Any, kind: type) -> bool:
    """Whether a plain value is of a kind; a whole number will do for a fraction, not a bool."""
    return type(value) is kind or (kind is float and type(value) is int)


TYPES = {model.name: model for model in (*STOCK, *OWN)}


def find(name: str) -> ModelType | None:
    """The type called `name`, with Renode's default namespace or without."""
    return TYPES.get(name.removeprefix(RENODE_NAMESPACE))


def nearest(name: str) -> list[str]:
    """Names that may have been meant, by spelling or by their last part."""
    name = name.removeprefix(RENODE_NAMESPACE)
    last = name.rsplit(".", 1)[-1]
    same = [known for known in TYPES if known.rsplit(".", 1)[-1] == last]
    return same or difflib.get_close_matches(name, TYPES, n=3, cutoff=0.5)
