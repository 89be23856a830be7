"""The file that the chip boots from, and notice of its changes."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.peripherals.simplelink.files.store import FileTable, Store

MCU_IMAGE = "/sys/mcuflashimg.bin"
MCU_IMAGE_CAPACITY = 0x10_0000
"""The flash that the image is loaded into."""


class BootedStore:
    """A store that reports the active content of the MCU's image whenever it may have changed.

    factory: what the programming image brought; the flash has that already, so that it is reported
    as empty.
    """

    def __init__(self, store: Store, factory: FileTable, stage: Callable[[bytes], None]) -> None:
        self.store = store
        self.factory = factory
        self.stage = stage

    @property
    def files(self) -> FileTable:
        return self.store.files

    def changed(self, name: str) -> None:
        self.store.changed(name)
        if name.lower() != MCU_IMAGE:
            return
        file, first = self.files.get(name), self.factory.get(name)
        content = None if file is None else file.content
        if content is not None:
            self.stage(b"" if first is not None and content == first.content else content)
