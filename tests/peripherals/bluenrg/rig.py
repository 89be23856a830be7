"""An application of the module, at the other end of its SPI bus."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.bluenrg.codes import AciOpcode, EventCode
from renode_wifi.peripherals.bluenrg.link import CHIP_SELECT, IRQ, READ, RESET, WRITE
from renode_wifi.peripherals.bluenrg.messages import events
from renode_wifi.peripherals.bluenrg.messages.gap import GapInit, SetDiscoverable
from renode_wifi.peripherals.bluenrg.messages.gatt import AddCharacteristic, AddService
from renode_wifi.peripherals.bluenrg.messages.hci import (
    ACL,
    AclPacket,
    CommandPacket,
    EventPacket,
)
from renode_wifi.peripherals.bluenrg.module import SPBTLE_RF
from renode_wifi.peripherals.bluenrg.processor import AciMessage
from renode_wifi.peripherals.network.bluetooth.air import BluetoothAir


class Application:
    """Sends commands and reads events as ST's drivers do; `events` and `data` are what came."""

    def __init__(
        self, air: BluetoothAir | None = None, machine: BenchMachine | None = None
    ) -> None:
        self.machine = machine or BenchMachine()
        self.module = SPBTLE_RF(self.machine, "spbtle")
        if air is not None:
            self.module.connect_air(air)
        self.events: list[EventPacket] = []
        self.data: list[AclPacket] = []
        self.module.on_gpio(CHIP_SELECT, True)
        self.module.on_gpio(RESET, True)

    @property
    def irq(self) -> bool:
        return self.module.lines[IRQ].level

    def window(self, operation: int, payload: bytes = b"", length: int = 0) -> tuple[bytes, bytes]:
        """The header's answer, and what came with the payload, or with `length` zeros."""
        module = self.module
        module.on_gpio(CHIP_SELECT, False)
        header = bytes(module.exchange(each, 8) for each in (operation, 0, 0, 0, 0))
        body = bytes(module.exchange(each, 8) for each in payload or bytes(length))
        module.on_gpio(CHIP_SELECT, True)
        return header, body

    def pass_time(self, milliseconds: float = 5) -> list[EventPacket]:
        """Read whatever comes meanwhile; what came."""
        before = len(self.events)
        for _ in range(max(1, round(milliseconds * 2))):
            self.machine.clock.advance(MILLISECOND // 2)
            while self.irq:
                self.module.on_gpio(CHIP_SELECT, False)
                header = bytes(self.module.exchange(each, 8) for each in (READ, 0, 0, 0, 0))
                raw = bytes(self.module.exchange(0xFF, 8) for _ in range(header[3]))
                self.module.on_gpio(CHIP_SELECT, True)
                if raw[:1] == bytes([ACL]):
                    self.data.append(AclPacket.parse(raw))
                else:
                    self.events.append(EventPacket.parse(raw))
        return self.events[before:]

    def send(self, opcode: int, message: AciMessage | bytes = b"") -> None:
        parameters = message if isinstance(message, bytes) else message.emit()
        self.window(WRITE, CommandPacket(opcode, parameters).emit())

    def command(self, opcode: int, message: AciMessage | bytes = b"") -> bytes:
        """The response of Command Complete, or the status of Command Status."""
        self.send(opcode, message)
        for event in self.pass_time():
            if event.code == EventCode.COMMAND_COMPLETE:
                complete = events.CommandComplete.parse(event.parameters)
                if complete.opcode == opcode:
                    return complete.response
            if event.code == EventCode.COMMAND_STATUS:
                return event.parameters[:1]
        raise AssertionError(f"no answer to 0x{opcode:04X}")

    # Common sequences.

    def start(self, role: int = 1, name_length: int = 7) -> None:
        """Up to GAP_INIT."""
        self.pass_time(10)
        assert self.command(AciOpcode.GATT_INIT) == b"\0"
        assert self.command(AciOpcode.GAP_INIT, GapInit(role, 0, name_length))[:1] == b"\0"

    def add_service(self, uuid: bytes = b"\x34\x12", records: int = 8) -> int:
        response = self.command(AciOpcode.GATT_ADD_SERV, AddService(uuid, 1, records))
        assert response[0] == 0
        return int.from_bytes(response[1:], "little")

    def add_characteristic(
        self, service: int, properties: int, mask: int = 1, uuid: bytes = b"\x35\x12"
    ) -> int:
        """The handle of its declaration."""
        message = AddCharacteristic(service, uuid, 20, properties, 0, mask, 7, 1)
        response = self.command(AciOpcode.GATT_ADD_CHAR, message)
        assert response[0] == 0
        return int.from_bytes(response[1:], "little")

    def advertise(self, name: bytes = b"\x09rig", services: bytes = b"") -> bytes:
        message = SetDiscoverable(0, 0xA0, 0xA0, 0, 0, name, services)
        return self.command(AciOpcode.GAP_SET_DISCOVERABLE, message)

    def vendor(self, code: int) -> list[bytes]:
        """Bodies of the events of the ACI with this code."""
        found = [each for each in self.events if each.code == EventCode.VENDOR]
        parsed = [events.AciEvent.parse(each.parameters) for each in found]
        return [each.body for each in parsed if each.code == code]

    def of(self, code: int) -> list[bytes]:
        return [each.parameters for each in self.events if each.code == code]
