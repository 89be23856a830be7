"""Files that scripts name by an address: `@https://…/shell.elf-s_515008-2180a401…`.

As Renode's published scripts and suites have it. A file is fetched once and kept. Where its address
ends in its size and SHA-1, it is checked; one that ends in .gz is unpacked. Source: Renode,
CachingFileFetcher.cs.
"""

from __future__ import annotations

import gzip
import hashlib
import io
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
MAX_SIZE = 256 << 20
"""Bytes of a file, unpacked too."""


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
    import http.client
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(address, timeout=TIME_OUT) as source:
            content = bytes(source.read(MAX_SIZE + 1))
            if len(content) <= MAX_SIZE and getattr(source, "length", None):
                raise http.client.IncompleteRead(content, source.length)
    except (OSError, ValueError, urllib.error.URLError, http.client.HTTPException) as error:
        raise RenodeWifiError(
            f"cannot download: {getattr(error, 'reason', error)}",
            where=address,
            cure="connect this host to the network, or name a file of this host instead",
        ) from error
    _check_size(content, address)
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
        with gzip.open(io.BytesIO(content)) as packed:
            unpacked = packed.read(MAX_SIZE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise RenodeWifiError(
            f"cannot unpack: {error}", where=address, cure="the server has to send a gzip file"
        ) from error
    _check_size(unpacked, address)
    return unpacked


def _check_size(content: bytes, address: str) -> None:
    if len(content) > MAX_SIZE:
        raise RenodeWifiError(
            f"what was downloaded has more than {MAX_SIZE >> 20} MiB",
            where=address,
            cure="look at what the server sends, or take another address",
        )
