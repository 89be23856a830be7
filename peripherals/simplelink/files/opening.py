"""Opening a file: which one, for what, and with which token (fs.h, sl_FsOpen)."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.files.bundle import BundleState
from renode_wifi.peripherals.simplelink.files.store import (
    MAX_NAME,
    SECURE,
    FileState,
    StoredFile,
)
from renode_wifi.peripherals.simplelink.files.volume import (
    BUNDLE,
    ENCRYPTED,
    FAILSAFE,
    MASTER,
    MUST_COMMIT,
    PUBLIC_READ,
    PUBLIC_WRITE,
    READ_ONLY,
    STATIC_TOKEN,
    VENDOR_TOKEN,
    WRITE_ONLY,
    WRITE_READ,
    OpenFile,
    Volume,
    unless_blocked,
)
from renode_wifi.peripherals.simplelink.messages import files as messages
from renode_wifi.peripherals.simplelink.messages.files import Opened
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction

READ, WRITE, CREATE, WRITE_OR_CREATE = range(4)
"""FS_MODE_OPEN_... of source/fs.c."""
CREATION_FLAGS = 0x7F


class Opening:
    """Answers FILE_OPEN."""

    def __init__(self, services: Services, volume: Volume) -> None:
        self.services = services
        self.volume = volume

    @unless_blocked(Opened)
    def open(self, transaction: Transaction, message: messages.FileOpen) -> Opened | None:
        volume, access = self.volume, message.access
        if not 0 < len(message.name) < MAX_NAME:
            result: int = Error.FS_WRONG_NAME
        elif len(volume.open) >= self.services.profile.open_files:
            result = Error.FS_TOO_MANY_OPEN
        elif access == READ:
            result = self._open_read(message)
        elif access in (WRITE, CREATE, WRITE_OR_CREATE):
            result = self._open_write(message)
        else:
            result = Error.FS_MODE
        token = 0
        if result >= 0:
            stored = volume.files[message.name]
            token = stored.tokens[MASTER] if access != READ else message.token
            volume.trace("open", volume.open[result].name, writing=access != READ)
        opened = Opened(result, token)
        if access == READ:
            return opened
        delay = self.services.profile.file_time_us * MICROSECOND
        self.services.host.after(delay, partial(transaction.respond, opened))
        return None

    def _open_read(self, message: messages.FileOpen) -> int:
        volume, name = self.volume, message.name
        stored = volume.files.get(name)
        if stored is None:
            return Error.FS_NOT_THERE
        closed = stored.flags & SECURE and not stored.flags & PUBLIC_READ
        readers = (stored.tokens[i] for i in (MASTER, WRITE_READ, READ_ONLY))
        if closed and message.token not in readers:
            return volume.alert(name, "wrong token for reading")
        if volume.users(name, writing=True):
            return Error.FS_OPEN_FOR_WRITE
        if stored.content is None:
            return Error.FS_NO_VALID_COPY
        return volume.handle(OpenFile(volume.files.own_name(name), writing=False))

    def _open_write(self, message: messages.FileOpen) -> int:
        volume, name, flags = self.volume, message.name, message.flags
        stored = volume.files.get(name)
        if flags & ENCRYPTED:
            return Error.FS_NOT_SUPPORTED
        if volume.users(name):
            return Error.FS_ALREADY_OPEN
        if flags & BUNDLE and volume.bundle.state is BundleState.PENDING_COMMIT:
            return Error.FS_BUNDLE_STATE
        if stored is None:
            if message.access == WRITE:
                return Error.FS_NOT_THERE
            if flags & MUST_COMMIT:
                return Error.FS_COMMIT_ON_CREATION
            created = self._create(message)
            if isinstance(created, Error):
                return created
            stored = created
        elif message.access == CREATE:
            return Error.FS_EXISTS
        else:
            error = self._may_write(stored, message)
            if error:
                return error
            stored.old_tokens = stored.tokens
            if stored.flags & SECURE and not stored.flags & STATIC_TOKEN:
                stored.tokens = (stored.tokens[MASTER], *volume.new_tokens()[1:])
        name = volume.files.own_name(name)
        if flags & BUNDLE:
            volume.bundle.opened(stored)
        elif flags & MUST_COMMIT:
            stored.state = FileState.COMMIT_FILE
        if not stored.flags & FAILSAFE:
            # One copy only: it is erased before the new one is written.
            stored.content = None
            volume.store.changed(name)
        return volume.handle(OpenFile(name, writing=True, flags=flags))

    def _may_write(self, stored: StoredFile, message: messages.FileOpen) -> int:
        """Whether a file that exists may be written; an update wants an old copy to return to."""
        closed = stored.flags & SECURE and not stored.flags & PUBLIC_WRITE
        writers = (stored.tokens[i] for i in (MASTER, WRITE_READ, WRITE_ONLY))
        if closed and message.token not in writers:
            return self.volume.alert(message.name, "wrong token for writing")
        if stored.pending:
            return Error.FS_PENDING_COMMIT
        flags = message.flags
        if flags & (MUST_COMMIT | BUNDLE):
            if not stored.flags & FAILSAFE:
                return Error.FS_BUNDLE_NO_FAILSAFE if flags & BUNDLE else Error.FS_NO_FAILSAFE
            if stored.content is None:
                return Error.FS_NO_VALID_COPY
        return 0

    def _create(self, message: messages.FileOpen) -> StoredFile | Error:
        volume, flags = self.volume, message.flags
        if message.size == 0:
            return Error.FS_FILE_SIZE
        if len(volume.files) >= self.services.profile.user_files:
            return Error.FS_NO_INDEX
        stored = StoredFile(None, message.size, flags & CREATION_FLAGS)
        if volume.blocks(stored) > volume.free_blocks:
            return Error.FS_NO_SPACE
        if flags & SECURE:
            stored.tokens = volume.new_tokens()
            if flags & VENDOR_TOKEN:
                stored.tokens = (message.token, *stored.tokens[1:])
        volume.files[message.name] = stored
        volume.table_writes += 1
        return stored

    HANDLERS = (Handler(Opcode.FILE_OPEN, messages.FileOpen, open),)
