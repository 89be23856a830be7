"""The process beside Renode that has a world and the processors of its radios.

    python -m renode_wifi.emulation.engines.renode.helper PORT RENODE

It connects to PORT on the loopback interface with the token that stands in the first line of its
standard input, serves one world of the process RENODE, its parent, and ends with that connection
or with its input. The same `Service` runs inside `RenodeEngine`, where Python drives Renode.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from typing import TextIO

from renode_wifi.emulation.engines.renode import guard, protocol
from renode_wifi.emulation.engines.renode.lines import read_line
from renode_wifi.emulation.engines.renode.service import LOG, LogForwarder, Service

CONNECT_TIMEOUT = 10.0
END_TIMEOUT = 5.0


def serve(connection: socket.socket, service: Service) -> None:
    """Answer requests until the other side hangs up."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
        try:
            for line in stream:
                stream.write("\n".join(service.answer(line.rstrip("\n"))) + "\n")
                stream.flush()
        except (ConnectionError, BrokenPipeError):
            # Renode was killed: nobody is left to answer.
            pass
        finally:
            service.close()


def greet(connection: socket.socket, token: str) -> None:
    """Send our greeting and check the other one; ProtocolError where it isn't our Renode."""
    connection.sendall(f"{protocol.greeting(token)}\n".encode())
    protocol.check_greeting(read_line(connection), token)


def follow_input(stream: TextIO, service: Service) -> None:
    """What Renode says while a request may be under way."""
    for line in stream:
        service.stopping = line.strip() == protocol.STOP


def _end_with_input(stream: TextIO, service: Service, renode: int) -> None:
    """Renode's end closes the pipe, however it came about, even while a request is under way."""
    follow_input(stream, service)
    remove_leftovers(renode)
    os._exit(0)


def remove_leftovers(renode: int) -> None:
    """A Renode that was killed leaves temporary files."""
    deadline = time.monotonic() + END_TIMEOUT
    while guard.leftovers(renode) and time.monotonic() < deadline:
        if os.getppid() != renode:
            guard.remove_leftovers(renode)
            return
        time.sleep(0.05)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or not all(argument.isdigit() for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    port, renode = map(int, arguments)
    # A terminal sends them to Renode's whole group; we end after Renode, to tidy up behind it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    token = sys.stdin.readline().strip()
    service = Service()
    whose = (sys.stdin, service, renode)
    threading.Thread(target=_end_with_input, args=whose, daemon=True).start()
    try:
        return _serve_renode(port, token, service)
    finally:
        remove_leftovers(renode)


def _serve_renode(port: int, token: str, service: Service) -> int:
    try:
        connection = socket.create_connection(("127.0.0.1", port), CONNECT_TIMEOUT)
        greet(connection, token)
        connection.settimeout(None)
    except (OSError, protocol.ProtocolError) as error:
        print(f"renode-wifi helper: {error}", file=sys.stderr)
        return 1
    logging.getLogger(LOG).addHandler(LogForwarder(service))
    logging.getLogger(LOG).setLevel(logging.INFO)
    logging.getLogger(LOG).propagate = False
    serve(connection, service)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
