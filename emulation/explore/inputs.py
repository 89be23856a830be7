"""What results are of: a digest of images and world files, which may change under their names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from renode_wifi.emulation.image.load import load_images
from renode_wifi.peripherals.network.worldfile.read import SHIPPED
from renode_wifi.peripherals.network.worldfile.tree import load

DEFAULT_WORLD = "<home>"


def digest(images: Iterable[tuple[str, tuple[str, ...]]], worlds: Iterable[str | None]) -> str:
    """images: (board, what runs there). Raises RenodeWifiError for what cannot be read."""
    found = hashlib.sha256()
    for board, sources in sorted(set(images)):
        image = load_images(list(sources), board=board)
        for segment in image.segments:
            found.update(segment.address.to_bytes(8, "little") + segment.data)
        for name, content in sorted(image.files.items()):
            found.update(name.encode() + b"\0" + content)
    for world in sorted({world or DEFAULT_WORLD for world in worlds}):
        tree = load(Path(world), {}, SHIPPED)
        for file in sorted({mark.file for mark in tree.keys.values()}):
            found.update(file.read_bytes())
    return found.hexdigest()
