"""MQTT 3.1.1 control packets, parse and emit side by side (OASIS MQTT Version 3.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

MAX_LENGTH = 268_435_455
"""Largest remaining length, section 2.2.3."""
MAX_PACKET = 1_048_576
"""Largest remaining length that is taken from a client."""


class Type(IntEnum):
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


RESERVED_FLAGS = {Type.PUBREL: 2, Type.SUBSCRIBE: 2, Type.UNSUBSCRIBE: 2}
"""Section 2.2.2; every other type but PUBLISH has 0."""


class MqttError(Exception):
    """Bytes that are no MQTT packet."""


@dataclass(frozen=True)
class Message:
    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


@dataclass(frozen=True)
class Connect:
    client_id: str
    clean: bool
    keep_alive: int
    """Seconds; 0: off."""
    will: Message | None
    user: str | None
    password: bytes | None
    level: int = 4


@dataclass(frozen=True)
class ConnAck:
    code: int
    session_present: bool = False


@dataclass(frozen=True)
class Publish:
    message: Message
    identifier: int = 0
    duplicate: bool = False


@dataclass(frozen=True)
class Acknowledge:
    """PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK."""

    type: Type
    identifier: int


@dataclass(frozen=True)
class Subscribe:
    identifier: int
    filters: tuple[tuple[str, int], ...]
    """Topic filter and requested QoS."""


@dataclass(frozen=True)
class SubAck:
    identifier: int
    codes: tuple[int, ...]


@dataclass(frozen=True)
class Unsubscribe:
    identifier: int
    filters: tuple[str, ...]


@dataclass(frozen=True)
class Bare:
    """PINGREQ, PINGRESP or DISCONNECT."""

    type: Type


Packet = Connect | ConnAck | Publish | Acknowledge | Subscribe | SubAck | Unsubscribe | Bare


# Parse


class PacketReader:
    """Bytes in, packets out. Raises MqttError at the first byte that cannot be MQTT."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> Packet | None:
        """The next whole packet; None when more bytes are needed."""
        if not self._buffer:
            return None
        kind, flags = _first_byte(self._buffer[0])
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
        return parse(kind, flags, body)


def _first_byte(byte: int) -> tuple[Type, int]:
    try:
        kind = Type(byte >> 4)
    except ValueError:
        raise MqttError(f"packet type {byte >> 4} is reserved") from None
    flags = byte & 0x0F
    if kind is not Type.PUBLISH and flags != RESERVED_FLAGS.get(kind, 0):
        raise MqttError(f"flags {flags:#x} of {kind.name} are reserved")
    return kind, flags


class _Fields:
    """Fields of a packet's body, from front to back."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.body):
            raise MqttError("a packet ends in the middle of a field")
        data = self.body[self.at : self.at + count]
        self.at += count
        return data

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def binary(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        try:
            text = self.binary().decode("utf-8")
        except UnicodeDecodeError:
            raise MqttError("text is not UTF-8") from None
        if "\0" in text:
            raise MqttError("text holds U+0000")
        return text

    def identifier(self) -> int:
        number = self.number()
        if number == 0:
            raise MqttError("packet identifier 0")
        return number

    def rest(self) -> bytes:
        return self.take(len(self.body) - self.at)

    def end(self) -> None:
        if self.at != len(self.body):
            raise MqttError("a packet is longer than its fields")

    @property
    def more(self) -> bool:
        return self.at < len(self.body)


def parse(kind: Type, flags: int, body: bytes) -> Packet:
    fields = _Fields(body)
    packet: Packet
    if kind is Type.CONNECT:
        packet = _parse_connect(fields)
    elif kind is Type.CONNACK:
        packet = ConnAck(session_present=bool(fields.byte() & 1), code=fields.byte())
    elif kind is Type.PUBLISH:
        packet = _parse_publish(fields, flags)
    elif kind is Type.SUBSCRIBE:
        packet = _parse_subscribe(fields)
    elif kind is Type.SUBACK:
        packet = SubAck(fields.identifier(), tuple(fields.rest()))
    elif kind is Type.UNSUBSCRIBE:
        packet = _parse_unsubscribe(fields)
    elif kind in (Type.PINGREQ, Type.PINGRESP, Type.DISCONNECT):
        packet = Bare(kind)
    else:
        packet = Acknowledge(kind, fields.identifier())
    fields.end()
    return packet


def _parse_connect(fields: _Fields) -> Connect:
    """Section 3.1."""
    protocol, level, flags = fields.text(), fields.byte(), fields.byte()
    if (protocol, level) not in (("MQTT", 4), ("MQIsdp", 3)) and protocol != "MQTT":
        raise MqttError(f"protocol {protocol!r}")
    if flags & 1:
        raise MqttError("the reserved connect flag is set")
    keep_alive = fields.number()
    client_id = fields.text()
    will = None
    will_qos = flags >> 3 & 3
    if flags & 4:
        if will_qos == 3:
            raise MqttError("will QoS 3")
        topic, payload = fields.text(), fields.binary()
        will = Message(topic, payload, will_qos, bool(flags & 0x20))
    elif flags & 0x38:
        raise MqttError("will flags without a will")
    user = fields.text() if flags & 0x80 else None
    if flags & 0x40 and user is None:
        raise MqttError("a password without a user name")
    password = fields.binary() if flags & 0x40 else None
    return Connect(client_id, bool(flags & 2), keep_alive, will, user, password, level)


def _parse_publish(fields: _Fields, flags: int) -> Publish:
    """Section 3.3."""
    qos = flags >> 1 & 3
    if qos == 3 or (qos == 0 and flags & 8):
        raise MqttError("PUBLISH flags contradict each other")
    topic = fields.text()
    if not topic or "+" in topic or "#" in topic:
        raise MqttError("a topic name is empty or has wildcards")
    identifier = fields.identifier() if qos else 0
    message = Message(topic, fields.rest(), qos, bool(flags & 1))
    return Publish(message, identifier, bool(flags & 8))


def _parse_subscribe(fields: _Fields) -> Subscribe:
    """Section 3.8."""
    identifier = fields.identifier()
    filters = []
    while fields.more:
        topic, qos = fields.text(), fields.byte()
        if qos > 2:
            raise MqttError(f"requested QoS {qos}")
        filters.append((topic, qos))
    if not filters:
        raise MqttError("SUBSCRIBE without a topic filter")
    return Subscribe(identifier, tuple(filters))


def _parse_unsubscribe(fields: _Fields) -> Unsubscribe:
    """Section 3.10."""
    identifier = fields.identifier()
    filters = []
    while fields.more:
        filters.append(fields.text())
    if not filters:
        raise MqttError("UNSUBSCRIBE without a topic filter")
    return Unsubscribe(identifier, tuple(filters))


# Emit


def emit(packet: Packet) -> bytes:
    if isinstance(packet, Connect):
        return _packet(Type.CONNECT, 0, _connect_body(packet))
    if isinstance(packet, ConnAck):
        return _packet(Type.CONNACK, 0, bytes([packet.session_present, packet.code]))
    if isinstance(packet, Publish):
        message = packet.message
        flags = packet.duplicate << 3 | message.qos << 1 | message.retain
        identifier = packet.identifier.to_bytes(2, "big") if message.qos else b""
        return _packet(Type.PUBLISH, flags, _text(message.topic) + identifier + message.payload)
    if isinstance(packet, Acknowledge):
        flags = RESERVED_FLAGS.get(packet.type, 0)
        return _packet(packet.type, flags, packet.identifier.to_bytes(2, "big"))
    if isinstance(packet, Subscribe):
        body = packet.identifier.to_bytes(2, "big")
        for topic, qos in packet.filters:
            body += _text(topic) + bytes([qos])
        return _packet(Type.SUBSCRIBE, 2, body)
    if isinstance(packet, SubAck):
        return _packet(Type.SUBACK, 0, packet.identifier.to_bytes(2, "big") + bytes(packet.codes))
    if isinstance(packet, Unsubscribe):
        body = packet.identifier.to_bytes(2, "big")
        return _packet(Type.UNSUBSCRIBE, 2, body + b"".join(map(_text, packet.filters)))
    return _packet(packet.type, 0, b"")


def _connect_body(packet: Connect) -> bytes:
    flags = packet.clean << 1
    payload = _text(packet.client_id)
    if packet.will is not None:
        flags |= 4 | packet.will.qos << 3 | packet.will.retain << 5
        payload += _text(packet.will.topic) + _binary(packet.will.payload)
    if packet.user is not None:
        flags |= 0x80
        payload += _text(packet.user)
    if packet.password is not None:
        flags |= 0x40
        payload += _binary(packet.password)
    protocol = "MQIsdp" if packet.level == 3 else "MQTT"
    return (
        _text(protocol) + bytes([packet.level, flags]) + packet.keep_alive.to_bytes(2, "big")
    ) + payload


def _packet(kind: Type, flags: int, body: bytes) -> bytes:
    if len(body) > MAX_LENGTH:
        raise ValueError("an MQTT packet cannot be that long")
    length = bytearray()
    rest = len(body)
    while True:
        length.append(rest & 0x7F | (0x80 if rest > 0x7F else 0))
        rest >>= 7
        if not rest:
            return bytes([kind << 4 | flags]) + bytes(length) + body


def _binary(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _text(text: str) -> bytes:
    return _binary(text.encode())


# Topics


def filter_is_valid(topic_filter: str) -> bool:
    """Section 4.7.1: `#` is last and alone on its level, `+` alone on its."""
    levels = topic_filter.split("/")
    for index, level in enumerate(levels):
        if "#" in level and (level != "#" or index != len(levels) - 1):
            return False
        if "+" in level and level != "+":
            return False
    return bool(topic_filter)


def matches(topic_filter: str, topic: str) -> bool:
    """Whether a topic name falls under a filter, sections 4.7.1 and 4.7.2."""
    wanted, have = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in ("#", "+"):
        return False
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(have) or level not in ("+", have[index]):
            return False
    return len(wanted) == len(have)
