"""MQTT control packets, parse and emit side by side: OASIS MQTT Version 3.1.1 and 5.0, IBM's 3.1.

`level` is the protocol level of CONNECT, which is the version: 3 is 3.1, 4 is 3.1.1, 5 is 5.0.
"""

from __future__ import annotations

from enum import IntEnum

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.servers.mqtt_fields import (
    PROTOCOL_ERROR,
    Fields,
    MqttError,
    emit_binary,
    emit_text,
    emit_variable,
)
from renode_wifi.peripherals.network.servers.mqtt_properties import (
    OF_ANSWERS,
    OF_AUTH,
    OF_CONNACK,
    OF_CONNECT,
    OF_DISCONNECT,
    OF_PUBLISH,
    OF_SUBSCRIBE,
    OF_UNSUBSCRIBE,
    OF_WILL,
    Properties,
    Property,
    emit_properties,
    parse_properties,
)

V3_1, V3_1_1, V5 = 3, 4, 5
PROTOCOLS = {V3_1: "MQIsdp", V3_1_1: "MQTT", V5: "MQTT"}
UNKNOWN = 0
"""Level of a CONNECT whose name and level don't belong together."""
MAX_PACKET = 1_048_576
"""Largest remaining length that is taken from a client."""


class PacketType(IntEnum):
    """Section 2.2.1."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    PUBREC = 5
    PUBREL = 6
    PUBCOMP = 7
    SUBSCRIBE = 8
    SUBACK = 9
    UNSUBSCRIBE = 10
    UNSUBACK = 11
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14
    AUTH = 15
    """Since MQTT 5."""


RESERVED_FLAGS = {PacketType.PUBREL: 2, PacketType.SUBSCRIBE: 2, PacketType.UNSUBSCRIBE: 2}
"""Section 2.2.2; every other type but PUBLISH has 0."""


@late_dataclass(frozen=True)
class Publication:
    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    properties: Properties = ()


@late_dataclass(frozen=True)
class Connect:
    client_id: str
    clean: bool
    keep_alive: int
    """Seconds; 0: off."""
    will: Publication | None
    user: str | None
    password: bytes | None
    level: int = V3_1_1
    properties: Properties = ()


@late_dataclass(frozen=True)
class ConnAck:
    code: int
    session_present: bool = False
    properties: Properties = ()


@late_dataclass(frozen=True)
class Publish:
    message: Publication
    identifier: int = 0
    duplicate: bool = False


@late_dataclass(frozen=True)
class Acknowledge:
    """PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK. codes: of UNSUBACK since MQTT 5."""

    type: PacketType
    identifier: int
    reason: int = 0
    codes: tuple[int, ...] = ()
    properties: Properties = ()


@late_dataclass(frozen=True)
class Subscribe:
    identifier: int
    filters: tuple[tuple[str, int], ...]
    """Topic filter, and options whose lowest two bits are the requested QoS."""
    properties: Properties = ()


@late_dataclass(frozen=True)
class SubAck:
    identifier: int
    codes: tuple[int, ...]
    properties: Properties = ()


@late_dataclass(frozen=True)
class Unsubscribe:
    identifier: int
    filters: tuple[str, ...]
    properties: Properties = ()


@late_dataclass(frozen=True)
class BarePacket:
    """PINGREQ, PINGRESP, DISCONNECT or AUTH."""

    type: PacketType
    reason: int = 0
    properties: Properties = ()


Packet = Connect | ConnAck | Publish | Acknowledge | Subscribe | SubAck | Unsubscribe | BarePacket


# Parse


class PacketReader:
    """Bytes in, packets out. Raises MqttError at the first byte that cannot be MQTT."""

    def __init__(self, level: int = V3_1_1) -> None:
        self.level = level
        """Of what follows; a CONNECT sets it."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> Packet | None:
        """The next whole packet; None when more bytes are needed."""
        if not self._buffer:
            return None
        kind, flags = _first_byte(self._buffer[0], self.level)
        length, header = 0, 1
        while True:
            if header >= len(self._buffer):
                return None
            byte = self._buffer[header]
            length |= (byte & 0x7F) << (7 * (header - 1))
            header += 1
            if not byte & 0x80:
                break
            if header == 5:
                raise MqttError("remaining length is longer than four bytes")
        if length > MAX_PACKET:
            raise MqttError(f"a packet of {length} bytes")
        if len(self._buffer) < header + length:
            return None
        body = bytes(self._buffer[header : header + length])
        del self._buffer[: header + length]
        packet = parse(kind, flags, body, self.level)
        if isinstance(packet, Connect):
            self.level = packet.level
        return packet


def _first_byte(byte: int, level: int) -> tuple[PacketType, int]:
    if byte >> 4 == 0 or (byte >> 4 == PacketType.AUTH and level < V5):
        raise MqttError(f"packet type {byte >> 4} is reserved")
    kind = PacketType(byte >> 4)
    flags = byte & 0x0F
    if level == V3_1 and kind is not PacketType.PUBLISH:
        # Version 3.1 has no reserved flags: what a packet does not use is ignored.
        return kind, RESERVED_FLAGS.get(kind, 0)
    if kind is not PacketType.PUBLISH and flags != RESERVED_FLAGS.get(kind, 0):
        raise MqttError(f"flags {flags:#x} of {kind.name} are reserved")
    return kind, flags


def parse(kind: PacketType, flags: int, body: bytes, level: int = V3_1_1) -> Packet:
    fields = Fields(body)
    packet: Packet
    if kind is PacketType.CONNECT:
        packet = _parse_connect(fields)
    elif kind is PacketType.CONNACK:
        present, code = bool(fields.byte() & 1), fields.byte()
        packet = ConnAck(code, present, _properties(fields, level, OF_CONNACK))
    elif kind is PacketType.PUBLISH:
        packet = _parse_publish(fields, flags, level)
    elif kind is PacketType.SUBSCRIBE:
        packet = _parse_subscribe(fields, level)
    elif kind is PacketType.SUBACK:
        identifier = fields.identifier()
        properties = _properties(fields, level, OF_ANSWERS)
        packet = SubAck(identifier, tuple(fields.rest()), properties)
    elif kind is PacketType.UNSUBSCRIBE:
        packet = _parse_unsubscribe(fields, level)
    elif kind in (PacketType.PINGREQ, PacketType.PINGRESP):
        packet = BarePacket(kind)
    elif kind in (PacketType.DISCONNECT, PacketType.AUTH):
        is_auth = kind is PacketType.AUTH
        allowed = OF_AUTH if is_auth else OF_DISCONNECT
        packet = BarePacket(kind, *_reason(fields, level, allowed))
    else:
        packet = _parse_acknowledge(kind, fields, level)
    fields.end()
    return packet


def _properties(fields: Fields, level: int, allowed: tuple[Property, ...]) -> Properties:
    return parse_properties(fields, allowed) if level >= V5 else ()


def _reason(fields: Fields, level: int, allowed: tuple[Property, ...]) -> tuple[int, Properties]:
    """Reason code and properties, each of which may be left out at the end (section 3.4.2.1)."""
    if level < V5 or not fields.more:
        return 0, ()
    reason = fields.byte()
    return reason, parse_properties(fields, allowed) if fields.more else ()


def _parse_connect(fields: Fields) -> Connect:
    """Section 3.1."""
    protocol, level, flags = fields.text(), fields.byte(), fields.byte()
    if protocol not in PROTOCOLS.values():
        raise MqttError(f"protocol {protocol!r}, level {level}")
    if protocol != PROTOCOLS.get(level):
        # Nobody knows what follows.
        fields.rest()
        return Connect("", True, 0, None, None, None, UNKNOWN if level in PROTOCOLS else level)
    if flags & 1 and level > V3_1:
        raise MqttError("the reserved connect flag is set")
    keep_alive = fields.number()
    properties = _properties(fields, level, OF_CONNECT)
    client_id = fields.text()
    will = None
    will_qos = flags >> 3 & 3
    if flags & 4:
        if will_qos == 3:
            raise MqttError("will QoS 3")
        of_will = _properties(fields, level, OF_WILL)
        topic, payload = fields.text(), fields.binary()
        will = Publication(topic, payload, will_qos, bool(flags & 0x20), of_will)
    elif flags & 0x38 and level > V3_1:
        raise MqttError("will flags without a will")
    user = fields.text() if flags & 0x80 else None
    if flags & 0x40 and user is None and level < V5:
        raise MqttError("a password without a user name")
    password = fields.binary() if flags & 0x40 else None
    clean = bool(flags & 2)
    return Connect(client_id, clean, keep_alive, will, user, password, level, properties)


def _parse_publish(fields: Fields, flags: int, level: int) -> Publish:
    """Section 3.3. An empty topic stands for that of a TOPIC_ALIAS."""
    qos = flags >> 1 & 3
    if qos == 3 or (qos == 0 and flags & 8 and level > V3_1):
        raise MqttError("PUBLISH flags contradict each other")
    topic = fields.text()
    if "+" in topic or "#" in topic:
        raise MqttError("a topic name has wildcards")
    identifier = fields.identifier() if qos else 0
    properties = _properties(fields, level, OF_PUBLISH)
    if not topic and Property.TOPIC_ALIAS not in dict(properties):
        raise MqttError("a topic name is empty", PROTOCOL_ERROR)
    message = Publication(topic, fields.rest(), qos, bool(flags & 1), properties)
    return Publish(message, identifier, bool(flags & 8))


def _parse_acknowledge(kind: PacketType, fields: Fields, level: int) -> Acknowledge:
    identifier = fields.identifier()
    if kind is PacketType.UNSUBACK:
        properties = _properties(fields, level, OF_ANSWERS)
        codes = tuple(fields.rest()) if level >= V5 else ()
        return Acknowledge(kind, identifier, 0, codes, properties)
    reason, properties = _reason(fields, level, OF_ANSWERS)
    return Acknowledge(kind, identifier, reason, (), properties)


def _parse_subscribe(fields: Fields, level: int) -> Subscribe:
    """Section 3.8."""
    identifier = fields.identifier()
    properties = _properties(fields, level, OF_SUBSCRIBE)
    filters = []
    while fields.more:
        topic, options = fields.text(), fields.byte()
        reserved = 0xC0 if level >= V5 else 0xFC
        if options & 3 == 3 or options & reserved or options & 0x30 == 0x30:
            raise MqttError(f"subscription options {options:#04x}")
        filters.append((topic, options))
    if not filters:
        raise MqttError("SUBSCRIBE without a topic filter", PROTOCOL_ERROR)
    return Subscribe(identifier, tuple(filters), properties)


def _parse_unsubscribe(fields: Fields, level: int) -> Unsubscribe:
    """Section 3.10."""
    identifier = fields.identifier()
    properties = _properties(fields, level, OF_UNSUBSCRIBE)
    filters = []
    while fields.more:
        filters.append(fields.text())
    if not filters:
        raise MqttError("UNSUBSCRIBE without a topic filter", PROTOCOL_ERROR)
    return Unsubscribe(identifier, tuple(filters), properties)


# Emit


def emit(packet: Packet, level: int = V3_1_1) -> bytes:
    """The packet as that version writes it; a CONNECT says its own."""

    def properties(value: Properties) -> bytes:
        return emit_properties(value) if level >= V5 else b""

    if isinstance(packet, Connect):
        return _packet(PacketType.CONNECT, 0, _connect_body(packet))
    if isinstance(packet, ConnAck):
        body = bytes([packet.session_present, packet.code]) + properties(packet.properties)
        return _packet(PacketType.CONNACK, 0, body)
    if isinstance(packet, Publish):
        message = packet.message
        flags = packet.duplicate << 3 | message.qos << 1 | message.retain
        identifier = packet.identifier.to_bytes(2, "big") if message.qos else b""
        head = emit_text(message.topic) + identifier + properties(message.properties)
        return _packet(PacketType.PUBLISH, flags, head + message.payload)
    if isinstance(packet, BarePacket):
        return _packet(packet.type, 0, _reason_bytes(packet, level))
    body = packet.identifier.to_bytes(2, "big")
    if isinstance(packet, Acknowledge):
        if packet.type is PacketType.UNSUBACK:
            codes = bytes(packet.codes) if level >= V5 else b""
            body += properties(packet.properties) + codes
        else:
            body += _reason_bytes(packet, level)
        return _packet(packet.type, RESERVED_FLAGS.get(packet.type, 0), body)
    body += properties(packet.properties)
    if isinstance(packet, SubAck):
        return _packet(PacketType.SUBACK, 0, body + bytes(packet.codes))
    if isinstance(packet, Subscribe):
        for topic, options in packet.filters:
            body += emit_text(topic) + bytes([options])
        return _packet(PacketType.SUBSCRIBE, 2, body)
    return _packet(PacketType.UNSUBSCRIBE, 2, body + b"".join(map(emit_text, packet.filters)))


def _reason_bytes(packet: Acknowledge | BarePacket, level: int) -> bytes:
    if level < V5 or not (packet.reason or packet.properties):
        return b""
    return bytes([packet.reason]) + emit_properties(packet.properties)


def _connect_body(packet: Connect) -> bytes:
    def properties(value: Properties) -> bytes:
        return emit_properties(value) if packet.level >= V5 else b""

    flags = packet.clean << 1
    payload = emit_text(packet.client_id)
    if packet.will is not None:
        flags |= 4 | packet.will.qos << 3 | packet.will.retain << 5
        payload += properties(packet.will.properties)
        payload += emit_text(packet.will.topic) + emit_binary(packet.will.payload)
    if packet.user is not None:
        flags |= 0x80
        payload += emit_text(packet.user)
    if packet.password is not None:
        flags |= 0x40
        payload += emit_binary(packet.password)
    head = emit_text(PROTOCOLS.get(packet.level, "MQTT")) + bytes([packet.level, flags])
    keep_alive = packet.keep_alive.to_bytes(2, "big")
    return head + keep_alive + properties(packet.properties) + payload


def _packet(kind: PacketType, flags: int, body: bytes) -> bytes:
    return bytes([kind << 4 | flags]) + emit_variable(len(body)) + body
