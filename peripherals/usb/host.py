"""A computer at the board's USB connector, which makes a serial port of what it finds there.

The cable is plugged in as soon as somebody is at that port. Times are those of USB 2.0 section
7.1.7.3 and of Linux's hub driver.
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.clock import MILLISECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.usb import cdc_acm
from renode_wifi.peripherals.usb.bus import UsbBus, UsbDevice
from renode_wifi.peripherals.usb.enumeration import Enumeration, Identity
from renode_wifi.peripherals.usb.pipes import ControlPipe

DEBOUNCE = 100 * MILLISECOND
RESET = 50 * MILLISECOND
RECOVERY = 10 * MILLISECOND
"""After a reset, and after SET_ADDRESS."""
FRAME = MILLISECOND
MAX_TRIES = 4
ADDRESS = 1


class Connected(UsbDevice, Protocol):
    """A controller with its end of the cable."""

    host: object


class UsbHost:
    """device: the controller of the chip at the connector."""

    def __init__(self, machine: Machine, name: str, device: Connected) -> None:
        self.machine = machine
        self.name = name
        self.device = device
        device.host = self
        self.is_plugged = False
        self.identity: Identity | None = None
        self._bus = UsbBus(machine.clock)
        self._pipe = ControlPipe(self._bus, device)
        self._port: cdc_acm.SerialPort | None = None
        self._pending = bytearray()
        self._tries = 0
        self._next: Event | None = None
        self._frame: Event | None = None
        self._first_frame = 0
        self._enumeration = self._make_enumeration()

    def _make_enumeration(self) -> Enumeration:
        return Enumeration(self._pipe, ADDRESS, self._on_addressed, self._on_enumerated)

    def reset(self) -> None:
        """A reset of the board leaves the computer beside it as it is."""

    # The cable.

    def plug(self) -> None:
        if not self.is_plugged:
            self.is_plugged = True
            self.device.set_vbus(True)

    def unplug(self) -> None:
        if self.is_plugged:
            self.is_plugged = False
            self._forget()
            self._pending.clear()
            self.device.set_vbus(False)

    def on_pull_up(self, level: bool) -> None:
        """A device shows itself, or is gone."""
        if not self.is_plugged:
            return
        self._forget()
        if level:
            self._tries = 0
            self._after(DEBOUNCE, self._reset_port)

    def on_ready(self) -> None:
        """An endpoint that was answered NAK may answer otherwise."""
        self._bus.on_ready()

    def _forget(self) -> None:
        for event in (self._next, self._frame):
            if event is not None:
                event.cancel()
        self._next = self._frame = None
        self._bus.clear()
        self._pipe.close()
        self._port = None
        self.identity = None

    def _after(self, delay: int, callback: object) -> None:
        assert callable(callback)
        self._next = self.machine.clock.schedule(delay, callback)

    # Frames.

    @property
    def frame(self) -> int:
        """The number of the frame under way."""
        if self._frame is None:
            return 0
        return (self.machine.clock.now - self._first_frame) // FRAME

    def _start_frame(self) -> None:
        self._frame = self.machine.clock.schedule(FRAME, self._start_frame)
        self.device.start_frame()

    # Enumeration.

    def _reset_port(self) -> None:
        self._tries += 1
        self.device.reset_bus()
        self._after(RESET, self._end_reset)

    def _end_reset(self) -> None:
        self.device.end_reset()
        self._first_frame = self.machine.clock.now
        self._frame = self.machine.clock.schedule(FRAME, self._start_frame)
        self._after(RECOVERY, self._enumerate)

    def _enumerate(self) -> None:
        self._next = None
        self._bus.add(self._pipe)
        self._enumeration = self._make_enumeration()
        self._enumeration.begin()

    def _on_addressed(self) -> None:
        self._after(RECOVERY, self._enumeration.proceed)

    def _on_enumerated(self, result: Identity | str) -> None:
        if isinstance(result, str):
            tries = self._tries
            self._forget()
            if tries < MAX_TRIES:
                self._after(DEBOUNCE, self._reset_port)
            else:
                self.machine.log.warning("%s: no device is found: %s", self.name, result)
            return
        self.identity = result
        device = result.device
        self.machine.trace(
            self.name,
            "usb-device",
            vendor=device.vendor,
            product=device.product,
            strings=list(result.strings),
        )
        functions = cdc_acm.functions(result.configuration)
        if functions:
            self._port = cdc_acm.SerialPort(self._bus, self._pipe, functions[0], self._on_data)
            self._port.send(bytes(self._pending))
            self._pending.clear()

    # The serial port.

    def receive(self, byte: int) -> None:
        """A byte for the device; it waits until there is one."""
        self.plug()
        if self._port is None:
            self._pending.append(byte)
        else:
            self._port.send(bytes([byte]))

    def _on_data(self, data: bytes) -> None:
        for byte in data:
            self.machine.trace(self.name, "uart", byte=byte)
