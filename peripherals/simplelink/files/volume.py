"""The state of the file system: what is stored, what is open, who has been refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from functools import partial, wraps
from typing import Any, Protocol, TypeVar

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.files.booted import (
    MCU_IMAGE,
    MCU_IMAGE_CAPACITY,
    BootedStore,
)
from renode_wifi.peripherals.simplelink.files.bundle import Bundle
from renode_wifi.peripherals.simplelink.files.catalogue import Catalogue, installed
from renode_wifi.peripherals.simplelink.files.folder import FolderStore
from renode_wifi.peripherals.simplelink.files.store import (
    BLOCK,
    SECURE,
    FileTable,
    MemoryStore,
    Store,
    StoredFile,
    Tokens,
)
from renode_wifi.peripherals.simplelink.messages.basic import BasicResponse
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.transaction import Emits, Services, Transaction

FAILSAFE = 0x01
NO_SIGNATURE = 0x04
STATIC_TOKEN = 0x08
VENDOR_TOKEN = 0x10
PUBLIC_WRITE = 0x20
PUBLIC_READ = 0x40
MUST_COMMIT = 0x80
BUNDLE = 0x100
ENCRYPTED = 0x200
"""Flags of sl_FsOpen, beside `SECURE`."""

MASTER, WRITE_READ, WRITE_ONLY, READ_ONLY = range(4)
"""Tokens of a secure file (SlFsTokenId_e)."""

OVERHEAD = 512
"""Bytes of one copy that its content cannot have (fs.h: maximum sizes in steps of 4K-512)."""
SYSTEM_BLOCKS = 90
"""Of the serial flash, taken by the file table, service pack and configuration."""
SYSTEM_FILES = 12


@late_dataclass()
class OpenFile:
    """A file that the host has open; written bytes count when it is closed."""

    name: str
    writing: bool
    flags: int = 0
    image: bytearray = field(default_factory=bytearray)
    broken: bool = False


class Volume:
    """Files outlive power cycles; what is open does not.

    factory: the files of the programming image, to which the device can be restored.
    """

    def __init__(self, services: Services, power: PowerState) -> None:
        self.services = services
        self.power = power
        profile = services.profile
        self.factory = FileTable()
        self.store: Store = BootedStore(
            FolderStore(profile) if profile.file_folder else MemoryStore(),
            self.factory,
            services.host.stage,
        )
        self.open: dict[int, OpenFile] = {}
        self.bundle = Bundle(self.store)
        self.restoring = False
        self.alerts = 0
        self.table_writes = 0
        self._next_handle = 1
        self._tokens = services.surroundings.random("tokens")

    @property
    def files(self) -> FileTable:
        return self.store.files

    @property
    def blocked(self) -> int:
        """0, or why the file system cannot be used."""
        if self.restoring:
            return Error.FS_PROGRAMMING
        return Error.FS_LOCKED if self.power.locked else 0

    @property
    def catalogue(self) -> Catalogue | None:
        surroundings = self.services.surroundings
        warn = partial(surroundings.log.warning, "%s: %s", surroundings.name)
        return installed(self.content, self.services.profile, warn)

    def content(self, name: str) -> bytes | None:
        """The valid image of a file; None where there is none."""
        file = self.files.get(name) or self.files.get(name.lstrip("/"))
        return None if file is None else file.content

    def trace(self, do: str, name: str, **fields: object) -> None:
        self.services.surroundings.trace("file", do=do, file=name, **fields)

    # Open files

    def handle(self, file: OpenFile) -> int:
        """A handle for a file that is open from now on."""
        handle = self._next_handle
        self._next_handle = handle % 0x7FFF_FFFF + 1
        self.open[handle] = file
        return handle

    def users(self, name: str, writing: bool | None = None) -> list[OpenFile]:
        own = self.files.own_name(name)
        return [
            file
            for file in self.open.values()
            if file.name == own and writing in (None, file.writing)
        ]

    def abort(self, handle: int) -> None:
        """Close without keeping what was written."""
        file = self.open.pop(handle)
        self.files[file.name].aborted()
        self.trace("abort", file.name)

    def abort_all(self, name: str) -> None:
        """Of a file that is open for writing."""
        own = self.files.own_name(name)
        for handle, file in list(self.open.items()):
            if file.name == own and file.writing:
                self.abort(handle)

    def power_lost(self) -> None:
        for file in self.open.values():
            if file.writing:
                self.files[file.name].aborted()
        incomplete = any(file.flags & BUNDLE for file in self.open.values())
        self.open.clear()
        self.restoring = False
        self.bundle.restarted(self.power.stopping and not incomplete)

    # Files

    def provision(self, name: str, make: Callable[[], bytes]) -> None:
        """Put a file in place as a programming image does, whose restoring brings it back.

        The MCU's image is a secure file that anybody may write, but for a signature.
        """
        self.factory.set_late(name, partial(self._of_factory, name, make))
        self.files.set_late(name, partial(self._restored, name))
        self.store.changed(name)

    def _of_factory(self, name: str, make: Callable[[], bytes]) -> StoredFile:
        content = make()
        if name.lower() == MCU_IMAGE:
            capacity = max(len(content), MCU_IMAGE_CAPACITY)
            return StoredFile(content, capacity, FAILSAFE | SECURE | PUBLIC_WRITE)
        return StoredFile(content, max(len(content), 1), FAILSAFE | NO_SIGNATURE)

    def _restored(self, name: str) -> StoredFile:
        return replace(self.factory[name])

    def restore(self) -> None:
        """The files of the programming image, and no others."""
        files = self.files
        names = dict.fromkeys([*files, *self.factory])
        files.clear()
        for name in self.factory:
            files.set_late(name, partial(self._restored, name))
        for name in names:
            self.store.changed(name)
        self.open.clear()
        self.bundle.stop()
        self.table_writes += 1

    @staticmethod
    def blocks(stored: StoredFile) -> int:
        """Blocks of the flash that a file takes: two copies where it is fail-safe."""
        one = _blocks_of_copy(stored)
        return one * 2 if stored.flags & FAILSAFE else one

    @staticmethod
    def limit(stored: StoredFile) -> int:
        """Bytes that the content may have: up to the end of the last block."""
        return _blocks_of_copy(stored) * BLOCK - OVERHEAD

    @property
    def used_blocks(self) -> int:
        return sum(self.blocks(stored) for stored in self.files.values())

    @property
    def free_blocks(self) -> int:
        return self.services.profile.storage_blocks - SYSTEM_BLOCKS - self.used_blocks

    # Security

    def new_tokens(self) -> Tokens:
        def draw() -> int:
            return self._tokens.randrange(1, 1 << 32)

        return draw(), draw(), draw(), draw()

    def alert(self, name: str, what: str, error: Error = Error.FS_INVALID_TOKEN) -> Error:
        """Count a security alert; the last that is allowed locks the file system.

        SWRU455, section "Software Tamper Detection": the counter is kept until the device is
        programmed anew or restored.
        """
        surroundings, threshold = self.services.surroundings, self.services.profile.alert_threshold
        self.alerts += 1
        surroundings.log.warning(
            "%s: security alert %d: %s of %s", surroundings.name, self.alerts, what, name
        )
        if self.alerts >= threshold and not self.power.locked:
            self.power.locked = True
            surroundings.log.error("%s: the file system is locked", surroundings.name)
            self.services.host.event(Opcode.GENERAL_ERROR, BasicResponse(Error.DEVICE_LOCKED))
        return error


def _blocks_of_copy(stored: StoredFile) -> int:
    return -(-(stored.capacity + OVERHEAD) // BLOCK)


class OnVolume(Protocol):
    """A part of the silo."""

    volume: Volume


Part = TypeVar("Part", bound=OnVolume)
Reply = TypeVar("Reply", bound=Emits)
Method = Callable[[Part, Transaction, Any], Reply | None]


def unless_blocked(
    refusal: Callable[[int], Reply],
) -> Callable[[Method[Part, Reply]], Method[Part, Reply]]:
    """Handlers that answer with `refusal(error)` while the device is restored or locked."""

    def guard(method: Method[Part, Reply]) -> Method[Part, Reply]:
        @wraps(method)
        def guarded(self: Part, transaction: Transaction, message: Any) -> Reply | None:
            error = self.volume.blocked
            return refusal(error) if error else method(self, transaction, message)

        return guarded

    return guard
