"""Files that scripts name by an address: `@https://…/shell.elf-s_515008-2180a401…`.

As Renode's published scripts and suites have it. A file is fetched once and kept. Where its address
ends in its size and SHA-1, it is checked; one that ends in .gz is unpacked. Source: Renode,
CachingFileFetcher.cs.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import sys
import zlib
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.peripherals.base.atomic_file import replace_file

ADDRESSES = ("https://", "http://")
CHECKED = re.compile(r"-s_(\d+)-([0-9a-f]{40})$")
"""Size in bytes and SHA-1, at the end of an address."""
TIME_OUT = 60
"""Seconds of real time without a byte."""


def cache_folder() -> Path:
    """The user's folder for what can be fetched again."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "renode-wifi" / "downloads"


def fetch(address: str) -> Path:
    """The file at an address, from the cache if it is there. Raises RenodeWifiError."""
    name = re.sub(r"[^\w.-]", "_", address.rsplit("/", 1)[-1])[-80:]
    kept = cache_folder() / hashlib.sha256(address.encode()).hexdigest()[:16] / name
    if kept.is_file():
        return kept
    content = _download(address)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        replace_file(kept, content)
    except OSError as error:
        raise RenodeWifiError(
            f"cannot keep what was downloaded: {error}",
            where=str(kept),
            cure="make the folder writable, or let XDG_CACHE_HOME name another",
        ) from error
    return kept


def _download(address: str) -> bytes:
    # Here, because they take a twentieth of every start, and few scripts name an address.
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(address, timeout=TIME_OUT) as source:
            content = bytes(source.read())
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise RenodeWifiError(
            f"cannot download: {getattr(error, 'reason', error)}",
            where=address,
            cure="connect this host to the network, or name a file of this host instead",
        ) from error
    checked = CHECKED.search(address)
    if checked is not None and (
        len(content) != int(checked[1]) or hashlib.sha1(content).hexdigest() != checked[2]
    ):
        raise RenodeWifiError(
            "what was downloaded does not have the size and SHA-1 that its address promises",
            where=address,
            cure="look at what the server sends, or take another address",
        )
    if not address.endswith(".gz"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise RenodeWifiError(
            f"cannot unpack: {error}", where=address, cure="the server has to send a gzip file"
        ) from error
