# ironpython: executed by Renode
"""Which bits of the RCC clock and reset which blocks (RM0351 sections 6.4.11 to 6.4.25)."""

# Registers that a block has its bit in, by the ending of the bit's name.
ENABLE, RESET, SLEEP = "EN", "RST", "SMEN"
ALL = (ENABLE, RESET, SLEEP)


class Gate(object):
    """One bit of a bus's registers. blocks: names of the models behind it."""

    def __init__(self, bit, name, blocks, registers=ALL):
        # type: (int, str, str, tuple[str, ...]) -> None
        self.bit = bit
        self.name = name
        self.blocks = tuple(blocks.split())
        self.registers = registers


# The bus, as in the names of its registers, with the number behind them: APB1ENR1 is ("APB1", "1").
GATES = (
    (
        "AHB1",
        "",
        (
            Gate(0, "DMA1", "dma1"),
            Gate(1, "DMA2", "dma2"),
            Gate(8, "FLASH", "flashController"),
            Gate(9, "SRAM1", "", (SLEEP,)),
            Gate(12, "CRC", "crc"),
            Gate(16, "TSC", "tsc"),
        ),
    ),
    (
        "AHB2",
        "",
        (
            Gate(0, "GPIOA", "gpioPortA"),
            Gate(1, "GPIOB", "gpioPortB"),
            Gate(2, "GPIOC", "gpioPortC"),
            Gate(3, "GPIOD", "gpioPortD"),
            Gate(4, "GPIOE", "gpioPortE"),
            Gate(5, "GPIOF", "gpioPortF"),
            Gate(6, "GPIOG", "gpioPortG"),
            Gate(7, "GPIOH", "gpioPortH"),
            Gate(9, "SRAM2", "", (SLEEP,)),
            Gate(12, "OTGFS", "otgFs"),
            Gate(13, "ADC", "adc1 adc2 adc3 adcCommon"),
            Gate(18, "RNG", "rng"),
        ),
    ),
    ("AHB3", "", (Gate(0, "FMC", "fmc"), Gate(8, "QSPI", "quadspi quadspiRegion"))),
    (
        "APB1",
        "1",
        (
            Gate(0, "TIM2", "tim2"),
            Gate(1, "TIM3", "tim3"),
            Gate(2, "TIM4", "tim4"),
            Gate(3, "TIM5", "tim5"),
            Gate(4, "TIM6", "tim6"),
            Gate(5, "TIM7", "tim7"),
            Gate(11, "WWDG", "wwdg", (ENABLE, SLEEP)),
            Gate(14, "SPI2", "spi2"),
            Gate(15, "SPI3", "spi3"),
            Gate(17, "USART2", "usart2"),
            Gate(18, "USART3", "usart3"),
            Gate(19, "UART4", "uart4"),
            Gate(20, "UART5", "uart5"),
            Gate(21, "I2C1", "i2c1"),
            Gate(22, "I2C2", "i2c2"),
            Gate(23, "I2C3", "i2c3"),
            Gate(25, "CAN1", "can1"),
            Gate(28, "PWR", "pwr"),
            Gate(29, "DAC1", "dac1"),
            Gate(30, "OPAMP", "opamp"),
            Gate(31, "LPTIM1", "lptim1"),
        ),
    ),
    (
        "APB1",
        "2",
        (
            Gate(0, "LPUART1", "lpuart1"),
            Gate(2, "SWPMI1", "swpmi1"),
            Gate(5, "LPTIM2", "lptim2"),
        ),
    ),
    (
        "APB2",
        "",
        (
            Gate(0, "SYSCFG", "syscfg vrefbuf comp"),
            Gate(7, "FW", "firewall", (ENABLE,)),
            Gate(10, "SDMMC1", "sdmmc1"),
            Gate(11, "TIM1", "tim1"),
            Gate(12, "SPI1", "spi1"),
            Gate(13, "TIM8", "tim8"),
            Gate(14, "USART1", "usart1"),
            Gate(16, "TIM15", "tim15"),
            Gate(17, "TIM16", "tim16"),
            Gate(18, "TIM17", "tim17"),
            Gate(21, "SAI1", "sai1"),
            Gate(22, "SAI2", "sai2"),
            Gate(24, "DFSDM1", "dfsdm1"),
        ),
    ),
)
