"""The port to which Renode's driver and radios connect."""

from __future__ import annotations

import socket
import threading

import pytest

from renode_wifi.emulation.engines.renode import connections, protocol
from renode_wifi.emulation.engines.renode.connections import LoopbackListener
from renode_wifi.emulation.engines.renode.helper import greet


def client(listener: LoopbackListener) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(listener.where.split(":")[0])), timeout=10)


def test_clients_that_say_nothing_keep_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "GREETING_TIMEOUT", 3600.0)
    listener = LoopbackListener()
    idle = [client(listener) for _ in range(8)]
    for connection in idle[:4]:
        connection.sendall(b"r")
    known = client(listener)
    greeter = threading.Thread(target=greet, args=(known, listener.token))
    greeter.start()
    accepted = listener.accept(30.0)
    greeter.join()
    assert accepted.getpeername() == known.getsockname()
    listener.close()
    for connection in (*idle, known, accepted):
        connection.close()


def test_a_client_without_the_token_is_refused() -> None:
    listener = LoopbackListener()
    with client(listener) as connection, pytest.raises((protocol.ProtocolError, OSError)):
        greet(connection, "0" * 64)
    listener.close()


def test_a_closed_port_accepts_nobody() -> None:
    listener = LoopbackListener()
    listener.close()
    for _ in range(2):
        with pytest.raises(OSError, match="closed"):
            listener.accept()
