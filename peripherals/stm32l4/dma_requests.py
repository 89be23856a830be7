"""Which block asks which DMA channel under which code of CSELR (RM0351 tables 46 and 47)."""

from __future__ import annotations

from dataclasses import dataclass

SPI = {"RX": "DMAReceive", "TX": "DMASend"}
UART = {"RX": "ReceiveDmaRequest", "TX": "TransmitDmaRequest"}
I2C = {"RX": "RX_DMA", "TX": "TX_DMA"}
DAC = {"CH1": "DMARequest1", "CH2": "DMARequest2"}
ADC = {"": "DMARequest"}
DFSDM = {f"FLT{number}": f"FLT{number}" for number in range(4)}
QUADSPI = {"": "DMARequest"}
# What a block calls the outputs behind the table's names; those of timers follow a rule.
OUTPUTS = {
    "SPI": SPI,
    "USART": UART,
    "UART": UART,
    "LPUART": UART,
    "I2C": I2C,
    "DAC": DAC,
    "ADC": ADC,
    "DFSDM": DFSDM,
    "QUADSPI": QUADSPI,
}

# By channel, one after the other: the code and the requests that share it.
TABLES = {
    "dma1": (
        "0 ADC1, 4 TIM2_CH3, 5 TIM17_CH1/TIM17_UP, 6 TIM4_CH1",
        "0 ADC2, 1 SPI1_RX, 2 USART3_TX, 3 I2C3_TX, 4 TIM2_UP, 5 TIM3_CH3, 7 TIM1_CH1",
        "0 ADC3, 1 SPI1_TX, 2 USART3_RX, 3 I2C3_RX, 4 TIM16_CH1/TIM16_UP, 5 TIM3_CH4/TIM3_UP, "
        "6 TIM6_UP/DAC1_CH1, 7 TIM1_CH2",
        "0 DFSDM1_FLT0, 1 SPI2_RX, 2 USART1_TX, 3 I2C2_TX, 5 TIM7_UP/DAC1_CH2, 6 TIM4_CH2, "
        "7 TIM1_CH4/TIM1_TRIG/TIM1_COM",
        "0 DFSDM1_FLT1, 1 SPI2_TX, 2 USART1_RX, 3 I2C2_RX, 4 TIM2_CH1, 5 QUADSPI, 6 TIM4_CH3, "
        "7 TIM15_CH1/TIM15_UP/TIM15_TRIG/TIM15_COM",
        "0 DFSDM1_FLT2, 2 USART2_RX, 3 I2C1_TX, "
        "4 TIM16_CH1/TIM16_UP, 5 TIM3_CH1/TIM3_TRIG, 7 TIM1_UP",
        "0 DFSDM1_FLT3, 2 USART2_TX, 3 I2C1_RX, "
        "4 TIM2_CH2/TIM2_CH4, 5 TIM17_CH1/TIM17_UP, 6 TIM4_UP, 7 TIM1_CH3",
    ),
    "dma2": (
        "2 UART5_TX, 3 SPI3_RX, 5 TIM5_CH4/TIM5_TRIG, 7 TIM8_CH3/TIM8_UP",
        "2 UART5_RX, 3 SPI3_TX, 5 TIM5_CH3/TIM5_UP, 7 TIM8_CH4/TIM8_TRIG/TIM8_COM",
        "0 ADC1, 2 UART4_TX, 4 SPI1_RX",
        "0 ADC2, 3 TIM6_UP/DAC1_CH1, 4 SPI1_TX, 5 TIM5_CH2",
        "0 ADC3, 2 UART4_RX, 3 TIM7_UP/DAC1_CH2, 5 TIM5_CH1",
        "2 USART1_TX, 4 LPUART1_TX, 5 I2C1_RX, 7 TIM8_CH1",
        "2 USART1_RX, 3 QUADSPI, 4 LPUART1_RX, 5 I2C1_TX, 7 TIM8_CH2",
    ),
}


@dataclass(frozen=True)
class Source:
    """An output of a block. is_pulse: each rising edge asks for one item."""

    block: str
    output: str
    is_pulse: bool


def _source(name: str) -> Source:
    block, _, signal = name.partition("_")
    kind = block.rstrip("0123456789")
    if kind == "TIM":
        output = f"CC{signal[2:]}_DMA" if signal.startswith("CH") else f"{signal}_DMA"
        return Source(block.lower(), output, is_pulse=True)
    return Source(block.lower(), OUTPUTS[kind][signal], is_pulse=False)


def _parsed(table: str) -> dict[int, tuple[Source, ...]]:
    found = {}
    for entry in table.split(", "):
        code, _, names = entry.partition(" ")
        found[int(code)] = tuple(_source(name) for name in names.split("/"))
    return found


REQUESTS = {dma: tuple(map(_parsed, tables)) for dma, tables in TABLES.items()}


def sources(dma: str, channel: int, code: int) -> tuple[Source, ...]:
    """dma: "dma1" or "dma2"; channels count from 1. Empty where nothing modelled asks."""
    channels = REQUESTS.get(dma)
    return channels[channel - 1].get(code, ()) if channels else ()
