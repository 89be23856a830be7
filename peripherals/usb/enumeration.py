"""How a host gets to know a device and configures it (USB 2.0 section 9.1.2), in Linux's order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.usb import requests
from renode_wifi.peripherals.usb.descriptors import (
    DeviceDescriptor,
    UsbConfiguration,
    parse_string,
)
from renode_wifi.peripherals.usb.pipes import ControlPipe, Outcome

FIRST_READ = 64
"""Bytes asked for before the size of endpoint 0 is known; the device sends what fits."""
SHORT_CONFIGURATION = 9
MAX_STRING = 255
ENGLISH = 0x0409


@late_dataclass()
class Identity:
    """What the descriptors say. strings: manufacturer, product, serial number; "" without one."""

    device: DeviceDescriptor
    configuration: UsbConfiguration
    strings: list[str] = field(default_factory=list)


class Enumeration:
    """The requests from the first descriptor to SET_CONFIGURATION.

    addressed: called when the device has been given an address, to wait before `proceed`.
    done: called with the identity, or with why there is none.
    """

    def __init__(
        self,
        pipe: ControlPipe,
        address: int,
        addressed: Callable[[], None],
        done: Callable[[Identity | str], None],
    ) -> None:
        self.pipe = pipe
        self.address = address
        self._addressed = addressed
        self._done = done
        self._device: DeviceDescriptor | None = None
        self._identity: Identity | None = None
        self._wanted: list[int] = []

    def begin(self) -> None:
        self.pipe.address = 0
        self.pipe.max_packet = FIRST_READ
        self._ask(requests.get_descriptor(requests.DEVICE, FIRST_READ), self._on_size)

    def _ask(self, request: requests.SetupRequest, then: Callable[[bytes], None]) -> None:
        self._then = then
        self._request = request
        self.pipe.transfer(request, self._on_outcome)

    def _on_outcome(self, outcome: Outcome) -> None:
        if isinstance(outcome, str):
            self._done(f"{outcome} at {self._describe()}")
            return
        try:
            self._then(outcome)
        except ValueError as error:
            self._done(str(error))

    def _describe(self) -> str:
        names = {
            requests.SET_ADDRESS: "SET_ADDRESS",
            requests.GET_DESCRIPTOR: "GET_DESCRIPTOR",
            requests.SET_CONFIGURATION: "SET_CONFIGURATION",
        }
        return f"{names[self._request.request]} 0x{self._request.value:04X}"

    def _on_size(self, data: bytes) -> None:
        self.pipe.max_packet = DeviceDescriptor.parse(data).max_packet
        self._ask(requests.set_address(self.address), self._on_address)

    def _on_address(self, data: bytes) -> None:
        self.pipe.address = self.address
        self._addressed()

    def proceed(self) -> None:
        """The device has had its time to take the address."""
        self._ask(requests.get_descriptor(requests.DEVICE, 18), self._on_device)

    def _on_device(self, data: bytes) -> None:
        self._device = DeviceDescriptor.parse(data)
        request = requests.get_descriptor(requests.CONFIGURATION, SHORT_CONFIGURATION)
        self._ask(request, self._on_configuration_size)

    def _on_configuration_size(self, data: bytes) -> None:
        size = UsbConfiguration.parse(data).size
        request = requests.get_descriptor(requests.CONFIGURATION, size)
        self._ask(request, self._on_configuration)

    def _on_configuration(self, data: bytes) -> None:
        device = self._device
        assert device is not None
        self._identity = Identity(device, UsbConfiguration.parse(data))
        self._wanted = [device.manufacturer_string, device.product_string, device.serial_string]
        self._ask_string()

    def _ask_string(self) -> None:
        identity = self._identity
        assert identity is not None
        while len(identity.strings) < len(self._wanted):
            number = self._wanted[len(identity.strings)]
            if number:
                request = requests.get_descriptor(requests.STRING, MAX_STRING, number, ENGLISH)
                self.pipe.transfer(request, self._on_string)
                return
            identity.strings.append("")
        value = identity.configuration.value
        self._ask(requests.set_configuration(value), self._on_configured)

    def _on_string(self, outcome: Outcome) -> None:
        """A device may do without a string."""
        assert self._identity is not None
        try:
            text = parse_string(outcome) if isinstance(outcome, bytes) else ""
        except ValueError:
            text = ""
        self._identity.strings.append(text)
        self._ask_string()

    def _on_configured(self, data: bytes) -> None:
        assert self._identity is not None
        self._done(self._identity)
