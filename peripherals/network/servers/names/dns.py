"""A name server (RFC 1035 over UDP): it answers from the world's names.

Firmware with a resolver of its own asks one, at the address that DHCP gave or at one that it
brings along (8.8.8.8). A and PTR records exist; of a known name other types are empty answers.
"""

from __future__ import annotations

from functools import partial
from ipaddress import AddressValueError, IPv4Address

from renode_wifi.peripherals.network.contract.dns_messages import (
    ANY,
    AUTHORITATIVE,
    HEADER,
    PTR,
    RESPONSE,
    A,
    DnsError,
    DnsMessage,
    Question,
    Record,
)
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.servers.base import UdpServer
from renode_wifi.peripherals.network.stack.dns import Names
from renode_wifi.peripherals.network.stack.internet import Internet
from renode_wifi.peripherals.network.stack.tcp import Address

OPCODE, TRUNCATED, RECURSION_DESIRED, RECURSION_AVAILABLE = 0x7800, 0x0200, 0x0100, 0x0080
NO_ERROR, FORMAT_ERROR, NAME_ERROR, NOT_IMPLEMENTED = 0, 1, 3, 4
"""RFC 1035 section 4.1.1."""
MAX_MESSAGE = 512
"""Bytes of a message over UDP (RFC 1035 section 4.2.1)."""
TTL = 300
"""Seconds."""
REVERSE = ".in-addr.arpa"


class DnsServer(UdpServer):
    def received(self, sender: Address, data: bytes) -> None:
        internet = self.context.internet
        names = internet.names
        question = question_of(data)
        if not names.answering:
            return
        delay = names.settings.latency + names.delay
        if question is not None and _is_for_host(question.name, internet):
            assert internet.bridge is not None
            internet.bridge.resolve(question.name, partial(self._found, sender, data, question))
            return
        answer = reply(data, names)
        if answer is not None:
            self.context.clock.schedule(delay, partial(self._answer, sender, question, answer))

    def _found(
        self, sender: Address, data: bytes, question: Question, found: IPv4Address | Failure
    ) -> None:
        """What the host's resolver says of a name."""
        answer = answer_of(data, question, () if isinstance(found, Failure) else (found,))
        self._answer(sender, question, answer)

    def _answer(self, sender: Address, question: Question | None, answer: bytes) -> None:
        if question is not None:
            records = DnsMessage.parse(answer).answers
            found = [record.target or str(record.address) for record in records]
            self.context.trace("dns", name=question.name, answer=", ".join(found) or "none")
        self.send(sender, answer)


def _is_for_host(name: str, internet: Internet) -> bool:
    """Of any type: that there is no AAAA record doesn't say that the name isn't there."""
    return reversed_address(name) is None and internet.asks_host(name)


def question_of(request: bytes) -> Question | None:
    """What a query asks; None of a message that is no query with one question."""
    try:
        message = DnsMessage.parse(request)
    except DnsError:
        return None
    if message.response or len(message.questions) != 1:
        return None
    return message.questions[0]


def reply(request: bytes, names: Names) -> bytes | None:
    """The answer to a datagram; None to what is too short to be answered, or an answer itself."""
    if len(request) < HEADER.size:
        return None
    identity, flags, *_ = HEADER.unpack_from(request)
    if flags & RESPONSE:
        return None
    question = question_of(request)
    if flags & OPCODE or question is None:
        code = NOT_IMPLEMENTED if flags & OPCODE else FORMAT_ERROR
        flags = RESPONSE | flags & (OPCODE | RECURSION_DESIRED) | code
        return HEADER.pack(identity, flags, 0, 0, 0, 0)
    address = reversed_address(question.name)
    if address is None:
        return answer_of(request, question, names.find(question.name))
    return answer_of(request, question, tuple(names.of(address)))


def answer_of(
    request: bytes, question: Question, found: tuple[IPv4Address, ...] | tuple[str, ...]
) -> bytes:
    """found: addresses of the name, or names of the address; empty: there is no such name."""
    identity, flags, *_ = HEADER.unpack_from(request)
    records = [
        Record(question.name, PTR, TTL, target=entry).emit()
        if isinstance(entry, str)
        else Record(question.name, A, TTL, address=entry).emit()
        for entry in found
        if question.kind in (PTR if isinstance(entry, str) else A, ANY)
    ]
    asked = DnsMessage((question,)).emit()[HEADER.size :]
    flags = RESPONSE | AUTHORITATIVE | RECURSION_AVAILABLE | flags & RECURSION_DESIRED
    size = HEADER.size + len(asked)
    fitting = 0
    while fitting < len(records) and size + len(records[fitting]) <= MAX_MESSAGE:
        size += len(records[fitting])
        fitting += 1
    if fitting < len(records):
        flags |= TRUNCATED
    flags |= NO_ERROR if found else NAME_ERROR
    head = HEADER.pack(identity, flags, 1, fitting, 0, 0)
    return head + asked + b"".join(records[:fitting])


def reversed_address(name: str) -> IPv4Address | None:
    """The address that a name such as `1.0.10.10.in-addr.arpa` is about (RFC 1035 section 3.5)."""
    labels, suffix, rest = name.lower().rpartition(REVERSE)
    if not suffix or rest:
        return None
    try:
        return IPv4Address(".".join(reversed(labels.split("."))))
    except AddressValueError:
        return None
