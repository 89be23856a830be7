"""Serial ports: polled and interrupt-driven transmission, reception at the speed of the wire."""

from __future__ import annotations

import logging
import pickle
from typing import Any

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.base.uart import Uart
from renode_wifi.peripherals.stm32l4 import usart as block
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.usart import STM32F7_USART
from tests.peripherals.stm32l4.rig import peek, poke

ON = block.CR1.UE | block.CR1.TE | block.CR1.RE
BRR_115200 = 694
FRAME = 10 * (BRR_115200 * 10**9 // 80_000_000)
"""ns of ten bits at 115200 baud from 80 MHz."""


def make(control: int = ON, **attributes: Any) -> tuple[STM32F7_USART, BenchMachine]:
    machine = BenchMachine()
    usart = STM32F7_USART(machine, "usart1", frequency=80_000_000, **attributes)
    poke(usart, "BRR", BRR_115200)
    poke(usart, "CR1", control)
    return usart, machine


def sent(machine: BenchMachine) -> list[tuple[int, int]]:
    return [(time, fields["byte"]) for time, _, event, fields in machine.traced if event == "uart"]


def test_it_is_a_uart_for_the_outside() -> None:
    assert isinstance(make()[0], Uart)


def test_enabling_acknowledges_both_directions() -> None:
    usart, _ = make(0)
    assert peek(usart, "ISR") == 0xC0
    poke(usart, "CR1", block.CR1.UE | block.CR1.TE)
    assert peek(usart, "ISR") == 0xC0 | block.ISR.TEACK
    poke(usart, "CR1", ON)
    assert peek(usart, "ISR") == 0xC0 | block.ISR.TEACK | block.ISR.REACK
    poke(usart, "CR1", 0)
    assert peek(usart, "ISR") == 0xC0


def test_a_polled_byte_is_gone_at_once() -> None:
    usart, machine = make()
    poke(usart, "TDR", 0x41)
    assert peek(usart, "ISR") & (block.ISR.TXE | block.ISR.TC) == 0xC0
    assert machine.traced == [(0, "usart1", "uart", {"byte": 0x41})]


def test_a_disabled_transmitter_sends_nothing() -> None:
    usart, machine = make(block.CR1.UE)
    poke(usart, "TDR", 0x41)
    assert machine.traced == []


def test_timed_bytes_follow_each_other_on_the_wire() -> None:
    usart, machine = make()
    usart.timed_transmit = True
    poke(usart, "TDR", 1)
    assert peek(usart, "ISR") & 0xC0 == block.ISR.TXE
    poke(usart, "TDR", 2)
    assert peek(usart, "ISR") & 0xC0 == 0
    machine.clock.advance(FRAME)
    assert peek(usart, "ISR") & 0xC0 == block.ISR.TXE
    machine.clock.advance(FRAME)
    assert peek(usart, "ISR") & 0xC0 == 0xC0
    assert sent(machine) == [(FRAME, 1), (2 * FRAME, 2)]


def test_interrupts_follow_flags_and_enables() -> None:
    usart, _ = make()
    irq = usart.lines["IRQ"]
    poke(usart, "CR1", ON | block.CR1.TXEIE)
    assert irq.level
    poke(usart, "CR1", ON | block.CR1.TCIE)
    assert irq.level
    poke(usart, "ICR", block.ISR.TC)
    assert not irq.level
    poke(usart, "TDR", 1)
    assert irq.level
    poke(usart, "CR1", ON)
    assert not irq.level


def test_a_received_byte_takes_its_time_and_interrupts_until_read() -> None:
    usart, machine = make(ON | block.CR1.RXNEIE)
    usart.receive(0x55)
    machine.clock.advance(FRAME - 1)
    assert not usart.lines["IRQ"].level
    machine.clock.advance(1)
    assert usart.lines["IRQ"].level
    assert peek(usart, "RDR") == 0x55
    assert not usart.lines["IRQ"].level


def test_bytes_queue_up_at_the_speed_of_the_wire() -> None:
    usart, machine = make()
    for byte in b"abc":
        usart.receive(byte)
    received = []
    for _ in range(3):
        machine.clock.advance(FRAME)
        assert peek(usart, "ISR") & block.ISR.RXNE
        received.append(peek(usart, "RDR"))
    assert bytes(received) == b"abc"


def test_an_unread_byte_is_kept_and_the_next_is_lost() -> None:
    usart, machine = make()
    poke(usart, "CR3", block.CR3.EIE)
    usart.receive(1)
    usart.receive(2)
    machine.clock.advance(2 * FRAME)
    assert peek(usart, "ISR") & block.ISR.ORE
    assert usart.lines["IRQ"].level
    assert peek(usart, "RDR") == 1
    poke(usart, "ICR", block.ISR.ORE)
    assert not peek(usart, "ISR") & block.ISR.ORE
    assert not usart.lines["IRQ"].level


def test_without_overrun_detection_the_newest_byte_wins() -> None:
    usart, machine = make()
    poke(usart, "CR3", block.CR3.OVRDIS)
    usart.receive(1)
    usart.receive(2)
    machine.clock.advance(2 * FRAME)
    assert not peek(usart, "ISR") & block.ISR.ORE
    assert peek(usart, "RDR") == 2


def test_silence_after_a_byte_is_reported() -> None:
    usart, machine = make(ON | block.CR1.IDLEIE)
    usart.receive(1)
    machine.clock.advance(FRAME)
    assert not peek(usart, "ISR") & block.ISR.IDLE
    machine.clock.advance(FRAME)
    assert usart.lines["IRQ"].level
    poke(usart, "ICR", block.ISR.IDLE)
    assert not usart.lines["IRQ"].level


def test_a_byte_that_comes_in_the_silence_ends_it() -> None:
    usart, machine = make()
    usart.receive(1)
    machine.clock.advance(FRAME + FRAME // 2)
    usart.receive(2)
    machine.clock.advance(FRAME // 2)
    assert not peek(usart, "ISR") & block.ISR.IDLE
    machine.clock.advance(FRAME)
    assert peek(usart, "ISR") & block.ISR.ORE


def test_receiver_timeout_counts_bits() -> None:
    usart, machine = make()
    poke(usart, "RTOR", 30)
    poke(usart, "CR2", block.CR2.RTOEN)
    usart.receive(1)
    machine.clock.advance(FRAME + 3 * FRAME - 1)
    assert not peek(usart, "ISR") & block.ISR.RTOF
    machine.clock.advance(1)
    assert peek(usart, "ISR") & block.ISR.RTOF


def test_each_byte_starts_the_receiver_timeout_again() -> None:
    usart, machine = make()
    poke(usart, "RTOR", 15)
    poke(usart, "CR2", block.CR2.RTOEN)
    usart.receive(1)
    usart.receive(2)
    machine.clock.advance(2 * FRAME + FRAME)
    assert not peek(usart, "ISR") & block.ISR.RTOF
    machine.clock.advance(FRAME)
    assert peek(usart, "ISR") & block.ISR.RTOF


def test_an_expected_character_is_flagged() -> None:
    usart, machine = make()
    poke(usart, "CR2", ord("\n") << block.CR2["ADD"].position)
    usart.receive(ord("x"))
    machine.clock.advance(FRAME)
    assert not peek(usart, "ISR") & block.ISR.CMF
    usart.receive(ord("\n"))
    machine.clock.advance(2 * FRAME)
    assert peek(usart, "ISR") & block.ISR.CMF


def test_a_byte_for_a_disabled_receiver_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    usart, machine = make(block.CR1.UE)
    with caplog.at_level(logging.WARNING):
        usart.receive(1)
    machine.clock.advance(10 * FRAME)
    assert not peek(usart, "ISR") & block.ISR.RXNE
    assert "while reception is disabled" in caplog.text


def test_requests_flush_both_data_registers() -> None:
    usart, machine = make()
    usart.timed_transmit = True
    poke(usart, "TDR", 1)
    poke(usart, "TDR", 2)
    usart.receive(3)
    machine.clock.advance(FRAME - 1)
    poke(usart, "RQR", block.RQR.TXFRQ)
    machine.clock.advance(1)
    poke(usart, "RQR", block.RQR.RXFRQ | block.RQR.SBKRQ)
    assert not peek(usart, "ISR") & block.ISR.RXNE
    machine.clock.advance(5 * FRAME)
    assert [byte for _, byte in sent(machine)] == [1]
    assert "uart-break" in [event for _, _, event, _ in machine.traced]


@pytest.mark.parametrize(
    ("control", "control2", "bits"),
    [
        (0, 0, 10),
        (block.CR1.M0, 0, 11),
        (block.CR1.M1, 0, 9),
        (block.CR1.PCE, 0, 10),
        (block.CR1.M0 | block.CR1.PCE, 2 << 12, 12),
    ],
)
def test_frames_are_as_long_as_their_bits(control: int, control2: int, bits: int) -> None:
    usart, _ = make(ON | control)
    poke(usart, "CR2", control2)
    assert usart.frame_time() == bits * usart.bit_time()


@pytest.mark.parametrize(
    ("control", "low_power", "divider", "bit"),
    [
        (0, False, 694, 8675),
        (block.CR1.OVER8, False, 0x0563, 4300 * 2),
        (0, True, 177_778, 8680),
    ],
)
def test_bit_time_comes_from_the_divider(
    control: int, low_power: bool, divider: int, bit: int
) -> None:
    usart, _ = make(control, lowPowerMode=low_power)
    poke(usart, "BRR", divider)
    assert usart.bit_time() == pytest.approx(bit, rel=0.01)


def test_the_clock_choice_of_the_rcc_counts() -> None:
    usart, machine = make()
    rcc = STM32L4_RCC(machine, "rcc")
    machine.peripherals["rcc"] = rcc
    assert usart.bit_time() == 694 * 10**9 // 4_000_000
    poke(rcc, "CCIPR", 2)
    assert usart.bit_time() == 694 * 10**9 // 16_000_000
    rcc_without_choice = STM32F7_USART(machine, "console", frequency=8_000_000)
    poke(rcc_without_choice, "BRR", 8)
    assert rcc_without_choice.bit_time() == 1000


def test_disabling_drops_what_is_under_way() -> None:
    usart, machine = make()
    usart.timed_transmit = True
    poke(usart, "TDR", 1)
    usart.receive(2)
    poke(usart, "CR1", 0)
    poke(usart, "CR1", ON)
    machine.clock.advance(10 * FRAME)
    assert sent(machine) == []
    assert not peek(usart, "ISR") & block.ISR.RXNE


def test_dma_requests_follow_the_flags() -> None:
    usart, machine = make()
    poke(usart, "CR3", block.CR3.DMAR | block.CR3.DMAT)
    assert usart.lines["TransmitDmaRequest"].level
    usart.receive(1)
    machine.clock.advance(FRAME)
    assert usart.lines["ReceiveDmaRequest"].level
    peek(usart, "RDR")
    assert not usart.lines["ReceiveDmaRequest"].level


def test_reset_stops_everything() -> None:
    usart, machine = make()
    usart.timed_transmit = True
    poke(usart, "TDR", 1)
    usart.receive(1)
    usart.reset()
    machine.clock.advance(10 * FRAME)
    assert (peek(usart, "ISR"), sent(machine)) == (0xC0, [])


def test_a_byte_under_way_survives_pickling() -> None:
    usart, machine = make()
    usart.receive(0x5A)
    copy, other = pickle.loads(pickle.dumps((usart, machine)))
    other.clock.advance(FRAME)
    assert peek(copy, "RDR") == 0x5A
    assert not peek(usart, "ISR") & block.ISR.RXNE


@pytest.mark.parametrize(
    ("control", "stop", "expected"),
    [
        (0, 0, (8, "", 1)),
        (block.CR1.PCE, 2, (7, "even", 2)),
        (block.CR1.PCE | block.CR1.PS | block.CR1.M0, 0, (8, "odd", 1)),
    ],
)
def test_the_frame_is_as_the_registers_set_it(
    control: int, stop: int, expected: tuple[int, str, int]
) -> None:
    usart, _ = make(control)
    poke(usart, "CR2", stop << 12)
    assert usart.frame_format()[1:] == expected


def test_without_its_clock_a_byte_is_lost() -> None:
    machine = BenchMachine()
    rcc = STM32L4_RCC(machine, "rcc")
    machine.peripherals["rcc"] = rcc
    poke(rcc, "APB2ENR", 1 << 14)
    usart = STM32F7_USART(machine, "usart1")
    poke(usart, "BRR", 35)
    poke(usart, "CR1", ON)
    poke(rcc, "APB2SMENR", 0)
    rcc.sleep(1)
    usart.receive(0x41)
    rcc.sleep(0)
    usart.receive(0x42)
    machine.clock.advance(3 * FRAME)
    assert peek(usart, "RDR") == 0x42


@pytest.mark.parametrize(
    ("choice", "wakes_on", "uesm", "expected"),
    [
        (2, 2, True, "start"),
        (2, 3, True, "byte"),
        (2, 0, True, "match"),
        (2, 2, False, "lost"),
        (0, 2, True, "lost"),
        (1, 2, True, "lost"),
    ],
)
def test_in_stop_a_byte_wakes_if_the_clock_goes_on(
    choice: int, wakes_on: int, uesm: bool, expected: str
) -> None:
    machine = BenchMachine()
    rcc = STM32L4_RCC(machine, "rcc")
    machine.peripherals["rcc"] = rcc
    poke(rcc, "APB2ENR", 1 << 14)
    poke(rcc, "CCIPR", choice)
    usart = STM32F7_USART(machine, "usart1")
    poke(usart, "BRR", 139)
    poke(usart, "CR3", wakes_on << 20 | block.CR3.WUFIE)
    poke(usart, "CR2", 0x42 << 24)
    poke(usart, "CR1", ON | (block.CR1.UESM if uesm else 0))
    rcc.stop()
    seen = []
    for byte in (0x41, 0x42):
        usart.receive(byte)
        seen.append(usart.lines["IRQ"].level)
        # The line is idle for a frame before the second one.
        machine.clock.advance(2 * 10 * 139 * 10**9 // 16_000_000)
        seen.append(usart.lines["IRQ"].level)
        poke(usart, "ICR", 1 << 20)
    assert (
        seen
        == {
            "start": [True, True, True, True],
            "byte": [False, True, False, True],
            "match": [False, False, False, True],
            "lost": [False, False, False, False],
        }[expected]
    )
    rcc.resume()
    assert bool(peek(usart, "ISR") & block.ISR.RXNE) == (expected != "lost")
