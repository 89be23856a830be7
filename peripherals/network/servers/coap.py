"""A CoAP server (RFC 7252) of resources that clients read, write, make and delete.

Answers to confirmable requests come with their acknowledgement. Long ones go block by block, and
uploads come so (RFC 7959). Nobody is notified of changes: OBSERVE is answered like a plain GET.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.servers.base import UdpServer
from renode_wifi.peripherals.network.servers.coap_messages import (
    BlockOption,
    CoapError,
    CoapMessage,
    MessageType,
    OptionNumber,
)
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.records import Records
from renode_wifi.peripherals.network.stack.tcp import Address
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings

GET, POST, PUT, DELETE = 1, 2, 3, 4
CREATED, DELETED, CHANGED, CONTENT, CONTINUE = 0x41, 0x42, 0x44, 0x45, 0x5F
BAD_REQUEST, BAD_OPTION, NOT_FOUND, NOT_ALLOWED, NOT_ACCEPTABLE = 0x80, 0x82, 0x84, 0x85, 0x86
INCOMPLETE, TOO_LARGE = 0x88, 0x8D
TEXT, LINK_FORMAT = b"", b"\x28"
"""Values of CONTENT_FORMAT: 0 and 40."""
DISCOVERY = "/.well-known/core"
"""RFC 6690."""
IGNORED = (
    OptionNumber.URI_HOST,
    OptionNumber.URI_PORT,
    OptionNumber.URI_PATH,
    OptionNumber.URI_QUERY,
)
UNDERSTOOD = (*IGNORED, OptionNumber.ACCEPT, OptionNumber.BLOCK1, OptionNumber.BLOCK2)
"""Options that are critical and known; others of an odd number are refused (section 5.4.1)."""
DEFAULT_BLOCK = 1024
MAX_RESOURCES = 1_000
MAX_BODY = 1_048_576
MAX_REMEMBERED = 100
"""Answers, and uploads under way, that are kept for repeated and further requests."""

Exchange = tuple[Address, int]


@late_dataclass(frozen=True)
class CoapRequest:
    """method: GET, POST, PUT or DELETE."""

    method: int
    path: str
    body: bytes


class CoapServer(UdpServer):
    """`requests` records whole requests; `resources` can be read and set by tests."""

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        super().__init__(context, settings)
        self.requests: Records[CoapRequest] = Records()
        self.resources: dict[str, bytes] = {
            path: text.encode() for path, text in settings.resources.items()
        }
        self._answers: dict[Exchange, bytes] = {}
        self._uploads: dict[tuple[Address, str], bytes] = {}
        self._next_identifier = 1

    def received(self, sender: Address, data: bytes) -> None:
        try:
            message = CoapMessage.parse(data)
        except CoapError:
            return
        if message.type not in (MessageType.CONFIRMABLE, MessageType.NON_CONFIRMABLE):
            return
        if message.code == 0:
            # A ping (section 4.3).
            if message.type is MessageType.CONFIRMABLE:
                reset = CoapMessage(MessageType.RESET, 0, message.identifier)
                self.send(sender, reset.emit())
            return
        exchange = (sender, message.identifier)
        answer = self._answers.get(exchange)
        if answer is None:
            answer = self._reply(sender, message).emit()
            _remember(self._answers, exchange, answer)
        self.send(sender, answer)

    def _reply(self, sender: Address, message: CoapMessage) -> CoapMessage:
        if message.type is MessageType.CONFIRMABLE:
            reply = CoapMessage(MessageType.ACKNOWLEDGEMENT, 0, message.identifier, message.token)
        else:
            identifier = self._next_identifier
            self._next_identifier = identifier % 0xFFFF + 1
            reply = CoapMessage(MessageType.NON_CONFIRMABLE, 0, identifier, message.token)
        if any(number & 1 and number not in UNDERSTOOD for number, _ in message.options):
            return replace(reply, code=BAD_OPTION)
        try:
            return self._answer(sender, message, reply)
        except CoapError:
            return replace(reply, code=BAD_OPTION)

    def _answer(self, sender: Address, message: CoapMessage, reply: CoapMessage) -> CoapMessage:
        body = message.payload
        blocks = message.values(OptionNumber.BLOCK1)
        if blocks:
            block = BlockOption.parse(blocks[0])
            reply = replace(reply, options=((OptionNumber.BLOCK1, block.emit()),))
            code, body = self._upload(sender, message, block)
            if code == TOO_LARGE:
                # With a block option it would ask for smaller blocks (RFC 7959 section 2.9.3).
                return replace(reply, code=code, options=())
            if code:
                return replace(reply, code=code)
        path = message.path
        self.requests.keep(CoapRequest(message.code, path, body), len(body))
        if message.code == GET:
            return self._get(message, reply)
        if message.code in (POST, PUT):
            if path not in self.resources and len(self.resources) >= MAX_RESOURCES:
                return replace(reply, code=TOO_LARGE)
            code = CHANGED if path in self.resources else CREATED
            self.resources[path] = body
            return replace(reply, code=code)
        if message.code == DELETE:
            self.resources.pop(path, None)
            return replace(reply, code=DELETED)
        return replace(reply, code=NOT_ALLOWED)

    def _upload(
        self, sender: Address, message: CoapMessage, block: BlockOption
    ) -> tuple[int, bytes]:
        """A code that answers this block, or 0 and the whole body."""
        key = (sender, message.path)
        body = self._uploads.pop(key, b"") if block.number else b""
        if len(body) != block.number * block.size:
            return INCOMPLETE, b""
        body += message.payload
        if len(body) > MAX_BODY:
            return TOO_LARGE, b""
        if not block.more:
            return 0, body
        if len(message.payload) != block.size:
            return BAD_REQUEST, b""
        _remember(self._uploads, key, body)
        return CONTINUE, b""

    def _get(self, message: CoapMessage, reply: CoapMessage) -> CoapMessage:
        path = message.path
        content: bytes | None
        if path == DISCOVERY:
            content = ",".join(f"<{name}>" for name in sorted(self.resources)).encode()
        else:
            content = self.resources.get(path)
        if content is None:
            return replace(reply, code=NOT_FOUND)
        form = (int(OptionNumber.CONTENT_FORMAT), LINK_FORMAT if path == DISCOVERY else TEXT)
        accepted = message.values(OptionNumber.ACCEPT)
        if accepted and accepted[0].lstrip(b"\0") != form[1]:
            return replace(reply, code=NOT_ACCEPTABLE)
        wanted = message.values(OptionNumber.BLOCK2)
        block = BlockOption.parse(wanted[0]) if wanted else BlockOption(0, False, DEFAULT_BLOCK)
        start = block.number * block.size
        part = content[start : start + block.size]
        if not part and start:
            return replace(reply, code=BAD_OPTION)
        more = start + block.size < len(content)
        options: tuple[tuple[int, bytes], ...] = (form,)
        if wanted or more:
            options += ((OptionNumber.BLOCK2, BlockOption(block.number, more, block.size).emit()),)
        return replace(reply, code=CONTENT, options=options, payload=part)


def _remember(kept: dict[Any, bytes], key: Hashable, value: bytes) -> None:
    """Keep a value; the oldest one makes room."""
    kept.pop(key, None)
    while len(kept) >= MAX_REMEMBERED:
        del kept[next(iter(kept))]
    kept[key] = value
