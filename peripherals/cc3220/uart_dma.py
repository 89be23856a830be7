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
    """controller: the uDMA. channel: the one that receives, with encoding 0; the next one sends.

    Its place is the port.
    """

    def __init__(self, machine: Machine, name: str, controller: CC3220_uDMA, channel: int) -> None:
        self.machine = machine
        self.name = name
        self.controller = controller
        self.channel = channel

    def connect(self, port: PL011) -> None:
        """Requests of the port ask the controller, whose ends of transfers come back to it."""
        for number, request in enumerate(("ReceiveDmaRequest", "TransmitDmaRequest")):
            place = ENCODINGS * (self.channel + number)
            port.lines[request].connect(cast(Receiver, self.controller), place)
            self.controller.lines[place].connect(cast(Receiver, port), number)
