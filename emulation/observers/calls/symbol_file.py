"""Symbols from a file beside the image: an ELF file, or the text that `nm` prints."""

from __future__ import annotations

import re
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Symbol
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.visible import visible

# GNU nm: `08001234 T name`, `08001234 00000010 T name` with -S.
_NM = re.compile(r"([0-9a-fA-F]{8,16})(?:\s+([0-9a-fA-F]{8,16}))?\s+([A-Za-z])\s+(\S+).*")
CODE = "TtWwi"
DATA = "DdBbRrVvGgSs"


def read_symbols(path: Path) -> list[Symbol]:
    """Raises RenodeWifiError for a file that is neither, or has none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RenodeWifiError(
            f"the symbols cannot be read: {error.strerror}", where=str(path), cure="check the name"
        ) from error
    symbols = list(load_image(path).symbols) if data[:4] == b"\x7fELF" else _parse(data)
    if not symbols:
        raise RenodeWifiError(
            "there are no symbols in it",
            where=str(path),
            cure="give the ELF file before it was stripped, or what `nm` prints of it",
        )
    return symbols


def _parse(data: bytes) -> list[Symbol]:
    symbols = []
    for line in data.decode("utf-8", "replace").splitlines():
        matched = _NM.fullmatch(line.strip())
        if matched is not None and matched[3] in CODE + DATA:
            address, size = int(matched[1], 16), int(matched[2] or "0", 16)
            is_function = matched[3] in CODE
            symbols.append(
                Symbol(
                    visible(matched[4]), address & ~1 if is_function else address, size, is_function
                )
            )
    return symbols
