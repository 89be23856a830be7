"""The emulated traffic as a pcapng file, with the keys of its TLS sessions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from ipaddress import AddressValueError
from pathlib import Path
from types import TracebackType
from typing import Self

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.observers.captures import pcapng
from renode_wifi.emulation.observers.captures.frames import Addresses, Flow, datagram
from renode_wifi.emulation.observers.notes import Notes, notes_of
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.network.tls.endpoint import KEY_LOG

NETWORK = "network"
INTERFACE = "world"
PIECE = 1 << 20
"""Bytes that are copied at once."""
EVENTS = (
    "joined",
    "connect",
    "connected",
    "connect-failed",
    "data",
    "fin",
    "reset",
    "datagram",
)


class PacketCapture:
    """Writes the file when it is left: the keys, which come late, stand before the packets.

    Made before the board, so that every TLS session logs its keys.
    """

    def __init__(self, file: pcapng.Writable) -> None:
        self._file = file
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._addresses = Addresses()
        self._flows: dict[tuple[str, object], Flow] = {}
        self._notes: Notes | None = None

    def __enter__(self) -> Self:
        if not os.environ.get(KEY_LOG):
            self._folder = tempfile.TemporaryDirectory(prefix="wifi-keys-")
            os.environ[KEY_LOG] = str(Path(self._folder.name) / "keys")
        self._keys = Path(os.environ[KEY_LOG])
        self._known = self._keys.stat().st_size if self._keys.exists() else 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._notes is not None:
            self._notes.flush()
        self._file.write(pcapng.header(INTERFACE))
        keys = self._logged()
        if keys:
            self._file.write(pcapng.secrets(keys))
        self._spool.seek(0)
        while piece := self._spool.read(PIECE):
            self._file.write(piece)
        self._spool.close()
        if self._folder is not None:
            os.environ.pop(KEY_LOG, None)
            self._folder.cleanup()

    def attach(self, board: Session) -> None:
        """Capture from here on."""
        self._notes = notes_of(board)
        self._notes.add(self._on_trace, EVENTS)

    def _logged(self) -> str:
        """Lines that this run added to the key log, each once: both ends log their keys."""
        if not self._keys.exists():
            return ""
        with self._keys.open("rb") as log:
            log.seek(self._known)
            lines = log.read().decode("ascii", "replace").splitlines()
        return "".join(f"{line}\n" for line in dict.fromkeys(lines) if line[:1] not in ("", "#"))

    def _on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        if source.rpartition("/")[2] != NETWORK:
            return
        try:
            for frame in self._frames(source, event, fields):
                self._spool.write(pcapng.packet(time, frame))
        except AddressValueError:
            pass  # An end outside the world has a name or an IPv6 address.

    def _frames(self, source: str, event: str, fields: TraceFields) -> Iterable[bytes]:
        origin, destination = str(fields.get("origin")), str(fields.get("destination"))
        if event == "joined":
            self._addresses.learn(str(fields["address"]), str(fields["mac"]))
            return ()
        data = fields.get("data", b"")
        assert isinstance(data, bytes)
        if event == "datagram":
            return (datagram(self._addresses, origin, destination, data),)
        key = source, fields["flow"]
        flow = self._flows.get(key)
        if event == "connect":
            flow = self._flows[key] = Flow(self._addresses, origin, destination)
            return flow.connect()
        if flow is None:
            flow = self._flows[key] = Flow(self._addresses, origin, destination)
        if event == "connected":
            return flow.connected()
        if event == "connect-failed":
            return flow.refused() if fields["failure"] == "REFUSED" else ()
        if event == "data":
            return flow.data(origin, data)
        return flow.fin(origin) if event == "fin" else flow.reset(origin)
