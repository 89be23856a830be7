"""Serial ports over USB: the host's driver of CDC ACM functions (CDC 1.2, PSTN 1.2)."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.peripherals.usb import requests
from renode_wifi.peripherals.usb.bus import UsbBus
from renode_wifi.peripherals.usb.descriptors import BULK, INTERRUPT, Interface, UsbConfiguration
from renode_wifi.peripherals.usb.pipes import BulkIn, BulkOut, ControlPipe, Outcome

COMMUNICATIONS, ABSTRACT_CONTROL_MODEL = 2, 2
DATA = 10
BAUD_RATE = 115200


def functions(configuration: UsbConfiguration) -> list[tuple[Interface, Interface]]:
    """Control and data interface of each serial port that a device has."""
    found = []
    control: Interface | None = None
    for interface in configuration.interfaces:
        if interface.codes[:2] == (COMMUNICATIONS, ABSTRACT_CONTROL_MODEL):
            control = interface
        elif interface.codes[0] == DATA and control is not None:
            if interface.endpoint(BULK, True) and interface.endpoint(BULK, False):
                found.append((control, interface))
            control = None
    return found


class SerialPort:
    """An open port: what comes from the device goes to `take`."""

    def __init__(
        self,
        bus: UsbBus,
        control_pipe: ControlPipe,
        function: tuple[Interface, Interface],
        take: Callable[[bytes], None],
    ) -> None:
        control, data = function
        source, sink = data.endpoint(BULK, True), data.endpoint(BULK, False)
        assert source is not None
        assert sink is not None
        device, address = control_pipe.device, control_pipe.address
        self.bus = bus
        self._out = BulkOut(device, address, sink.number, sink.max_packet)
        self._take = take
        self._in = BulkIn(device, address, source.number, take)
        notification = control.endpoint(INTERRUPT, True)
        if notification is not None:
            bus.add(BulkIn(device, address, notification.number, self._on_notification))
        control_pipe.transfer(requests.set_line_coding(control.number, BAUD_RATE), self._on_answer)
        control_pipe.transfer(
            requests.set_control_line_state(control.number, requests.DTR | requests.RTS),
            self._on_open,
        )

    def _on_answer(self, outcome: Outcome) -> None:
        """A port without line coding works all the same."""

    def _on_open(self, outcome: Outcome) -> None:
        self.bus.add(self._in)
        self.bus.add(self._out)

    def _on_notification(self, data: bytes) -> None:
        """Of the lines from the device nothing is shown."""

    def send(self, data: bytes) -> None:
        self._out.waiting += data
        self.bus.go()
