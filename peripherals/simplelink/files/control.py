"""Control of the file system: commit and rollback, renaming, storage information, restoring.

SimpleLink SDK, fs.h, sl_FsCtl; SWRU455, chapter "File System".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.files.bundle import BundleState
from renode_wifi.peripherals.simplelink.files.store import BLOCK, MAX_NAME, SECURE, FileState
from renode_wifi.peripherals.simplelink.files.volume import (
    READ_ONLY,
    SYSTEM_BLOCKS,
    SYSTEM_FILES,
    Volume,
)
from renode_wifi.peripherals.simplelink.messages.files import (
    ControlFiles,
    Controlled,
    RestoreOperation,
    StorageInfo,
)
from renode_wifi.peripherals.simplelink.messages.layout import pad
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction

RESTORE = 0
ROLLBACK = 1
COMMIT = 2
RENAME = 3
STORAGE = 5
BUNDLE_ROLLBACK = 6
BUNDLE_COMMIT = 7
"""SlFsCtl_e."""
ALLOWED_WHEN_LOCKED = (STORAGE, RESTORE)
RETURN_TO_IMAGE, RETURN_TO_DEFAULT = 0, 2
"""SlFsRetToFactoryOper_e."""


class FileControl:
    """restore_settings: returns the processor's configuration to what the factory gave it."""

    def __init__(
        self, services: Services, volume: Volume, restore_settings: Callable[[], None]
    ) -> None:
        self.services = services
        self.volume = volume
        self.restore_settings = restore_settings

    def execute(self, transaction: Transaction, message: ControlFiles) -> Controlled | None:
        volume, operation = self.volume, message.operation
        blocked = volume.blocked
        if blocked and (volume.restoring or operation not in ALLOWED_WHEN_LOCKED):
            return Controlled(blocked)
        if operation == RESTORE:
            return self._restore(transaction, message)
        status: int = 0
        value = b""
        if operation == STORAGE:
            value = self._storage().emit()
        elif operation in (COMMIT, ROLLBACK):
            # The driver sends what it has for the command before the name.
            filters = max(0, message.length - len(pad(message.rest[: message.name_length])))
            status = self._settle(message.name(filters), message.token, operation == COMMIT)
        elif operation == BUNDLE_COMMIT:
            status = Error.FS_BUNDLE_OPEN if self._bundle_is_read() else volume.bundle.commit()
        elif operation == BUNDLE_ROLLBACK:
            status = self._roll_back_bundle()
        elif operation == RENAME:
            status = self._rename(message.name(), message.new_name)
        else:
            status = Error.FS_ARGUMENTS
        return Controlled(status, message.token, value)

    def _settle(self, name: str, token: int, commit: bool) -> int:
        """Commit or roll back one file; rolling back one that isn't pending aborts its writing."""
        volume = self.volume
        stored = volume.files.get(name)
        if stored is None:
            return Error.FS_NOT_THERE
        if stored.flags & SECURE and token not in stored.tokens[:READ_ONLY]:
            return volume.alert(name, "wrong token for commit or rollback")
        if stored.state is FileState.PENDING_COMMIT:
            if commit:
                stored.committed()
            else:
                stored.rolled_back()
                volume.store.changed(volume.files.own_name(name))
            return 0
        if commit or stored.pending:
            return Error.FS_STATE
        volume.abort_all(name)
        return 0

    def _bundle_is_read(self) -> bool:
        volume = self.volume
        return volume.bundle.state is BundleState.PENDING_COMMIT and any(
            volume.users(name) for name, _ in volume.bundle.members
        )

    def _roll_back_bundle(self) -> int:
        """Its files that are still open for writing are given up."""
        if self._bundle_is_read():
            return Error.FS_BUNDLE_OPEN
        for name, file in self.volume.bundle.members:
            if file.state is FileState.BUNDLE_FILE:
                self.volume.abort_all(name)
        return self.volume.bundle.roll_back()

    def _restore(self, transaction: Transaction, message: ControlFiles) -> Controlled | None:
        """Return to the programming image, or to its configuration only; then comes a restart.

        The status is an error in its upper half and an extended one in its lower (fs.h).
        """
        profile, request = self.services.profile, message.data
        operation = None
        if len(request) >= RestoreOperation.LAYOUT.size:
            operation = RestoreOperation.parse(request).operation
        error: int = 0
        if operation not in (RETURN_TO_IMAGE, RETURN_TO_DEFAULT):
            error = Error.FS_ARGUMENTS
        elif not profile.factory_image:
            error = Error.FS_NO_IMAGE
        if error:
            return Controlled(error << 16, message.token)
        self.volume.restoring = True
        restored = partial(self._restored, transaction, message.token, operation == RETURN_TO_IMAGE)
        self.services.host.after(profile.restore_time_ms * MILLISECOND, restored)
        return None

    def _restored(self, transaction: Transaction, token: int, files_too: bool) -> None:
        volume = self.volume
        volume.restoring = False
        if files_too:
            volume.restore()
        volume.alerts = 0
        volume.power.locked = False
        self.restore_settings()
        volume.trace("restore", "*" if files_too else "")
        transaction.respond(Controlled(0, token))

    def _rename(self, name: str, new: str) -> int:
        volume = self.volume
        if not 0 < len(new) < MAX_NAME:
            return Error.FS_WRONG_NAME
        if name not in volume.files:
            return Error.FS_NOT_THERE
        if new in volume.files:
            return Error.FS_EXISTS
        if volume.users(name):
            return Error.FS_ALREADY_OPEN
        if volume.files[name].pending:
            return Error.FS_PENDING_COMMIT
        name = volume.files.own_name(name)
        volume.files[new] = volume.files.pop(name)
        volume.store.changed(name)
        volume.store.changed(new)
        return 0

    def _storage(self) -> StorageInfo:
        volume, profile = self.volume, self.services.profile
        free = max(0, volume.free_blocks)
        return StorageInfo(
            BLOCK,
            profile.storage_blocks,
            volume.used_blocks + SYSTEM_BLOCKS,
            0,
            SYSTEM_BLOCKS,
            free,
            free,
            min(255, profile.user_files),
            1,
            volume.bundle.state,
            SYSTEM_FILES,
            min(255, len(volume.files)),
            SYSTEM_FILES,
            volume.alerts,
            profile.alert_threshold,
            volume.table_writes & 0xFFFF,
        )

    HANDLERS = (Handler(Opcode.FILE_CONTROL, ControlFiles, execute),)
