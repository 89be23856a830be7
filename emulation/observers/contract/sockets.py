"""The sockets that an application has open, and what it did with each."""

from __future__ import annotations

from dataclasses import dataclass, field

from renode_wifi.emulation.observers.calls.recorder import Call

OPEN = "SOCKETS_Socket"
CONNECT = "SOCKETS_Connect"
SEND = "SOCKETS_Send"
RECEIVE = "SOCKETS_Recv"
SHUTDOWN = "SOCKETS_Shutdown"
CLOSE = "SOCKETS_Close"
SET_OPTION = "SOCKETS_SetSockOpt"
RESOLVE = "SOCKETS_GetHostByName"
JOIN = "WIFI_ConnectAP"

OPTION, OPTION_VALUE = "lOptionName", "pvOptionValue"
REQUIRE_TLS = "SOCKETS_SO_REQUIRE_TLS"
SECURE_OPTIONS = (
    "SOCKETS_SO_SERVER_NAME_INDICATION",
    "SOCKETS_SO_TRUSTED_SERVER_CERTIFICATE",
    "SOCKETS_SO_ALPN_PROTOCOLS",
)
"""Those that count only with `REQUIRE_TLS`."""
PERIPHERAL_RESET = "SOCKETS_PERIPHERAL_RESET"
WOULD_BLOCK = "SOCKETS_EWOULDBLOCK"
SHUT_RECEIVE, SHUT_SEND, SHUT_BOTH = range(3)
"""SOCKETS_SHUT_RD, SOCKETS_SHUT_WR, SOCKETS_SHUT_RDWR."""


@dataclass
class OpenSocket:
    """Calls are the application's, those that returned; None: there was none.

    failed: a Connect with an error. send_failed: a Send with one. not_sending, not_receiving: the
    Shutdown that ended it.
    """

    handle: int
    opened: Call
    connected: Call | None = None
    failed: Call | None = None
    sent: Call | None = None
    send_failed: Call | None = None
    not_sending: Call | None = None
    not_receiving: Call | None = None
    requires_tls: bool = False
    secure_options: list[Call] = field(default_factory=list)


class OpenSockets:
    """By handle."""

    def __init__(self) -> None:
        self.by_handle: dict[int, OpenSocket] = {}

    def of(self, call: Call) -> OpenSocket | None:
        """The socket that a call names first."""
        if call.name == OPEN or not call.name.startswith("SOCKETS_") or not call.words:
            return None
        return self.by_handle.get(call.words[0])

    def apply(self, call: Call) -> None:
        """The call has returned."""
        if call.result == PERIPHERAL_RESET:
            self.by_handle.clear()
            return
        if call.name == OPEN and call.number_returned >= 0:
            self.by_handle[call.word] = OpenSocket(call.word, call)
            return
        socket = self.of(call)
        if socket is None:
            return
        if call.name == CLOSE:
            del self.by_handle[socket.handle]
        elif call.name == CONNECT:
            self._connect(socket, call)
        elif call.name == SEND:
            if socket.sent is None:
                socket.sent = call
            if call.number_returned < 0 and call.result != WOULD_BLOCK:
                socket.send_failed = call
        elif call.name == SHUTDOWN and call.number_returned == 0:
            self._shut(socket, call)
        elif call.name == SET_OPTION and call.number_returned == 0:
            self._option(socket, call)

    def _connect(self, socket: OpenSocket, call: Call) -> None:
        if call.number_returned == 0:
            socket.connected, socket.failed = call, None
        elif socket.connected is None:
            socket.failed = call

    def _shut(self, socket: OpenSocket, call: Call) -> None:
        how = call.words[1]
        if how in (SHUT_SEND, SHUT_BOTH):
            socket.not_sending = call
        if how in (SHUT_RECEIVE, SHUT_BOTH):
            socket.not_receiving = call

    def _option(self, socket: OpenSocket, call: Call) -> None:
        option = call.arguments[OPTION]
        if option == REQUIRE_TLS:
            socket.requires_tls = True
        elif option in SECURE_OPTIONS:
            socket.secure_options.append(call)
