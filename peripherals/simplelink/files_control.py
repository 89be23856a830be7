"""Control of the file system: commit and rollback, renaming, storage information, restoring.

SimpleLink SDK, fs.h, sl_FsCtl; SWRU455, chapter "File System".
"""

from __future__ import annotations

import struct
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.simplelink.files_bundle import BundleState
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.store import BLOCK, LONGEST_NAME, SECURE, FileState
from renode_wifi.peripherals.simplelink.wire import Command, pad, string, take

if TYPE_CHECKING:
    from renode_wifi.peripherals.simplelink.files import FileSystem

CONTROL_RESTORE = 0
CONTROL_ROLLBACK = 1
CONTROL_COMMIT = 2
CONTROL_RENAME = 3
CONTROL_STORAGE = 5
CONTROL_BUNDLE_ROLLBACK = 6
CONTROL_BUNDLE_COMMIT = 7
RETURN_TO_IMAGE, RETURN_TO_DEFAULT = 0, 2
"""SlFsRetToFactoryOper_e."""
READ_ONLY = 3
"""The token that entitles to no change."""
SYSTEM_BLOCKS = 90
"""Of the serial flash, taken by the file table, service pack and configuration."""
SYSTEM_FILES = 12


class FileControl:
    """Answers the control command for a file system."""

    def __init__(self, files: FileSystem) -> None:
        self.files = files
        self.processor = files.processor

    def execute(self, command: Command) -> None:
        token, operation, name_length, length = struct.unpack_from("<IB3xII", command.body)
        rest = command.body[16:]
        status: int = 0
        value = b""
        if operation == CONTROL_STORAGE:
            value = self._storage()
        elif operation in (CONTROL_COMMIT, CONTROL_ROLLBACK):
            # The driver sends what it has for the command before the name.
            filters = max(0, length - len(pad(rest[:name_length])))
            name = string(take(rest, filters, name_length), 0).decode("latin-1")
            status = self._settle(name, token, operation == CONTROL_COMMIT)
        elif operation == CONTROL_BUNDLE_COMMIT:
            status = Error.FS_BUNDLE_OPEN if self._bundle_is_read() else self.files.bundle.commit()
        elif operation == CONTROL_BUNDLE_ROLLBACK:
            status = self._roll_back_bundle()
        elif operation == CONTROL_RENAME:
            name = string(take(rest, 0, name_length), 0).decode("latin-1")
            status = self._rename(name, string(rest, name_length).decode("latin-1"))
        elif operation == CONTROL_RESTORE:
            self._restore(command, token, take(rest, 0, length))
            return
        else:
            status = Error.FS_ARGUMENTS
        head = struct.pack("<iII", status, token, len(value))
        self.processor.respond(command, head + value)

    def _settle(self, name: str, token: int, commit: bool) -> int:
        """Commit or roll back one file; rolling back one that isn't pending aborts its writing."""
        stored = self.files.store.files.get(name)
        if stored is None:
            return Error.FS_NOT_THERE
        if stored.flags & SECURE and token not in stored.tokens[:READ_ONLY]:
            return self.files.alert(name, "wrong token for commit or rollback")
        if stored.state is FileState.PENDING_COMMIT:
            if commit:
                stored.committed()
            else:
                stored.rolled_back()
                self.files.store.changed(name)
            return 0
        if commit or stored.pending:
            return Error.FS_STATE
        self._abort_all(name)
        return 0

    def _abort_all(self, name: str) -> None:
        for handle, file in list(self.files.open.items()):
            if file.name == name and file.writing:
                self.files.abort(handle)

    def _bundle_is_read(self) -> bool:
        return self.files.bundle.state is BundleState.PENDING_COMMIT and any(
            self.files.users(name) for name, _ in self.files.bundle.members
        )

    def _roll_back_bundle(self) -> int:
        """Its files that are still open for writing are given up."""
        if self._bundle_is_read():
            return Error.FS_BUNDLE_OPEN
        for name, file in self.files.bundle.members:
            if file.state is FileState.BUNDLE_FILE:
                self._abort_all(name)
        return self.files.bundle.roll_back()

    def _restore(self, command: Command, token: int, request: bytes) -> None:
        """Return to the programming image, or to its configuration only; then comes a restart.

        The status is an error in its upper half and an extended one in its lower (fs.h).
        """
        profile = self.processor.profile
        operation = int.from_bytes(request[:4], "little")
        error: int = 0
        if len(request) < 4 or operation not in (RETURN_TO_IMAGE, RETURN_TO_DEFAULT):
            error = Error.FS_ARGUMENTS
        elif not profile.factory_image:
            error = Error.FS_NO_IMAGE
        if error:
            self.processor.respond(command, struct.pack("<iII", error << 16, token, 0))
            return
        self.files.restoring = True
        self.processor.after(
            profile.restore_time_ms * MILLISECOND,
            partial(self._restored, command, token, operation == RETURN_TO_IMAGE),
        )

    def _restored(self, command: Command, token: int, files_too: bool) -> None:
        self.files.restoring = False
        if files_too:
            files = self.files.store.files
            names = {**files, **self.files.factory}
            files.clear()
            files.update((name, replace(file)) for name, file in self.files.factory.items())
            for name in names:
                self.files.store.changed(name)
            self.files.open.clear()
            self.files.bundle.state = BundleState.STOPPED
            self.files.table_writes += 1
        self.files.alerts = 0
        self.processor.locked = False
        self.processor.restore()
        self.processor.machine.trace(
            self.processor.name, "file", do="restore", file="*" if files_too else ""
        )
        self.processor.respond(command, struct.pack("<iII", 0, token, 0))

    def _rename(self, name: str, new: str) -> int:
        if not 0 < len(new) < LONGEST_NAME:
            return Error.FS_WRONG_NAME
        if name not in self.files.store.files:
            return Error.FS_NOT_THERE
        if new in self.files.store.files:
            return Error.FS_EXISTS
        if self.files.users(name):
            return Error.FS_ALREADY_OPEN
        if self.files.store.files[name].pending:
            return Error.FS_PENDING_COMMIT
        self.files.store.files[new] = self.files.store.files.pop(name)
        self.files.store.changed(name)
        self.files.store.changed(new)
        return 0

    def _storage(self) -> bytes:
        """SlFsControlGetStorageInfoResponse_t."""
        profile = self.processor.profile
        free = self.files.free_blocks
        return struct.pack(
            "<7H2x8BIIH2x",
            BLOCK,
            profile.storage_blocks,
            self.files.used_blocks + SYSTEM_BLOCKS,
            0,
            SYSTEM_BLOCKS,
            max(0, free),
            max(0, free),
            min(255, profile.user_files),
            1,
            self.files.bundle.state,
            0,
            SYSTEM_FILES,
            min(255, len(self.files.store.files)),
            SYSTEM_FILES,
            0,
            self.files.alerts,
            profile.alert_threshold,
            self.files.table_writes & 0xFFFF,
        )
