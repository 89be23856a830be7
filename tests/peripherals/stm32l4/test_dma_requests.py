"""The table of requests, and blocks that share one or ask by pulses."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import dma_requests
from renode_wifi.peripherals.stm32l4.adc import STM32L4_ADC
from renode_wifi.peripherals.stm32l4.dac import STM32L4_DAC
from renode_wifi.peripherals.stm32l4.dfsdm import STM32L4_DFSDM
from renode_wifi.peripherals.stm32l4.dma import CCR, STM32LDMA
from renode_wifi.peripherals.stm32l4.dma_requests import Source
from renode_wifi.peripherals.stm32l4.i2c import STM32F7_I2C
from renode_wifi.peripherals.stm32l4.quadspi import STM32H7_QuadSPI
from renode_wifi.peripherals.stm32l4.spi import STM32L4_SPI
from renode_wifi.peripherals.stm32l4.tim import STM32_Timer
from renode_wifi.peripherals.stm32l4.usart import STM32F7_USART
from tests.peripherals.stm32l4.rig import poke

TARGET, SOURCE = 0x2000_0000, 0x2000_1000
MODELS = {
    "adc": STM32L4_ADC,
    "dac": STM32L4_DAC,
    "dfsdm": STM32L4_DFSDM,
    "i2c": STM32F7_I2C,
    "spi": STM32L4_SPI,
    "tim": STM32_Timer,
    "usart": STM32F7_USART,
    "uart": STM32F7_USART,
    "lpuart": STM32F7_USART,
    "quadspi": STM32H7_QuadSPI,
}
ALL = [
    source
    for channels in dma_requests.REQUESTS.values()
    for codes in channels
    for sources in codes.values()
    for source in sources
]


@pytest.mark.parametrize("source", ALL, ids=lambda source: f"{source.block}.{source.output}")
def test_every_request_is_an_output_of_its_block(source: Source) -> None:
    model = MODELS[source.block.rstrip("0123456789")](BenchMachine(), source.block)
    assert source.output in model.lines


class Block:
    def __init__(self, output: str) -> None:
        self.lines = {output: Line()}


def test_a_pulse_moves_one_item() -> None:
    machine = BenchMachine()
    timer = machine.peripherals["tim2"] = Block("UP_DMA")
    dma = STM32LDMA(machine, "dma1")
    machine.bus.write_bytes(SOURCE, b"abcd")
    poke(dma, "CSELR", 4 << 4)
    poke(dma, "CNDTR2", 4)
    poke(dma, "CPAR2", TARGET)
    poke(dma, "CMAR2", SOURCE)
    poke(dma, "CCR2", CCR.EN | CCR.DIR | CCR.MINC)
    seen = []
    for _ in range(5):
        timer.lines["UP_DMA"].pulse()
        seen.append(machine.bus.read(TARGET, 1))
    assert bytes(seen) == b"abcdd"


def test_pulses_while_a_channel_is_off_are_lost() -> None:
    machine = BenchMachine()
    timer = machine.peripherals["tim2"] = Block("UP_DMA")
    dma = STM32LDMA(machine, "dma1")
    poke(dma, "CSELR", 4 << 4)
    poke(dma, "CNDTR2", 4)
    poke(dma, "CCR2", CCR.EN)
    poke(dma, "CCR2", 0)
    timer.lines["UP_DMA"].pulse()
    poke(dma, "CCR2", CCR.EN)
    assert dma.registers["CNDTR2"] == 4


def test_two_blocks_share_a_request() -> None:
    machine = BenchMachine()
    timer = machine.peripherals["tim6"] = Block("UP_DMA")
    dac = machine.peripherals["dac1"] = Block("DMARequest1")
    dma = STM32LDMA(machine, "dma1")
    poke(dma, "CSELR", 6 << 8)
    poke(dma, "CNDTR3", 4)
    poke(dma, "CPAR3", TARGET)
    poke(dma, "CMAR3", SOURCE)
    poke(dma, "CCR3", CCR.EN | CCR.DIR | CCR.MINC)
    timer.lines["UP_DMA"].pulse()
    assert dma.registers["CNDTR3"] == 3
    dac.lines["DMARequest1"].set(True)
    assert dma.registers["CNDTR3"] == 0


@pytest.mark.parametrize("event", ["CC4_DMA", "TRIG_DMA", "COM_DMA"])
def test_each_of_three_events_on_one_request_moves_an_item(event: str) -> None:
    machine = BenchMachine()
    timer = machine.peripherals["tim1"] = Block("CC4_DMA")
    timer.lines.update(TRIG_DMA=Line(), COM_DMA=Line())
    dma = STM32LDMA(machine, "dma1")
    poke(dma, "CSELR", 7 << 12)
    poke(dma, "CNDTR4", 4)
    poke(dma, "CPAR4", TARGET)
    poke(dma, "CMAR4", SOURCE)
    poke(dma, "CCR4", CCR.EN | CCR.DIR | CCR.MINC)
    timer.lines[event].pulse()
    assert dma.registers["CNDTR4"] == 3
