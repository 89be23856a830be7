"""A Renode that this process drives: its connections, and the engines that have it in turn.

Starting Renode and warming up its runtime takes several times as long as a run. So a Renode that an
engine gives back is kept for the next one, and ends with this process at the latest.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import time
from pathlib import Path
from typing import IO

from renode_wifi.emulation.engines.renode import find, protocol
from renode_wifi.emulation.engines.renode.connections import LoopbackListener, Worlds
from renode_wifi.emulation.engines.renode.process import (
    InProcessRenode,
    Renode,
    RenodeProcess,
    wants_pyrenode3,
)
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.trace import TraceFields, TraceListener

CONTROL = "RENODE_WIFI_CONTROL"
START_TIMEOUT = 180.0
END_TIMEOUT = 10.0
"""Seconds of real time, both."""
UART = "uart"
RUN = "run"
STOP = b"stop\n"
CLEAR = "clear"

_idle: dict[object, DrivenRenode] = {}
"""At most one of each kind waits for its next engine."""


class DrivenRenode:
    """Carries out the requests of `inside/driver.py`; the first waits until Renode has started.

    on_trace: called with what is traced in the worlds, on their threads, and with bytes of UARTs.
    """

    def __init__(self) -> None:
        self.on_trace: TraceListener | None = None
        self._closed = False
        self._broken = False
        self._runs = False
        self._control = LoopbackListener()
        self.worlds = Worlds(self._trace)
        environment = {CONTROL: self._control.where, protocol.ENVIRONMENT: self.worlds.port.where}
        self._connection: socket.socket | None = None
        self._stream: IO[str] | None = None
        self._renode: Renode | None = None
        try:
            if wants_pyrenode3():
                environment[CONTROL] += ":stay"
                self._renode = InProcessRenode(environment)
            else:
                self._renode = RenodeProcess(find.find().command, environment)
        except BaseException:
            self._control.close()
            self.worlds.close()
            raise
        # Once more, so that it comes before the end of a runtime that was loaded into this process.
        atexit.unregister(end_idle)
        atexit.register(end_idle)

    def _connected(self) -> IO[str]:
        """The connection, once it is there."""
        if self._closed:
            raise self._gone()
        if self._stream is None:
            # Renode needs as long as this takes, and longer.
            self.worlds.load()
            try:
                self._connection = self._accepted()
            except BaseException:
                self.close()
                raise
            self._control.close()
            self._stream = self._connection.makefile("rw", encoding="utf-8", newline="\n")
        return self._stream

    def _accepted(self) -> socket.socket:
        assert self._renode is not None
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            try:
                return self._control.accept(0.2)
            except TimeoutError:
                ended = self._renode.ended()
                if ended is not None:
                    raise RenodeWifiError(
                        f"Renode did not start: {ended}", cure=find.INSTALL_HINT
                    ) from None
        raise RenodeWifiError(
            f"Renode did not answer within {START_TIMEOUT:.0f} s", cure=find.INSTALL_HINT
        )

    def ask(self, *fields: str) -> list[object]:
        """Send a request; returns the values of its answer. Raises RenodeWifiError."""
        stream = self._connected()
        answered = False
        self.worlds.set_stopping(False)
        # Set before Renode knows of it: what happens in the run may already stop it.
        self._runs = fields[0] == RUN
        try:
            stream.write(protocol.encode(fields) + "\n")
            stream.flush()
            for line in stream:
                kind, *values = protocol.decode(line.rstrip("\n"))
                if kind == UART:
                    sent: TraceFields = {"byte": int(values[2])}
                    self._trace(int(values[0]), values[1], UART, sent)
                    continue
                answered = True
                if kind == protocol.DONE:
                    return [protocol.unpack(value) for value in values[1:]]
                raise RenodeWifiError(f"Renode: {values[0]}")
        except (OSError, ValueError):
            # It died under our hands; what it said follows.
            pass
        finally:
            self._runs = False
            # An answer that is still to come would be taken for that of the next request.
            self._broken = self._broken or not answered
        raise self._gone()

    def stop(self) -> None:
        """End a run under way; safe from any thread and from signal handlers."""
        connection = self._connection
        # Lines of other requests may be long, and be sent piece by piece.
        if self._runs and connection is not None:
            self.worlds.set_stopping(True)
            with contextlib.suppress(OSError):
                connection.send(STOP)

    def give_back(self) -> None:
        """Drop all machines, and wait for the next engine; end where that cannot be."""
        self.on_trace = None
        kind = _kind()
        if self._broken or self._closed or kind in _idle:
            self.close()
            return
        try:
            self.ask(CLEAR)
        except RenodeWifiError:
            self.close()
            return
        self.worlds.forget()
        _idle[kind] = self

    @property
    def is_alive(self) -> bool:
        return not self._closed and self._renode is not None and self._renode.ended() is None

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._control.close()
        assert self._renode is not None
        if self._connection is None or self._stream is None:
            self._renode.kill()
        else:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                self._stream.close()
            self._connection.close()
        self._renode.close()
        self.worlds.close()

    def _gone(self) -> RenodeWifiError:
        assert self._renode is not None
        deadline = time.monotonic() + END_TIMEOUT
        ended = None
        while ended is None and not self._closed and time.monotonic() < deadline:
            ended = self._renode.ended()
            time.sleep(0.05)
        return RenodeWifiError(f"Renode ended: {ended or 'it was closed'}", cure="start it again")

    def _trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        listener = self.on_trace
        if listener is not None:
            listener(time, source, event, fields)


def prepare() -> None:
    """Have a Renode start for the next engine, while this process does other things.

    Where none can be started, the engine says why.
    """
    with contextlib.suppress(RenodeWifiError):
        if _kind() not in _idle:
            _idle[_kind()] = DrivenRenode()


def take() -> DrivenRenode:
    """A Renode without machines: one that was given back, or a new one."""
    renode = _idle.pop(_kind(), None)
    if renode is not None and renode.is_alive:
        return renode
    if renode is not None:
        renode.close()
    return DrivenRenode()


def _kind() -> object:
    """What decides which Renode is started: another one is none that can be given."""
    named = ("PYRENODE_BIN", "PYRENODE_BUILD_DIR", "PYRENODE_PKG", "RENODE_PATH", "PATH")
    return (*(os.environ.get(name) for name in named), Path.cwd(), os.getpid())


def end_idle() -> None:
    """End those that wait for an engine."""
    while _idle:
        _idle.popitem()[1].close()
