"""Short lines of the protocol over a socket, before either side knows the other."""

from __future__ import annotations

import socket
import time

from renode_wifi.emulation.engines.renode import protocol


def read_line(connection: socket.socket, deadline: float | None = None) -> str:
    """One short line, byte by byte: what follows belongs to another reader.

    deadline: by `time.monotonic`; TimeoutError when the line is not there by then.
    """
    line = b""
    while not line.endswith(b"\n"):
        if deadline is not None:
            # Not 0, which would be a socket that never blocks.
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
        byte = connection.recv(1)
        if not byte or len(line) > 200:
            raise protocol.ProtocolError("the other side hung up")
        line += byte
    return line[:-1].decode("utf-8", "replace")
