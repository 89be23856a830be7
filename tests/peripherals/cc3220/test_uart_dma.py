"""A UART and the uDMA controller, as the UART drivers of TI's SDK use the two."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.base.machine import BenchBus, BenchMachine
from renode_wifi.peripherals.cc3220 import uart as block
from renode_wifi.peripherals.cc3220.uart import PL011
from renode_wifi.peripherals.cc3220.uart_dma import CC3220_UARTDMA
from renode_wifi.peripherals.cc3220.udma import BASIC, CC3220_uDMA
from tests.peripherals.stm32l4.rig import peek, poke

UART, TABLE, MEMORY = 0x4000_C000, 0x2000_0000, 0x2000_1000
RECEIVE, SEND = 8, 9
NO_STEP = 3


class Bus(BenchBus):
    """Memory with the data register of the port in it."""

    uart: PL011

    def read(self, address: int, width: int) -> int:
        return self.uart.read(0, width) if address == UART else super().read(address, width)

    def write(self, address: int, value: int, width: int) -> None:
        if address == UART:
            self.uart.write(0, value, width)
        else:
            super().write(address, value, width)


class Rig:
    def __init__(self) -> None:
        self.machine = BenchMachine()
        self.machine.bus = self.bus = Bus()
        self.uart = PL011(self.machine, "uarta0")
        self.udma = CC3220_uDMA(self.machine, "udma")
        self.uart.attach(CC3220_UARTDMA(self.machine, "requests", self.udma, RECEIVE))
        self.bus.uart = self.uart
        self.machine.bus.write_bytes(TABLE, bytes(0x400))
        poke(self.udma, "CFG", 1)
        poke(self.udma, "CTLBASE", TABLE)
        for name, value in (("IBRD", 43), ("FBRD", 26), ("LCRH", 0x70), ("CTL", 0x301)):
            poke(self.uart, name, value)
        poke(self.uart, "IM", block.RIS.DMARXRIS | block.RIS.DMATXRIS)

    def start(self, channel: int, length: int) -> None:
        """A basic transfer between memory and DR, item by item."""
        end = MEMORY + length - 1
        source, destination = (end, UART) if channel == SEND else (UART, end)
        steps = NO_STEP << 30 if channel == SEND else NO_STEP << 26
        entry = struct.pack("<III", source, destination, steps | length - 1 << 4 | BASIC)
        self.machine.bus.write_bytes(TABLE + 16 * channel, entry)
        poke(self.udma, "ENASET", 1 << channel)

    def sent(self) -> bytes:
        return bytes(
            fields["byte"] for _, _, event, fields in self.machine.traced if event == "uart"
        )


def test_a_message_leaves_when_the_port_may_ask() -> None:
    rig = Rig()
    rig.machine.bus.write_bytes(MEMORY, b"hello")
    rig.start(SEND, 5)
    assert rig.sent() == b""
    poke(rig.uart, "DMACTL", block.DMACTL.TXDMAE)
    assert rig.sent() == b"hello"
    assert peek(rig.udma, "ENASET") == 0
    # Drivers clear the flag after they have enabled the channel.
    poke(rig.uart, "ICR", block.RIS.DMATXRIS)
    assert not rig.uart.lines["IRQ"].level
    rig.machine.clock.advance(MICROSECOND)
    assert peek(rig.uart, "MIS") == block.RIS.DMATXRIS
    assert rig.uart.lines["IRQ"].level
    poke(rig.uart, "ICR", block.RIS.DMATXRIS)
    assert not rig.uart.lines["IRQ"].level
    # The next message of a port that still asks leaves at once.
    rig.start(SEND, 2)
    assert rig.sent() == b"hellohe"
    rig.uart.reset()
    rig.machine.clock.advance(MICROSECOND)
    assert peek(rig.uart, "RIS") == 0


@pytest.mark.parametrize("early", [False, True])
def test_bytes_that_come_go_to_memory(early: bool) -> None:
    rig = Rig()
    for byte in b"abcd":
        rig.uart.receive(byte)
    if early:
        rig.machine.clock.advance(4 * rig.uart.frame_time())
    rig.start(RECEIVE, 3)
    poke(rig.uart, "DMACTL", block.DMACTL.RXDMAE)
    rig.machine.clock.advance(4 * rig.uart.frame_time())
    assert rig.machine.bus.read_bytes(MEMORY, 3) == b"abc"
    assert peek(rig.uart, "MIS") & block.RIS.DMARXRIS
    assert peek(rig.uart, "DR") == ord("d")
