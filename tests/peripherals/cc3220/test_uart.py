"""UARTs: pace of the wire, FIFO levels, time-out, DMA requests."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.uart import PL011
from tests.peripherals.stm32l4.rig import peek, poke


def make_uart(line: int = 0x70, control: int = 0x301) -> tuple[BenchMachine, PL011]:
    machine = BenchMachine()
    uart = PL011(machine, "uarta0")
    poke(uart, "IBRD", 43)
    poke(uart, "FBRD", 26)
    poke(uart, "LCRH", line)
    poke(uart, "CTL", control)
    return machine, uart


def test_bytes_leave_at_once() -> None:
    machine, uart = make_uart()
    poke(uart, "IM", 0x820)
    for byte in b"hi":
        poke(uart, "DR", byte)
    assert [fields["byte"] for *_, fields in machine.traced] == list(b"hi")
    assert peek(uart, "MIS") == 0x820
    assert uart.lines["IRQ"].level
    poke(uart, "ICR", 0x820)
    assert not uart.lines["IRQ"].level
    poke(uart, "CTL", 0)
    poke(uart, "DR", 0x21)
    assert len(machine.traced) == 2


def sent(machine: BenchMachine) -> list[object]:
    return [fields["byte"] for *_, fields in machine.traced]


def test_bytes_may_take_their_time_on_the_wire() -> None:
    machine, uart = make_uart()
    uart.timed_transmit = True
    frame = uart.frame_time()
    for byte in range(20):
        poke(uart, "DR", byte)
    # One on the wire, sixteen in the FIFO; three are lost.
    assert peek(uart, "FR") & 0xA8 == 0x28
    machine.clock.advance(frame - 1)
    assert sent(machine) == []
    machine.clock.advance(1)
    assert sent(machine) == [0]
    assert peek(uart, "FR") & 0xA8 == 0x08
    machine.clock.advance(16 * frame)
    assert sent(machine) == list(range(17))
    assert peek(uart, "FR") & 0xA8 == 0x80


def test_the_transmit_interrupt_comes_at_its_level_and_at_the_end() -> None:
    machine, uart = make_uart()
    uart.timed_transmit = True
    poke(uart, "IFLS", 1)
    poke(uart, "IM", 0x820)
    for byte in range(8):
        poke(uart, "DR", byte)
    machine.clock.advance(3 * uart.frame_time())
    assert peek(uart, "MIS") == 0x20
    poke(uart, "ICR", 0x20)
    machine.clock.advance(4 * uart.frame_time())
    assert peek(uart, "MIS") == 0
    machine.clock.advance(uart.frame_time())
    assert peek(uart, "MIS") == 0x800


def test_a_full_transmitter_asks_no_dma_and_is_emptied_when_disabled() -> None:
    machine, uart = make_uart(line=0x60)
    uart.timed_transmit = True
    poke(uart, "DMACTL", 2)
    request = uart.lines["TransmitDmaRequest"]
    poke(uart, "DR", 1)
    assert request.level
    poke(uart, "DR", 2)
    assert not request.level
    machine.clock.advance(uart.frame_time())
    assert request.level
    poke(uart, "CTL", 0)
    machine.clock.advance(10 * uart.frame_time())
    assert sent(machine) == [1]
    assert peek(uart, "FR") & 0xA8 == 0x80


def test_received_bytes_come_at_the_pace_of_the_wire() -> None:
    machine, uart = make_uart()
    for byte in b"abc":
        uart.receive(byte)
    assert uart.frame_time() == pytest.approx(86_806, abs=30)
    machine.clock.advance(2 * uart.frame_time())
    assert not peek(uart, "FR") & 1 << 4
    assert peek(uart, "DR") == ord("a")
    machine.clock.advance(uart.frame_time())
    assert [peek(uart, "DR"), peek(uart, "DR")] == list(b"bc")
    assert peek(uart, "FR") & 1 << 4


def test_receive_interrupts_by_level_and_by_silence() -> None:
    machine, uart = make_uart()
    poke(uart, "IFLS", 0 << 3)
    poke(uart, "IM", 0x50)
    uart.receive(1)
    machine.clock.advance(uart.frame_time())
    assert not uart.lines["IRQ"].level
    machine.clock.advance(32 * uart.bit_time())
    assert peek(uart, "MIS") == 0x40
    uart.receive(2)
    machine.clock.advance(uart.frame_time())
    assert peek(uart, "MIS") == 0x50
    assert peek(uart, "DR") == 1
    assert peek(uart, "DR") == 2
    assert not uart.lines["IRQ"].level


def test_a_full_fifo_overruns() -> None:
    machine, uart = make_uart()
    for byte in range(17):
        uart.receive(byte)
    machine.clock.advance(20 * uart.frame_time())
    assert peek(uart, "FR") & 1 << 6
    assert peek(uart, "RSR_ECR") == 8
    assert peek(uart, "RIS") & 1 << 10
    poke(uart, "RSR_ECR", 0)
    assert peek(uart, "RSR_ECR") == 0
    assert [peek(uart, "DR") for _ in range(16)] == list(range(16))


def test_without_fifo_there_is_room_for_one_byte() -> None:
    machine, uart = make_uart(line=0x60)
    uart.receive(5)
    machine.clock.advance(uart.frame_time())
    assert peek(uart, "FR") & 1 << 6
    assert peek(uart, "RIS") & 0x10


def test_loop_back_and_dma_requests() -> None:
    machine, uart = make_uart(control=0x381)
    poke(uart, "DMACTL", 3)
    assert uart.lines["TransmitDmaRequest"].level
    poke(uart, "DR", 0x55)
    machine.clock.advance(uart.frame_time())
    assert uart.lines["ReceiveDmaRequest"].level
    assert peek(uart, "DR") == 0x55
    uart.on_gpio(0, True)
    uart.on_gpio(1, True)
    machine.clock.advance(MICROSECOND)
    assert peek(uart, "RIS") & 0x30000 == 0x30000


def test_a_byte_for_a_disabled_receiver_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    machine, uart = make_uart(control=0)
    uart.receive(1)
    machine.clock.advance(SECOND)
    assert "reception is disabled" in caplog.text
    assert peek(uart, "FR") & 1 << 4


def test_disabling_ends_what_is_on_its_way() -> None:
    machine, uart = make_uart()
    uart.receive(1)
    poke(uart, "CTL", 0)
    machine.clock.advance(SECOND)
    assert peek(uart, "FR") & 1 << 4
    uart.reset()
    assert peek(uart, "CTL") == 0x300


@pytest.mark.parametrize(
    ("line", "expected"),
    [(0x70, (8, "", 1)), (0x66, (8, "even", 1)), (0x02, (5, "odd", 1)), (0x28, (6, "", 2))],
)
def test_the_frame_is_as_LCRH_sets_it(line: int, expected: tuple[int, str, int]) -> None:
    _, uart = make_uart(line)
    assert uart.frame_format()[1:] == expected
    assert uart.frame_format().bit_time == uart.bit_time() > 0
