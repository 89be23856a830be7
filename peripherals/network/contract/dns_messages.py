"""Messages of DNS (RFC 1035), multicast or not (RFC 6762), and what DNS-SD (RFC 6763) puts in."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass

GROUP, PORT = IPv4Address("224.0.0.251"), 5353
NO_ADDRESS = IPv4Address(0)
A, PTR, TXT, SRV, ANY = 1, 12, 16, 33, 255
"""Types of records."""
INTERNET = 1
FLUSH = 0x8000
"""Of a record's class: others of the name are void (RFC 6762 section 10.2); of a question's: answer
to the asker alone (section 5.4)."""
RESPONSE, AUTHORITATIVE = 0x8000, 0x0400
HEADER = struct.Struct(">6H")
QUESTION = struct.Struct(">2H")
RECORD = struct.Struct(">2HIH")
SERVICE = struct.Struct(">3H")
POINTER = 0xC0
"""Of a label's length: the rest of the name is elsewhere (RFC 1035 section 4.1.4)."""
MAX_NAME, MAX_LABEL, MAX_RECORDS = 255, 63, 128
MAX_TTL = 0x7FFF_FFFF
TYPES = "_services._dns-sd._udp.local"
"""Whose pointers are the types of services that there are (RFC 6763 section 9)."""


class DnsError(ValueError):
    """Bytes that are no DNS message."""


@late_dataclass(frozen=True)
class Question:
    """alone: the answer is for the asker only."""

    name: str
    kind: int = PTR
    alone: bool = False

    def asks_for(self, name: str, kind: int) -> bool:
        return self.kind in (kind, ANY) and self.name.lower() == name.lower()


@late_dataclass(frozen=True)
class Record:
    """ttl in seconds, 0: it is no more. target: of PTR and SRV; data: of TXT and others."""

    name: str
    kind: int
    ttl: int
    target: str = ""
    port: int = 0
    address: IPv4Address = NO_ADDRESS
    data: bytes = b""
    flush: bool = False

    def emit(self) -> bytes:
        if self.kind == PTR:
            data = _name(self.target)
        elif self.kind == SRV:
            data = SERVICE.pack(0, 0, self.port) + _name(self.target)
        elif self.kind == A:
            data = self.address.packed
        else:
            data = self.data
        number = INTERNET | (FLUSH if self.flush else 0)
        return _name(self.name) + RECORD.pack(self.kind, number, self.ttl, len(data)) + data


@late_dataclass(frozen=True)
class DnsMessage:
    """answers: those of all three sections."""

    questions: tuple[Question, ...] = ()
    answers: tuple[Record, ...] = ()
    response: bool = False
    identity: int = 0

    def emit(self) -> bytes:
        flags = RESPONSE | AUTHORITATIVE if self.response else 0
        parts = [
            HEADER.pack(self.identity, flags, len(self.questions), len(self.answers), 0, 0),
            *(
                _name(question.name)
                + QUESTION.pack(question.kind, INTERNET | (FLUSH if question.alone else 0))
                for question in self.questions
            ),
            *(record.emit() for record in self.answers),
        ]
        return b"".join(parts)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises DnsError."""
        reader = _Reader(data)
        identity, flags, questions, *records = reader.take(HEADER)
        if questions + sum(records) > MAX_RECORDS:
            raise DnsError("too many records")
        return cls(
            tuple(reader.question() for _ in range(questions)),
            tuple(reader.record() for _ in range(sum(records))),
            bool(flags & RESPONSE),
            identity,
        )


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def take(self, layout: struct.Struct) -> tuple[int, ...]:
        if self.offset + layout.size > len(self.data):
            raise DnsError("the message ends too early")
        values = layout.unpack_from(self.data, self.offset)
        self.offset += layout.size
        return values

    def name(self) -> str:
        labels: list[str] = []
        offset, end, length = self.offset, None, 0
        while True:
            if offset >= len(self.data):
                raise DnsError("a name ends too early")
            size = self.data[offset]
            if size >= POINTER:
                if offset + 1 >= len(self.data):
                    raise DnsError("a pointer ends too early")
                end = offset + 2 if end is None else end
                target = (size & ~POINTER) << 8 | self.data[offset + 1]
                # Only backwards: no message can make this loop for ever.
                if target >= offset:
                    raise DnsError("a pointer leads forwards")
                offset = target
                continue
            if size > MAX_LABEL or offset + 1 + size > len(self.data):
                raise DnsError("a label is too long")
            offset += 1 + size
            if size == 0:
                break
            length += 1 + size
            if length > MAX_NAME:
                raise DnsError("a name is too long")
            labels.append(self.data[offset - size : offset].decode("utf-8", "replace"))
        self.offset = offset if end is None else end
        return ".".join(labels)

    def question(self) -> Question:
        name = self.name()
        kind, number = self.take(QUESTION)
        return Question(name, kind, bool(number & FLUSH))

    def record(self) -> Record:
        name = self.name()
        kind, number, ttl, length = self.take(RECORD)
        end = self.offset + length
        if end > len(self.data):
            raise DnsError("a record ends too early")
        common = {"name": name, "kind": kind, "ttl": min(ttl, MAX_TTL)}
        flush = bool(number & FLUSH)
        record = Record(**common, data=self.data[self.offset : end], flush=flush)  # type: ignore[arg-type]
        if kind == PTR:
            record = Record(name, kind, record.ttl, self.name(), flush=flush)
        elif kind == SRV:
            _, _, port = self.take(SERVICE)
            record = Record(name, kind, record.ttl, self.name(), port, flush=flush)
        elif kind == A and length == 4:
            address = IPv4Address(record.data)
            record = Record(name, kind, record.ttl, address=address, flush=flush)
        if self.offset > end:
            raise DnsError("a record is longer than it says")
        self.offset = end
        return record


def _name(name: str) -> bytes:
    labels = [label.encode("utf-8")[:MAX_LABEL] for label in name.split(".") if label]
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


def text_data(text: str) -> bytes:
    """The data of a TXT record: a string each between semicolons (RFC 6763 section 6)."""
    strings = [part.encode("utf-8")[:255] for part in text.split(";")] if text else [b""]
    return b"".join(bytes((len(string),)) + string for string in strings)


def text_of(data: bytes) -> str:
    """The reverse of `text_data`."""
    strings, offset = [], 0
    while offset < len(data):
        size = data[offset]
        strings.append(data[offset + 1 : offset + 1 + size].decode("utf-8", "replace"))
        offset += 1 + size
    return ";".join(string for string in strings if string)


@late_dataclass(frozen=True)
class AdvertisedService:
    """name: instance, type and domain, such as `Printer._ipp._tcp.local`; host: of its address.

    text: key=value pairs with semicolons between; ttl in seconds.
    """

    name: str
    host: str
    address: IPv4Address
    port: int
    text: str = ""
    ttl: int = 120

    @property
    def type(self) -> str:
        return type_of(self.name)

    def records(self, ttl: int | None = None) -> tuple[Record, ...]:
        """Pointer, service, text and address. ttl: in place of its own; 0: it is no more."""
        seconds = self.ttl if ttl is None else ttl
        return (
            Record(self.type, PTR, seconds, self.name),
            Record(self.name, SRV, seconds, self.host, self.port, flush=True),
            Record(self.name, TXT, seconds, data=text_data(self.text), flush=True),
            Record(self.host, A, seconds, address=self.address, flush=True),
        )

    def is_asked_by(self, question: Question) -> bool:
        return (
            question.asks_for(self.type, PTR)
            or question.asks_for(self.name, SRV)
            or question.asks_for(self.name, TXT)
        )


def type_of(name: str) -> str:
    """Type and domain in a service's name, which begin with `_`; else empty."""
    labels = name.split(".")
    for index, label in enumerate(labels):
        if label.startswith("_"):
            return ".".join(labels[index:])
    return ""


def is_service(name: str) -> bool:
    """Whether a name has an instance, a type, a protocol and a domain, each of a label's size."""
    kind = type_of(name).split(".")
    return (
        not name.startswith("_")
        and len(kind) == 3
        and kind[1] in ("_tcp", "_udp")
        and all(0 < len(label.encode()) <= MAX_LABEL for label in name.split("."))
    )


def answer(query: DnsMessage, services: tuple[AdvertisedService, ...]) -> tuple[Record, ...]:
    """What a responder that has `services` says to a query, less what the asker knows."""
    found: dict[Record, None] = {}
    known = {(record.name.lower(), record.kind, record.target.lower()) for record in query.answers}
    for question in query.questions:
        for service in services:
            pointer, *_, address = service.records()
            if question.asks_for(TYPES, PTR):
                found[Record(TYPES, PTR, service.ttl, service.type)] = None
            elif question.asks_for(service.host, A):
                found[address] = None
            elif service.is_asked_by(question):
                knows = (pointer.name.lower(), PTR, pointer.target.lower()) in known
                if not (knows and question.kind == PTR):
                    found |= dict.fromkeys(service.records())
    return tuple(found)


def services_in(message: DnsMessage) -> list[AdvertisedService]:
    """Those that a response has service and address of; a TTL of 0: they are no more."""
    addresses = {record.name.lower(): record for record in message.answers if record.kind == A}
    texts = {record.name.lower(): record for record in message.answers if record.kind == TXT}
    found = []
    for record in message.answers:
        if record.kind != SRV or not type_of(record.name):
            continue
        address = addresses.get(record.target.lower())
        if address is None:
            continue
        text = texts.get(record.name.lower())
        found.append(
            AdvertisedService(
                record.name,
                record.target,
                address.address,
                record.port,
                "" if text is None else text_of(text.data),
                record.ttl,
            )
        )
    return found
