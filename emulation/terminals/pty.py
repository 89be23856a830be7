"""A serial port as a pseudo-terminal, which other programs open as they open /dev/ttyACM0.

Source: Renode, UartPtyTerminal.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.terminals.terminal import Pending


class UartPtyTerminal:
    """link: where a symbolic link to the device is made. force: over an older file, too.

    Raises RenodeWifiError when there is such a file, or the host has no pseudo-terminals.
    """

    is_live = True
    """Who opens the device cannot be seen."""

    def __init__(self, link: Path | None = None, force: bool = False) -> None:
        try:
            import tty
        except ImportError:  # Windows has none.
            raise RenodeWifiError(
                "this system has no pseudo-terminals", cure="take a socket: tcp:PORT"
            ) from None
        self._pending = Pending()
        self.link = link
        self._master, self._slave = os.openpty()
        # Bytes pass as they are. The device stays open, so that it lasts from user to user.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.device = os.ttyname(self._slave)
        if link is not None:
            self._make_link(link, force)

    def _make_link(self, link: Path, force: bool) -> None:
        try:
            if force and (link.is_symlink() or link.exists()):
                link.unlink()
            link.symlink_to(self.device)
        except OSError as error:
            self.link = None
            self.close()
            raise RenodeWifiError(
                f"no link {link} to {self.device}: {error.strerror}",
                cure="name a file that is not there yet, or have it replaced (forceCreate)",
            ) from error

    def write(self, byte: int) -> None:
        self._pending.append(byte)

    def poll(self) -> bytes:
        if self._pending:
            # While nobody reads it is full; what is oldest is dropped in the end.
            with contextlib.suppress(BlockingIOError):
                self._pending.sent(os.write(self._master, self._pending.data[:4096]))
        try:
            return os.read(self._master, 65536)
        except OSError:
            return b""

    def close(self) -> None:
        if self.link is not None and self.link.is_symlink():
            self.link.unlink()
        os.close(self._master)
        os.close(self._slave)
