"""Serial ports of the STM32F4: bytes out and in, their flags and interrupts."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.base.uart import Uart
from renode_wifi.peripherals.stm32f4.usart import CR1, CR3, SR, STM32_UART
from tests.peripherals.stm32l4.rig import Probe, peek, poke

ON = CR1.UE | CR1.TE | CR1.RE
FRAME = 10 * 69 * 10**9 // 8_000_000
"""ns of ten bits at BRR of 69."""


def make(control: int = ON) -> tuple[STM32_UART, BenchMachine]:
    machine = BenchMachine()
    usart = STM32_UART(machine, "usart1")
    poke(usart, "BRR", 69)
    poke(usart, "CR1", control)
    return usart, machine


def test_it_is_a_uart_for_the_outside() -> None:
    assert isinstance(make()[0], Uart)


def test_a_byte_is_sent_at_once() -> None:
    usart, machine = make()
    poke(usart, "SR", ~SR.TC & 0xFFFFFFFF)
    assert peek(usart, "SR") == SR.TXE
    poke(usart, "DR", 0x41)
    assert machine.traced == [(0, "usart1", "uart", {"byte": 0x41})]
    assert peek(usart, "SR") == SR.TXE | SR.TC


@pytest.mark.parametrize("missing", [CR1.UE, CR1.TE])
def test_a_disabled_transmitter_sends_nothing(missing: int) -> None:
    usart, machine = make(ON & ~missing)
    poke(usart, "DR", 0x41)
    assert machine.traced == []


def test_bytes_wait_in_their_order() -> None:
    usart, _ = make()
    for byte in b"ab":
        usart.receive(byte)
    assert peek(usart, "SR") & SR.RXNE
    assert peek(usart, "DR") == ord("a")
    assert peek(usart, "SR") & SR.RXNE
    assert peek(usart, "DR") == ord("b")
    assert not peek(usart, "SR") & SR.RXNE
    assert peek(usart, "DR") == 0


def test_a_disabled_receiver_takes_nothing() -> None:
    usart, _ = make(CR1.UE | CR1.TE)
    usart.receive(1)
    assert not peek(usart, "SR") & SR.RXNE


@pytest.mark.parametrize("enable", [CR1.RXNEIE, CR1.TXEIE, CR1.TCIE])
def test_a_flag_interrupts_while_enabled(enable: int) -> None:
    usart, _ = make()
    usart.receive(1)
    assert not usart.lines["IRQ"].level
    poke(usart, "CR1", ON | enable)
    assert usart.lines["IRQ"].level
    poke(usart, "CR1", ON)
    assert not usart.lines["IRQ"].level


def test_silence_interrupts_a_frame_after_the_last_byte() -> None:
    usart, machine = make(ON | CR1.IDLEIE)
    usart.receive(1)
    machine.clock.advance(FRAME // 2)
    usart.receive(2)
    machine.clock.advance(FRAME - 1)
    assert not usart.lines["IRQ"].level
    machine.clock.advance(1)
    assert usart.lines["IRQ"].level
    peek(usart, "DR")
    assert not usart.lines["IRQ"].level


def test_each_byte_asks_the_dma() -> None:
    usart, _ = make()
    probe = Probe()
    usart.lines["DMARequest"].connect(probe, 0)
    usart.receive(1)
    poke(usart, "CR3", CR3.DMAR)
    usart.receive(2)
    assert probe.levels == [(0, True), (0, False)]


def test_a_reset_forgets_what_was_received() -> None:
    usart, machine = make(ON | CR1.IDLEIE)
    usart.receive(1)
    usart.reset()
    machine.clock.advance(2 * FRAME)
    assert peek(usart, "SR") == SR.TXE | SR.TC
    assert peek(usart, "DR") == 0


def test_eight_samples_a_bit_halve_the_frame() -> None:
    usart, _ = make()
    assert usart.frame_time() == FRAME
    poke(usart, "CR1", ON | CR1.OVER8)
    poke(usart, "BRR", 0x45)
    assert usart.frame_time() == 10 * ((0x40 + 10) // 2) * 10**9 // 8_000_000
