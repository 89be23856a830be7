"""A device for a host under test: a serial port that answers as its tables say."""

from __future__ import annotations

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.usb.host import UsbHost
from renode_wifi.peripherals.usb.packets import ACK, DATA0, DATA1, NAK, SILENT, STALL

DEVICE = bytes.fromhex("12010002020000400912010000010102 0001".replace(" ", ""))
CONFIGURATION = bytes.fromhex(
    "0902 4300 02 01 00 80 32"
    "0904 00 00 01 02 02 00 00 0524001001 0524010001 04240202 0524060001 07058203080010"
    "0904 01 00 02 0a 00 00 00 07050102400000 07058102400000".replace(" ", "")
)
STRINGS = {1: "echo", 2: "cdc"}


class FakeDevice:
    """requests: what has come. refused: (type, request) that it stalls. is_dead: it is silent.

    is_slow: it answers every IN transaction with NAK.
    """

    def __init__(self) -> None:
        self.host: object = None
        self.address = 0
        self.requests: list[bytes] = []
        self.refused: set[tuple[int, int]] = set()
        self.is_dead = self.is_slow = False
        self.has_strings = True
        self.resets = 0
        self.frames = 0
        self.vbus = False
        self.received = bytearray()
        self.outgoing: list[bytes] = []
        self.accepts = True
        self._answer = bytearray()
        self._stalls = False
        self._toggle = DATA1
        self._bulk_toggle = DATA0
        self._new_address: int | None = None

    def set_vbus(self, level: bool) -> None:
        self.vbus = level

    def reset_bus(self) -> None:
        self.resets += 1
        self.address = 0

    def end_reset(self) -> None: ...

    def start_frame(self) -> None:
        self.frames += 1

    def setup(self, address: int, data: bytearray) -> bool:
        if self.is_dead or address != self.address:
            return False
        self.requests.append(bytes(data))
        kind, request, value, length = data[0], data[1], data[2:4], data[6] | data[7] << 8
        self._stalls = (kind, request) in self.refused
        if request == 6 and value[1] == 3 and not self.has_strings:
            self._stalls = True
        self._toggle = DATA1
        self._answer = bytearray(self._describe(value[1], value[0])[:length])
        if request == 5:
            self._new_address = value[0]
        return True

    def _describe(self, kind: int, number: int) -> bytes:
        if kind == 3:
            text = STRINGS[number].encode("utf-16-le")
            return bytes([2 + len(text), 3]) + text
        return {1: DEVICE, 2: CONFIGURATION}.get(kind, b"")

    def receive(self, address: int, number: int, pid: int, data: bytearray) -> str:
        if self.is_dead or address != self.address:
            return SILENT
        if self._stalls and number == 0:
            return STALL
        if not self.accepts and number:
            return NAK
        if number:
            self.received += data
        return ACK

    def transmit(self, address: int, number: int) -> tuple[int | str, bytearray]:
        if self.is_dead or address != self.address:
            return SILENT, bytearray()
        if self.is_slow:
            return NAK, bytearray()
        if number == 1:
            if not self.outgoing:
                return NAK, bytearray()
            pid, self._bulk_toggle = self._bulk_toggle, self._bulk_toggle ^ DATA1
            return pid, bytearray(self.outgoing.pop(0))
        if number:
            return NAK, bytearray()
        if self._stalls:
            return STALL, bytearray()
        data, self._answer = self._answer[:64], self._answer[64:]
        pid, self._toggle = self._toggle, self._toggle ^ DATA1
        if self._new_address is not None:
            self.address, self._new_address = self._new_address, None
        return pid, data


class Rig:
    """A host with such a device, not plugged in yet."""

    def __init__(self) -> None:
        self.machine = BenchMachine()
        self.device = FakeDevice()
        self.host = UsbHost(self.machine, "usb", self.device)

    def plug(self, seconds: float = 1.0) -> None:
        self.host.plug()
        self.host.on_pull_up(True)
        self.run(seconds)

    def run(self, seconds: float) -> None:
        self.machine.clock.advance(round(seconds * 1e9))

    @property
    def sent(self) -> bytes:
        """What has come out of the serial port."""
        return bytes(f["byte"] for _, _, event, f in self.machine.traced if event == "uart")
