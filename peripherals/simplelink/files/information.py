"""About files: information, the list, deleting (fs.h, sl_FsGetInfo, sl_FsGetFileList, sl_FsDel)."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.files.contents import MAX_CHUNK
from renode_wifi.peripherals.simplelink.files.store import BLOCK, SECURE, FileState, StoredFile
from renode_wifi.peripherals.simplelink.files.volume import (
    FAILSAFE,
    MASTER,
    NO_SIGNATURE,
    PUBLIC_READ,
    PUBLIC_WRITE,
    Volume,
    unless_blocked,
)
from renode_wifi.peripherals.simplelink.messages.basic import BasicResponse, Empty
from renode_wifi.peripherals.simplelink.messages.files import (
    FileAttributes,
    FileInfo,
    FileList,
    FileName,
    ListFiles,
    ProgramResponse,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction

INFO_MUST_COMMIT = 0x0001
INFO_BUNDLE = 0x0002
INFO_PENDING = 0x0004
INFO_PENDING_BUNDLE = 0x0008
INFO_SECURE = 0x0010
INFO_NOT_FAILSAFE = 0x0020
INFO_SYSTEM = 0x0040
INFO_NOT_VALID = 0x0100
INFO_PUBLIC_WRITE = 0x0200
INFO_PUBLIC_READ = 0x0400
INFO_OPEN_READ = 0x0800
INFO_OPEN_WRITE = 0x1000
INFO_NO_SIGNATURE = 0x2000
"""SL_FS_INFO_..."""

SYSTEM_FOLDER = "/sys/"
LIST_ATTRIBUTES = 1
"""SL_FS_GET_FILE_ATTRIBUTES."""


class Information:
    """Answers what needs no open file."""

    def __init__(self, services: Services, volume: Volume) -> None:
        self.services = services
        self.volume = volume

    @unless_blocked(FileInfo)
    def info(self, transaction: Transaction, message: FileName) -> FileInfo | None:
        """Of a file that isn't closed there is information all the same."""
        volume, name = self.volume, message.name
        stored = volume.files.get(name)
        if stored is None:
            return FileInfo(Error.FS_NOT_THERE)
        if self._is_denied(stored, message.token):
            return FileInfo(volume.alert(name, "wrong token"))
        status: int = 0
        if volume.users(name, writing=True):
            status = Error.FS_ALREADY_OPEN
        elif stored.content is None and not stored.pending:
            status = Error.FS_NOT_CLOSED
        own = message.token == stored.tokens[MASTER]
        return FileInfo(
            status,
            self._flags(name, stored),
            len(stored.content or b""),
            volume.limit(stored),
            stored.tokens if own else (0, 0, 0, 0),
            volume.blocks(stored) * BLOCK,
            stored.write_counter,
        )

    @staticmethod
    def _is_denied(stored: StoredFile, token: int) -> bool:
        if not stored.flags & SECURE or stored.flags & (PUBLIC_READ | PUBLIC_WRITE):
            return False
        return token not in stored.tokens

    def _flags(self, name: str, stored: StoredFile) -> int:
        conditions = (
            (INFO_SYSTEM, name.lower().startswith(SYSTEM_FOLDER)),
            (INFO_NOT_FAILSAFE, not stored.flags & FAILSAFE),
            (INFO_SECURE, stored.flags & SECURE),
            (INFO_NO_SIGNATURE, stored.flags & NO_SIGNATURE),
            (INFO_PUBLIC_READ, stored.flags & PUBLIC_READ),
            (INFO_PUBLIC_WRITE, stored.flags & PUBLIC_WRITE),
            (INFO_NOT_VALID, stored.content is None),
            (INFO_OPEN_WRITE, self.volume.users(name, writing=True)),
            (INFO_OPEN_READ, self.volume.users(name, writing=False)),
            (INFO_PENDING, stored.state is FileState.PENDING_COMMIT),
            (INFO_PENDING_BUNDLE, stored.state is FileState.PENDING_BUNDLE_COMMIT),
            (INFO_MUST_COMMIT, stored.state is FileState.COMMIT_FILE),
            (INFO_BUNDLE, stored.state is FileState.BUNDLE_FILE),
        )
        return sum(flag for flag, holds in conditions if holds)

    @unless_blocked(BasicResponse)
    def delete(self, transaction: Transaction, message: FileName) -> BasicResponse | None:
        status = self._delete(message)
        delay = self.services.profile.file_time_us * MICROSECOND
        self.services.host.after(delay, partial(transaction.status, status))
        return None

    def _delete(self, message: FileName) -> int:
        volume, name = self.volume, message.name
        stored = volume.files.get(name)
        if stored is None:
            return Error.FS_NOT_THERE
        if volume.users(name):
            return Error.FS_ALREADY_OPEN
        if stored.flags & SECURE and message.token != stored.tokens[MASTER]:
            return volume.alert(name, "wrong token for deleting")
        if stored.pending:
            return Error.FS_PENDING_COMMIT
        name = volume.files.own_name(name)
        del volume.files[name]
        volume.table_writes += 1
        volume.store.changed(name)
        volume.trace("delete", name)
        return 0

    @unless_blocked(FileList)
    def list(self, transaction: Transaction, message: ListFiles) -> FileList | None:
        volume, width = self.volume, message.width
        names = [*volume.files]
        first = message.index + 1 if message.index >= -1 else 0
        entries = b""
        listed = 0
        for name in names[first:]:
            if listed >= message.count or len(entries) + width > MAX_CHUNK:
                break
            stored = volume.files[name]
            entry = b""
            if message.flags & LIST_ATTRIBUTES:
                attributes = FileAttributes(
                    volume.limit(stored), self._flags(name, stored), volume.blocks(stored)
                )
                entry = attributes.emit()
            room = max(0, width - len(entry) - 1)
            entry += name.encode("latin-1")[:room]
            entries += entry[:width].ljust(width, b"\0")
            listed += 1
        return FileList(listed, first + listed - 1 if listed else message.index, entries)

    @unless_blocked(BasicResponse)
    def format(self, transaction: Transaction, message: Empty) -> BasicResponse | None:
        return BasicResponse(Error.FS_NOT_SUPPORTED)

    @unless_blocked(ProgramResponse)
    def program(self, transaction: Transaction, message: Empty) -> ProgramResponse | None:
        return ProgramResponse(Error.FS_NOT_SUPPORTED)

    HANDLERS = (
        Handler(Opcode.FILE_INFO, FileName, info),
        Handler(Opcode.FILE_DELETE, FileName, delete),
        Handler(Opcode.FILE_LIST, ListFiles, list),
        Handler(Opcode.FILE_FORMAT, Empty, format),
        Handler(Opcode.FILE_PROGRAM, Empty, program),
    )
