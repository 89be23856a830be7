"""The HTTP server of the network processor, while there is an address (SWRU455, HTTP Server).

Pages are files in `www/` or `/www/`; user tokens in them are asked of the host. What is posted to
user tokens is reported to it. Any other resource is a request to the host's REST handler (netapp.h,
SL_NETAPP_REQUEST_...), whose answers may come in parts.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import field
from functools import partial
from http import HTTPStatus
from typing import Protocol

from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.stream import Stream
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsSettings
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.http_server.requests import METHODS, HostRequests
from renode_wifi.peripherals.simplelink.http_server.settings import HttpSettings
from renode_wifi.peripherals.simplelink.messages.basic import BasicResponse
from renode_wifi.peripherals.simplelink.messages.netapp_http import (
    MAX_TOKEN_NAME,
    GetToken,
    PostToken,
    SendToken,
)
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction
from renode_wifi.peripherals.simplelink.wlan.web import (
    Exchange,
    Form,
    Handle,
    WebAnswer,
    WebServer,
)

STARTS = "/index.html", "/main.html"
TOKEN = re.compile(rb"__SL_G_[\w.]{3}")
"""A token in a page; the host is asked for those that the device doesn't know."""
POSTED = "__SL_P_U"
API = "/api/1/"
MAX_TEXT = 255
TOKEN_TIMEOUT, UNKNOWN = 2 * SECOND, b"Not Available"
"""For the value of a token, and what stands in its place then (SWRU368, user-defined tokens)."""


@late_dataclass()
class _Page:
    """A page that waits for the values of its tokens."""

    exchange: Exchange
    content: bytes
    kind: str
    names: list[bytes]
    values: dict[bytes, bytes] = field(default_factory=dict)
    timer: Event | None = None


class KnowsTokens(Protocol):
    def value(self, name: bytes) -> bytes | None:
        """None for tokens that are none of the device's."""


class KnowsResources(Protocol):
    def answer(self, path: str, parameters: Form) -> WebAnswer | None:
        """Of a POST; None for what is no resource of TI's."""

    def text(self, path: str) -> bytes | None:
        """Of a GET, likewise."""


class HttpService:
    """settings, enabled: as the host has set them. Provisioning may take all requests.

    tokens, apis: what the device answers by itself.
    """

    def __init__(self, services: Services, files: FileSystem) -> None:
        self.services = services
        self.files = files
        self.settings = HttpSettings()
        self.enabled = True
        self.tokens: KnowsTokens | None = None
        self.apis: KnowsResources | None = None
        self._provisioning: Handle | None = None
        self._pages: list[_Page] = []
        self.requests = HostRequests(services)
        self.web = WebServer(services.network, self._on_request)
        self.second = WebServer(services.network, self._redirect)
        services.network.watch(self.refresh)

    def refresh(self) -> None:
        """Listen, or stop listening, as settings and the network say."""
        self.web.close()
        self.second.close()
        if not self.enabled and self._provisioning is None:
            return
        self.web.secure = self._secure if self.settings.secure else None
        if not self.settings.secure or self._has_credentials():
            self.web.open(self.settings.port)
        if self.settings.second_port is not None:
            self.second.open(self.settings.second_port)

    def _has_credentials(self) -> bool:
        missing = self._tls()
        if isinstance(missing, str):
            surroundings = self.services.surroundings
            surroundings.log.warning(
                "%s: the HTTP server does not listen: its file is missing: %s",
                surroundings.name,
                missing,
            )
        return not isinstance(missing, str)

    def _tls(self) -> TlsSettings | str:
        return self.settings.tls(self.files, self.services.profile.ciphers)

    def _secure(self, stream: Stream, client: Exchange) -> Stream:
        settings = self._tls()
        if isinstance(settings, str):
            stream.events = client
            stream.close()
            return stream
        surroundings = self.services.surroundings
        random = surroundings.random("https")
        return TlsStream(stream, settings, client, surroundings.clock, random)

    def _redirect(self, exchange: Exchange) -> None:
        """What comes to the second port is sent to the first."""
        settings = self.settings
        scheme, usual = ("https", 443) if settings.secure else ("http", 80)
        host = exchange.headers.get("host", "").partition(":")[0]
        port = "" if settings.port == usual else f":{settings.port}"
        query = f"?{exchange.query}" if exchange.query else ""
        place = ("Location", f"{scheme}://{host}{port}{exchange.path}{query}")
        exchange.respond(WebAnswer(HTTPStatus.FOUND, more=(place,)))

    def serve(self, handle: Handle | None) -> None:
        """Let provisioning answer all requests; None: no longer."""
        self._provisioning = handle
        self.refresh()

    def stopped(self) -> None:
        self._provisioning = None
        self._pages.clear()
        self.requests.stopped()
        self.web.close()
        self.second.close()

    # Requests

    def _on_request(self, exchange: Exchange) -> None:
        if self._provisioning is not None:
            self._provisioning(exchange)
            return
        if not self.settings.admits(exchange.headers.get("authorization", "")):
            challenge = f'Basic realm="{self.settings.realm}"'
            answer = WebAnswer(HTTPStatus.UNAUTHORIZED, more=(("WWW-Authenticate", challenge),))
            exchange.respond(answer)
            return
        token = exchange.path[1:].encode("latin-1", "replace")
        if exchange.method == "GET" and TOKEN.fullmatch(token):
            self._serve_page(exchange, token, "text/html")
            return
        text = self._text(exchange)
        if text is not None:
            exchange.respond(WebAnswer(HTTPStatus.OK, text))
            return
        page = self._page(exchange.path) if exchange.method in ("GET", "HEAD") else None
        if page is not None:
            self._serve_page(exchange, *page)
        elif exchange.method == "POST" and (own := self._api(exchange)) is not None:
            exchange.respond(own)
        elif exchange.method == "POST" and self._report_tokens(exchange):
            exchange.respond(WebAnswer())
        elif exchange.method in METHODS:
            self.requests.ask(exchange)
        else:
            exchange.respond(WebAnswer(HTTPStatus.NOT_IMPLEMENTED))

    def _page(self, path: str) -> tuple[bytes, str] | None:
        for name in STARTS if path == "/" else (path,):
            content = self.files.page(name)
            if content is not None:
                return content, mimetypes.guess_type(name)[0] or "text/html"
        return None

    def _api(self, exchange: Exchange) -> WebAnswer | None:
        if self.apis is None or not self.settings.apis or not exchange.path.startswith(API):
            return None
        return self.apis.answer(exchange.path, exchange.parameters)

    def _text(self, exchange: Exchange) -> bytes | None:
        if self.apis is None or not self.settings.apis or exchange.method not in ("GET", "HEAD"):
            return None
        return self.apis.text(exchange.path)

    # Tokens

    def _serve_page(self, exchange: Exchange, content: bytes, kind: str) -> None:
        names = list(dict.fromkeys(TOKEN.findall(content))) if "image" not in kind else []
        known = {} if self.tokens is None else {name: self.tokens.value(name) for name in names}
        values = {name: value for name, value in known.items() if value is not None}
        page = _Page(exchange, content, kind, names, values)
        self._pages.append(page)
        self._fill(page)

    def _fill(self, page: _Page) -> None:
        """Ask for the next token, or give the page."""
        if page.timer is not None:
            page.timer.cancel()
            page.timer = None
        missing = [name for name in page.names if name not in page.values]
        if missing:
            page.timer = self.services.host.after(TOKEN_TIMEOUT, partial(self._fail, page))
            self.services.host.event(Opcode.HTTP_GET_TOKEN, GetToken(missing[0]))
            return
        self._pages.remove(page)
        content = page.content
        for name, value in page.values.items():
            content = content.replace(name, value)
        page.exchange.respond(WebAnswer(HTTPStatus.OK, content, page.kind))

    def _fail(self, page: _Page) -> None:
        page.timer = None
        missing = next(name for name in page.names if name not in page.values)
        page.values[missing] = UNKNOWN
        self._fill(page)

    def take_token(self, transaction: Transaction, message: SendToken) -> BasicResponse | None:
        """The host's driver sends it from its receiving context, and waits for no answer."""
        for page in self._pages:
            waits = page.timer is not None and message.name not in page.values
            if waits and message.name in page.names:
                page.values[message.name] = message.value
                self._fill(page)
                break
        return None

    def _report_tokens(self, exchange: Exchange) -> bool:
        """Whether anything was posted to a user token."""
        found = [name for name in exchange.parameters if name.startswith(POSTED)]
        for name in found:
            value = exchange.parameters[name]
            parts = (exchange.path.encode("latin-1"), name.encode("latin-1"))
            action, token = parts[0][:MAX_TEXT], parts[1][:MAX_TOKEN_NAME]
            message = PostToken(action, token, value.encode("latin-1")[:MAX_TEXT])
            self.services.host.event(Opcode.HTTP_POST_TOKEN, message)
        return bool(found)

    HANDLERS = (Handler(Opcode.HTTP_SEND_TOKEN, SendToken, take_token),)
