"""Requests of a UART at the uDMA controller (SWRU465 table 4-1: channels 8 to 11).

Renode's PL011 has no DMA requests, so that this model is one of the embedded engine alone.
"""

from __future__ import annotations

from typing import cast

from renode_wifi.peripherals.base.line import Receiver
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.cc3220.uart import PL011
from renode_wifi.peripherals.cc3220.udma import ENCODINGS, CC3220_uDMA


class CC3220_UARTDMA:
    """uart: the port. Its place on the controller is the channel that receives, with encoding 0;
    the next one sends.
    """

    def __init__(self, machine: Machine, name: str, uart: PL011) -> None:
        self.machine = machine
        self.name = name
        self.uart = uart

    def connect(self, controller: CC3220_uDMA, channel: int) -> None:
        """Its requests ask `controller`, whose ends of transfers the port gets to know."""
        for number, request in enumerate(("ReceiveDmaRequest", "TransmitDmaRequest")):
            place = ENCODINGS * (channel + number)
            self.uart.lines[request].connect(cast(Receiver, controller), place)
            controller.lines[place].connect(cast(Receiver, self.uart), number)
