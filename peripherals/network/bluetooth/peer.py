"""Devices of the world: a central such as a phone, which connects to what advertises, and a
peripheral such as a lamp, to which others connect.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.bluetooth import advertising, att, attributes, client
from renode_wifi.peripherals.network.bluetooth.air import (
    CONNECTABLE,
    DIRECTED,
    Advertiser,
    BluetoothAir,
    LinkEnd,
)
from renode_wifi.peripherals.network.bluetooth.att import AttPdu, ErrorResponse
from renode_wifi.peripherals.network.bluetooth.attributes import Attribute, AttributeServer
from renode_wifi.peripherals.network.bluetooth.client import AttributeClient
from renode_wifi.peripherals.network.contract import bluetooth
from renode_wifi.peripherals.network.contract.bluetooth import show_uuid
from renode_wifi.peripherals.network.worldfile.devices.bluetooth import (
    CentralSettings,
    PeripheralSettings,
    ServiceSettings,
)

Trace = Callable[..., None]


@late_dataclass(frozen=True)
class PeerOutcome:
    """did: read, wrote, subscribed or refused, with the reason."""

    did: str
    uuid: bytes
    value: bytes = b""
    reason: str = ""


class Peer:
    """What both have: a name, a connection, and the values that have come.

    received: notifications and indications, as (UUID, value), in order.
    """

    def __init__(self, air: BluetoothAir, trace: Trace, name: str) -> None:
        self.air = air
        self.name = name
        self.end: LinkEnd | None = None
        self.received: list[tuple[bytes, bytes]] = []
        self._trace = trace

    def say(self, do: str, **fields: object) -> None:
        self._trace("bluetooth", peer=self.name, do=do, **fields)

    @property
    def is_connected(self) -> bool:
        return self.end is not None

    def leave(self) -> None:
        """End the connection, if there is one."""
        if self.end is not None:
            self.end.close()

    def _closed(self, reason: int) -> None:
        self.end = None
        self.say("disconnected", reason=reason)


class Central(Peer):
    """It connects to the first that advertises as `settings` say, and does there what they say."""

    def __init__(self, air: BluetoothAir, trace: Trace, settings: CentralSettings) -> None:
        super().__init__(air, trace, settings.name)
        self.settings = settings
        self.address = settings.address
        self.interval = settings.interval
        self.advertisers: dict[str, str] = {}
        """Local names of those who advertise, by address."""
        self.values: dict[bytes, bytes] = {}
        """What was last read or received, by UUID."""
        self.handles: dict[bytes, int] = {}
        """Of the characteristics found."""
        self.has_found = False
        """All of them, in this connection."""
        self.outcomes: list[PeerOutcome] = []
        """Of what it was asked to do, in order."""
        self._properties: dict[bytes, int] = {}
        self._client = AttributeClient(self._send)
        self._order: list[tuple[int, bytes]] = []
        air.clock.schedule(settings.after, self.look)

    def look(self) -> None:
        """Connect to what `settings` say, when it advertises."""
        self.air.initiate(self)

    def on_advertising(self, advertiser: Advertiser) -> None:
        """Scanning by itself notices names only."""

    def takes(self, advertiser: Advertiser) -> bool:
        name = advertising.local_name(advertiser.data + advertiser.response)
        address = str(advertiser.address)
        if self.advertisers.get(address) != name:
            self.advertisers[address] = name
            self.say("found", address=address, name=name)
        wanted = self.settings.connects
        return (
            self.end is None
            and advertiser.kind in (CONNECTABLE, DIRECTED)
            and (fnmatchcase(name, wanted) or address == wanted.upper())
        )

    def connected(self, end: LinkEnd) -> None:
        self.end = end
        end.receive, end.closed = self._arrive, self._closed
        self.handles, self._properties, self.has_found = {}, {}, False
        self._order = []
        self._client = AttributeClient(self._send)
        self.say("connected", address=str(end.peer))
        last = attributes.MAX_HANDLE
        make = client.CharacteristicsUpTo(last)
        self._client.walk(make, 1, last, self._found, self._find_descriptors)
        if self.settings.leaves is not None:
            self.air.clock.schedule(self.settings.leaves, partial(self._leave, end))

    def _leave(self, end: LinkEnd) -> None:
        if self.end is end:
            self.leave()

    def _closed(self, reason: int) -> None:
        super()._closed(reason)
        if self.settings.again:
            self.look()

    def _send(self, pdu: bytes) -> None:
        if self.end is not None:
            self.end.send(pdu)

    def _arrive(self, raw: bytes) -> None:
        try:
            pdu = att.parse_pdu(raw)
        except ValueError:
            self.say("garbage", pdu=raw.hex())
            return
        if isinstance(pdu, att.HandleNotification | att.HandleIndication):
            if isinstance(pdu, att.HandleIndication):
                self._client.command(att.HandleConfirmation())
            uuid = next((u for u, handle in self.handles.items() if handle == pdu.handle), b"")
            self.values[uuid] = pdu.value
            self.received.append((uuid, pdu.value))
            self.say("received", uuid=show_uuid(uuid) if uuid else "", value=pdu.value.hex())
        elif isinstance(pdu, att.ExchangeMtuRequest):
            self._client.command(att.ExchangeMtuResponse(att.DEFAULT_MTU))
        else:
            self._client.answered(pdu)

    # Discovery.

    def _found(self, pdu: AttPdu) -> None:
        if not isinstance(pdu, att.ReadByTypeResponse):
            return
        for start in range(0, len(pdu.data), pdu.length):
            entry = pdu.data[start : start + pdu.length]
            uuid, handle = entry[5:], int.from_bytes(entry[3:5], "little")
            self.handles[uuid] = handle
            self._properties[uuid] = entry[2]
            self._order.append((handle, uuid))

    def _find_descriptors(self) -> None:
        wanted = [uuid for uuid in self.settings.subscribes if uuid in self.handles]
        for uuid in wanted:
            self._find_configuration(uuid, None)
        self.has_found = True
        self.say("discovered", characteristics=[show_uuid(uuid) for uuid in self.handles])
        for uuid in self.settings.subscribes:
            if uuid not in self.handles:
                self.say("missing", uuid=show_uuid(uuid))
        for uuid in self.settings.reads:
            if uuid in self.handles:
                self.read(uuid)
            else:
                self.say("missing", uuid=show_uuid(uuid))
        for written in self.settings.writes:
            then = partial(self._write_later, self.end, written.characteristic, written.value)
            self.air.clock.schedule(written.after, then)

    def _write_later(self, end: LinkEnd | None, uuid: bytes, value: bytes) -> None:
        if end is self.end and uuid in self.handles:
            self.write(uuid, value)

    def _find_configuration(self, uuid: bytes, bits: int | None) -> None:
        """Look for the descriptor between this characteristic and the next one, and set it."""
        handle = self.handles[uuid]
        last = min((other - 2 for other, _ in self._order if other > handle), default=0xFFFF)
        if handle >= last:
            self._refuse(uuid, "no client configuration")
            return
        request = att.FindInformationRequest(handle + 1, last)
        self._client.request(request, partial(self._configure, uuid, bits))

    def _configure(self, uuid: bytes, bits: int | None, pdu: AttPdu) -> None:
        if isinstance(pdu, att.FindInformationResponse) and pdu.format == 1:
            for start in range(0, len(pdu.data), 4):
                entry = pdu.data[start : start + 4]
                if entry[2:] == attributes.CLIENT_CONFIGURATION:
                    handle = int.from_bytes(entry[:2], "little")
                    if bits is None:
                        indicates = self._properties[uuid] & bluetooth.NOTIFY == 0
                        bits = attributes.INDICATIONS if indicates else attributes.NOTIFICATIONS
                    request = att.AttributeWriteRequest(handle, bits.to_bytes(2, "little"))
                    answered = partial(self._answered, "subscribed", uuid, b"")
                    self._client.request(request, answered, first=True)
                    return
        self._refuse(uuid, "no client configuration")

    # What a person does with it.

    def _known(self, uuid: bytes) -> int:
        handle = self.handles.get(uuid)
        if handle is None:
            found = ", ".join(map(show_uuid, self.handles)) or "none"
            raise RenodeWifiError(
                f"{self.name} knows no characteristic {show_uuid(uuid)}",
                cure=f"those found: {found}" if self.end else "wait until it is connected",
            )
        return handle

    def read(self, uuid: bytes) -> None:
        """The value is in `values` when it has come. Raises RenodeWifiError."""
        request = att.AttributeReadRequest(self._known(uuid))
        self._client.request(request, partial(self._answered, "read", uuid, b""))

    def write(self, uuid: bytes, value: bytes) -> None:
        """With response, where the characteristic has that. Raises RenodeWifiError."""
        handle = self._known(uuid)
        if self._properties[uuid] & bluetooth.WRITE:
            request = att.AttributeWriteRequest(handle, value)
            self._client.request(request, partial(self._answered, "wrote", uuid, value))
        else:
            self._client.command(att.AttributeWriteCommand(handle, value))
            self._did("wrote", uuid, value)

    def subscribe(self, uuid: bytes, bits: int | None = None) -> None:
        """bits: of the client's configuration, 0 to end it; None: as the characteristic has it.

        Raises RenodeWifiError."""
        self._known(uuid)
        self._find_configuration(uuid, bits)

    def _answered(self, did: str, uuid: bytes, value: bytes, pdu: AttPdu) -> None:
        if isinstance(pdu, ErrorResponse):
            self._refuse(uuid, f"error 0x{pdu.code:02X}")
            return
        if isinstance(pdu, att.AttributeReadResponse):
            value = self.values[uuid] = pdu.value
        self._did(did, uuid, value)

    def _did(self, did: str, uuid: bytes, value: bytes) -> None:
        self.outcomes.append(PeerOutcome(did, uuid, value))
        self.say(did, uuid=show_uuid(uuid), value=value.hex())

    def _refuse(self, uuid: bytes, reason: str) -> None:
        self.outcomes.append(PeerOutcome("refused", uuid, reason=reason))
        self.say("refused", uuid=show_uuid(uuid), reason=reason)


class Peripheral(Peer):
    """It advertises its name until somebody connects, and has the characteristics of `settings`."""

    def __init__(self, air: BluetoothAir, trace: Trace, settings: PeripheralSettings) -> None:
        super().__init__(air, trace, settings.name)
        self.settings = settings
        self.server = AttributeServer(self)
        self.handles: dict[bytes, int] = {}
        self._client = attributes.GattSession(0)
        handle = 1
        for service in settings.services:
            handle = self._add_service(handle, service)
        self._advertise()

    def _add_service(self, handle: int, settings: ServiceSettings) -> int:
        service = Attribute(handle, attributes.PRIMARY_SERVICE, settings.uuid)
        self.server.add(service)
        for each in settings.characteristics:
            value = handle + 2
            head = bytes([each.bits]) + value.to_bytes(2, "little") + each.uuid
            self.server.add(Attribute(handle + 1, attributes.CHARACTERISTIC, head))
            self.server.add(Attribute(value, each.uuid, each.value, properties=each.bits))
            self.handles[each.uuid] = value
            handle += 2
            if each.bits & (bluetooth.NOTIFY | bluetooth.INDICATE):
                handle += 1
                configuration = Attribute(
                    handle, attributes.CLIENT_CONFIGURATION, length=2, of=value
                )
                configuration.properties = bluetooth.READ | bluetooth.WRITE
                self.server.add(configuration)
        service.group_end = handle
        return handle + 1

    def _advertise(self) -> None:
        settings = self.settings
        data, response = advertising.discoverable(settings.name.encode()), b""
        services = advertising.services(each.uuid for each in settings.services)
        if len(data) + len(services) <= advertising.MAX_DATA:
            data += services
        else:
            response = services
        advertiser = Advertiser(
            settings.address, CONNECTABLE, data, response, settings.interval, self.connected
        )
        self.air.advertise(advertiser)

    def connected(self, end: LinkEnd) -> None:
        self.end = end
        self._client = attributes.GattSession(0)
        end.receive, end.closed = self._arrive, self._closed
        self.say("connected", address=str(end.peer))

    def _closed(self, reason: int) -> None:
        super()._closed(reason)
        self._advertise()

    def _arrive(self, raw: bytes) -> None:
        answer = self.server.answer(self._client, raw)
        if answer is not None and self.end is not None:
            self.end.send(answer.emit())

    def allows(self, client: attributes.GattSession, attribute: Attribute, pdu: AttPdu) -> bool:
        return True

    def written(self, client: attributes.GattSession, attribute: Attribute, value: bytes) -> None:
        if attribute.uuid == attributes.CLIENT_CONFIGURATION:
            self.say("configured", handle=attribute.of, value=value.hex())
            return
        self.received.append((attribute.uuid, value))
        self.say("written", uuid=show_uuid(attribute.uuid), value=value.hex())

    @property
    def values(self) -> dict[bytes, bytes]:
        """By UUID."""
        return {uuid: self.server.attributes[handle].value for uuid, handle in self.handles.items()}

    def set_value(self, uuid: bytes, value: bytes) -> None:
        """Change a value; who has subscribed is notified. Raises RenodeWifiError."""
        handle = self.handles.get(uuid)
        if handle is None:
            found = ", ".join(map(show_uuid, self.handles)) or "none"
            raise RenodeWifiError(
                f"{self.name} has no characteristic {show_uuid(uuid)}", cure=f"it has {found}"
            )
        self.server.attributes[handle].value = value
        bits = self.server.subscription(self._client, handle)
        if self.end is not None and bits & attributes.NOTIFICATIONS:
            self.end.send(att.HandleNotification(handle, value).emit())
        elif self.end is not None and bits & attributes.INDICATIONS:
            self.end.send(att.HandleIndication(handle, value).emit())
