"""The file system silo: the secured serial flash behind the network processor.

Commands: SimpleLink SDK, source/fs.c; semantics: fs.h and the CC3x20 NWP user's guide (SWRU455),
chapter "File System".
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.simplelink.faults import FaultKind
from renode_wifi.peripherals.simplelink.files_bundle import Bundle, BundleState
from renode_wifi.peripherals.simplelink.files_control import (
    CONTROL_RESTORE,
    CONTROL_STORAGE,
    READ_ONLY,
    SYSTEM_BLOCKS,
    FileControl,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.store import (
    BLOCK,
    LONGEST_NAME,
    SECURE,
    FileState,
    FolderStore,
    MemoryStore,
    Store,
    StoredFile,
)
from renode_wifi.peripherals.simplelink.wire import Command, string, take

CHUNK = 1456

READ, WRITE, CREATE, WRITE_OR_CREATE = 0, 1, 2, 3
GRANULARITY = (256, 1024, 4096, 16384, 65536)

FAILSAFE = 0x01
NO_SIGNATURE = 0x04
STATIC_TOKEN = 0x08
VENDOR_TOKEN = 0x10
PUBLIC_WRITE = 0x20
PUBLIC_READ = 0x40
MUST_COMMIT = 0x80
BUNDLE = 0x100

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

LIST_ATTRIBUTES = 1
ATTRIBUTES_SIZE = 12
ABORT = b"A"
"""The signature that makes a close an abort."""
SYSTEM_FOLDER = "/sys/"
MCU_IMAGE = "/sys/mcuflashimg.bin"
MCU_IMAGE_CAPACITY = 0x10_0000
"""The flash that the image is loaded into."""
MASTER, WRITE_READ, WRITE_ONLY = 0, 1, 2


REFUSALS = {
    Opcode.FILE_OPEN: "iI",
    Opcode.FILE_CLOSE: "hH",
    Opcode.FILE_READ: "hH",
    Opcode.FILE_WRITE: "hH",
    Opcode.FILE_INFO: "hH8I",
    Opcode.FILE_DELETE: "hH",
    Opcode.FILE_LIST: "iiI",
    Opcode.FILE_CONTROL: "iII",
    Opcode.FILE_FORMAT: "hH",
    Opcode.FILE_PROGRAM: "i",
}
"""Answers whose first field tells that the file system cannot be used."""


@dataclass
class OpenFile:
    """A file that the host has open; written bytes count when it is closed."""

    name: str
    writing: bool
    flags: int = 0
    image: bytearray = field(default_factory=bytearray)
    broken: bool = False


class FileSystem:
    """Files outlive power cycles; what is open does not.

    factory: the files of the programming image, to which the device can be restored.
    """

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        profile = processor.profile
        self.store: Store = (
            FolderStore(profile.file_folder) if profile.file_folder else MemoryStore()
        )
        self.factory: dict[str, StoredFile] = {}
        self.open: dict[int, OpenFile] = {}
        self.bundle = Bundle(self.store)
        self.restoring = False
        self.alerts = 0
        self.table_writes = 0
        self._next_handle = 1
        self._tokens = processor.machine.random(f"{processor.name}/tokens")
        processor.on_stop(self._power_lost)
        for opcode, handler in (
            (Opcode.FILE_OPEN, self._open),
            (Opcode.FILE_CLOSE, self._close),
            (Opcode.FILE_READ, self._read),
            (Opcode.FILE_WRITE, self._write),
            (Opcode.FILE_INFO, self._info),
            (Opcode.FILE_DELETE, self._delete),
            (Opcode.FILE_LIST, self._list),
            (Opcode.FILE_CONTROL, FileControl(self).execute),
            (Opcode.FILE_FORMAT, self._format),
            (Opcode.FILE_PROGRAM, self._program),
        ):
            processor.handle(opcode, partial(self._unless_blocked, opcode, handler))

    # For the rest of the processor and the world

    def content(self, name: str) -> bytes | None:
        """The valid image of a file; None where there is none."""
        file = self.store.files.get(name) or self.store.files.get(name.lstrip("/"))
        return None if file is None else file.content

    def provision(self, name: str, content: bytes) -> None:
        """Put a file in place as a programming image does, whose restoring brings it back.

        The MCU's image is a secure file that anybody may write, but for a signature.
        """
        file = StoredFile(content, max(len(content), BLOCK), FAILSAFE | NO_SIGNATURE)
        if name == MCU_IMAGE:
            file.flags = FAILSAFE | SECURE | PUBLIC_WRITE
            file.capacity = max(len(content), MCU_IMAGE_CAPACITY)
        self.factory[name] = file
        self.store.files[name] = replace(file)
        self.store.changed(name)

    def _power_lost(self) -> None:
        for file in self.open.values():
            if file.writing:
                self.store.files[file.name].aborted()
        incomplete = any(file.flags & BUNDLE for file in self.open.values())
        self.open.clear()
        self.restoring = False
        self.bundle.restarted(self.processor.stopping and not incomplete)

    def abort(self, handle: int) -> None:
        file = self.open.pop(handle)
        self.store.files[file.name].aborted()
        self.processor.machine.trace(self.processor.name, "file", do="abort", file=file.name)

    def _unless_blocked(
        self, opcode: Opcode, handler: Callable[[Command], None], command: Command
    ) -> None:
        """Nothing is possible while the device is restored, and little once it has locked."""
        operation = command.body[4:5] if opcode is Opcode.FILE_CONTROL else b""
        if self.restoring:
            error: int = Error.FS_PROGRAMMING
        elif self.processor.locked and operation not in (
            bytes((CONTROL_STORAGE,)),
            bytes((CONTROL_RESTORE,)),
        ):
            error = Error.FS_LOCKED
        else:
            handler(command)
            return
        layout = struct.Struct("<" + REFUSALS[opcode])
        nothing = (0,) * (len(layout.unpack(bytes(layout.size))) - 1)
        self.processor.respond(command, layout.pack(error, *nothing))

    def _later(self, command: Command, body: bytes) -> None:
        """Answer when the flash has done its work."""
        delay = self.processor.profile.file_time_us * MICROSECOND
        self.processor.after(delay, partial(self.processor.respond, command, body))

    def alert(self, name: str, what: str, error: Error = Error.FS_INVALID_TOKEN) -> Error:
        """Count a security alert; the last that is allowed locks the file system.

        SWRU455, section "Software Tamper Detection": the counter is kept until the device is
        programmed anew or restored.
        """
        processor = self.processor
        self.alerts += 1
        processor.machine.log.warning(
            "%s: security alert %d: %s of %s", processor.name, self.alerts, what, name
        )
        if self.alerts >= processor.profile.alert_threshold and not processor.locked:
            processor.locked = True
            processor.machine.log.error("%s: the file system is locked", processor.name)
            processor.event(Opcode.GENERAL_ERROR, struct.pack("<hH", Error.DEVICE_LOCKED, 0))
        return error

    # Opening

    def _open(self, command: Command) -> None:
        mode, token = struct.unpack_from("<II", command.body)
        name = string(command.body, 8).decode("latin-1")
        access = mode >> 12 & 0xF
        flags = mode >> 16 & 0x7FF
        gran = mode >> 8 & 0xF
        size = (mode & 0xFF) * (GRANULARITY[gran] if gran < len(GRANULARITY) else 0)
        if not 0 < len(name) < LONGEST_NAME:
            result: int = Error.FS_WRONG_NAME
        elif len(self.open) >= self.processor.profile.open_files:
            result = Error.FS_TOO_MANY_OPEN
        elif access == READ:
            result = self._open_read(name, token)
        elif access in (WRITE, CREATE, WRITE_OR_CREATE):
            result = self._open_write(name, access, flags, size, token)
        else:
            result = Error.FS_MODE
        shown = 0
        if result >= 0:
            stored = self.store.files[name]
            shown = stored.tokens[MASTER] if access != READ else token
            self.processor.machine.trace(
                self.processor.name, "file", do="open", file=name, writing=access != READ
            )
        body = struct.pack("<iI", result, shown)
        if access == READ:
            self.processor.respond(command, body)
        else:
            self._later(command, body)

    def users(self, name: str, writing: bool | None = None) -> list[OpenFile]:
        return [
            file
            for file in self.open.values()
            if file.name == name and writing in (None, file.writing)
        ]

    def _handle(self, file: OpenFile) -> int:
        handle = self._next_handle
        self._next_handle = handle % 0x7FFF_FFFF + 1
        self.open[handle] = file
        return handle

    def _open_read(self, name: str, token: int) -> int:
        stored = self.store.files.get(name)
        if stored is None:
            return Error.FS_NOT_THERE
        closed = stored.flags & SECURE and not stored.flags & PUBLIC_READ
        if closed and token not in (stored.tokens[i] for i in (MASTER, WRITE_READ, READ_ONLY)):
            return self.alert(name, "wrong token for reading")
        if self.users(name, writing=True):
            return Error.FS_OPEN_FOR_WRITE
        if stored.content is None:
            return Error.FS_NO_VALID_COPY
        return self._handle(OpenFile(name, writing=False))

    def _open_write(self, name: str, access: int, flags: int, size: int, token: int) -> int:
        stored = self.store.files.get(name)
        if self.users(name):
            return Error.FS_ALREADY_OPEN
        if flags & BUNDLE and self.bundle.state is BundleState.PENDING_COMMIT:
            return Error.FS_BUNDLE_STATE
        if stored is None:
            if access == WRITE:
                return Error.FS_NOT_THERE
            if flags & MUST_COMMIT:
                return Error.FS_COMMIT_ON_CREATION
            error = self._create(name, flags, size, token)
            if error:
                return error
            stored = self.store.files[name]
        elif access == CREATE:
            return Error.FS_EXISTS
        else:
            error = self._may_write(name, stored, flags, token)
            if error:
                return error
            stored.old_tokens = stored.tokens
            if stored.flags & SECURE and not stored.flags & STATIC_TOKEN:
                stored.tokens = (stored.tokens[MASTER], *self._new_tokens()[1:])
        if flags & BUNDLE:
            self.bundle.opened(stored)
        elif flags & MUST_COMMIT:
            stored.state = FileState.COMMIT_FILE
        if not stored.flags & FAILSAFE:
            # One copy only: it is erased before the new one is written.
            stored.content = None
            self.store.changed(name)
        return self._handle(OpenFile(name, writing=True, flags=flags))

    def _may_write(self, name: str, stored: StoredFile, flags: int, token: int) -> int:
        """Whether a file that exists may be written; an update wants an old copy to return to."""
        closed = stored.flags & SECURE and not stored.flags & PUBLIC_WRITE
        if closed and token not in (stored.tokens[i] for i in (MASTER, WRITE_READ, WRITE_ONLY)):
            return self.alert(name, "wrong token for writing")
        if stored.pending:
            return Error.FS_PENDING_COMMIT
        if flags & (MUST_COMMIT | BUNDLE):
            if not stored.flags & FAILSAFE:
                return Error.FS_BUNDLE_NO_FAILSAFE if flags & BUNDLE else Error.FS_NO_FAILSAFE
            if stored.content is None:
                return Error.FS_NO_VALID_COPY
        return 0

    def _create(self, name: str, flags: int, size: int, token: int) -> int:
        files = self.store.files
        if len(files) >= self.processor.profile.user_files:
            return Error.FS_NO_INDEX
        stored = StoredFile(None, size or BLOCK, flags & 0x7F)
        if self._blocks(stored) > self.free_blocks:
            return Error.FS_NO_SPACE
        if flags & SECURE:
            stored.tokens = self._new_tokens()
            if flags & VENDOR_TOKEN:
                stored.tokens = (token, *stored.tokens[1:])
        files[name] = stored
        self.table_writes += 1
        return 0

    def _new_tokens(self) -> tuple[int, int, int, int]:
        def draw() -> int:
            return self._tokens.randrange(1, 1 << 32)

        return draw(), draw(), draw(), draw()

    @staticmethod
    def _blocks(stored: StoredFile) -> int:
        """Blocks of the flash that a file takes: two images where it is fail-safe."""
        one = -(-stored.capacity // BLOCK)
        return one * 2 if stored.flags & FAILSAFE else one

    @property
    def used_blocks(self) -> int:
        return sum(self._blocks(stored) for stored in self.store.files.values())

    @property
    def free_blocks(self) -> int:
        return self.processor.profile.storage_blocks - SYSTEM_BLOCKS - self.used_blocks

    # Contents

    def _read(self, command: Command) -> None:
        handle, offset, length = struct.unpack_from("<IIH", command.body)
        file = self.open.get(handle)
        status: int
        data = b""
        if file is None:
            status = Error.FS_HANDLE
        elif file.writing:
            status = Error.FS_ACCESS
        else:
            content = self.store.files[file.name].content or b""
            data = content[offset : offset + min(length, CHUNK)]
            status = len(data) if offset < len(content) else Error.FS_OFFSET
        self.processor.respond(command, struct.pack("<hH", status, 0) + data)

    def _write(self, command: Command) -> None:
        handle, offset, length = struct.unpack_from("<IIH", command.body)
        data = take(command.body, 12, length)
        file = self.open.get(handle)
        status: int
        if file is None:
            status = Error.FS_HANDLE
        elif not file.writing:
            status = Error.FS_ACCESS
        elif offset + length > self._limit(self.store.files[file.name]):
            status = Error.FS_TOO_BIG
        elif self.processor.faults.take(
            FaultKind.WRITE_FAILS, self.processor.machine.clock.now, "FILE_WRITE"
        ):
            file.broken = True
            status = Error.FS_WRITE_FAILED
        else:
            if len(file.image) < offset:
                file.image += b"\xff" * (offset - len(file.image))
            file.image[offset : offset + length] = data
            status = length
        self.processor.respond(command, struct.pack("<hH", status, 0))

    @staticmethod
    def _limit(stored: StoredFile) -> int:
        """A file may grow into the rest of its last block."""
        return -(-stored.capacity // BLOCK) * BLOCK

    def _close(self, command: Command) -> None:
        """Close a file or give it up; one whose closing fails stays open until it is given up.

        So TI's OTA library does it (OtaArchive.c): it aborts by the handle that it could not close.
        """
        handle, name_length, signature_length = struct.unpack_from("<III", command.body)
        file = self.open.get(handle)
        if file is None:
            self.processor.respond_status(command, Error.FS_HANDLE)
            return
        rest = command.body[12:]
        if file.writing and rest[name_length:][:signature_length] == ABORT:
            self.abort(handle)
            self._later(command, struct.pack("<hH", 0, 0))
            return
        status = self._keep(file, rest, name_length, signature_length) if file.writing else 0
        if status == 0:
            del self.open[handle]
        self.processor.machine.trace(
            self.processor.name, "file", do="close", file=file.name, status=status
        )
        if file.writing:
            self._later(command, struct.pack("<hH", status, 0))
        else:
            self.processor.respond_status(command, status)

    def _keep(self, file: OpenFile, rest: bytes, name_length: int, signature_length: int) -> int:
        """The written image becomes the file's content, at once or when it is committed."""
        stored = self.store.files[file.name]
        if file.broken:
            return Error.FS_WRITE_FAILED
        image = bytes(file.image)
        if stored.flags & SECURE and not stored.flags & NO_SIGNATURE:
            name = string(take(rest, 0, name_length), 0).decode("latin-1")
            signature = take(rest, name_length, signature_length)
            error = self._check_signature(file.name, name, signature, image)
            if error:
                return error
        stored.written(image)
        self.table_writes += 1
        self.store.changed(file.name)
        return 0

    def _check_signature(self, file: str, name: str, signature: bytes, image: bytes) -> int:
        from renode_wifi.peripherals.simplelink.files_signature import check_signature

        profile = self.processor.profile
        roots = profile.known_roots.split(",") if profile.certificate_store else None
        error = check_signature(self.store.files, roots, name, signature, image)
        if error == Error.FS_WRONG_SIGNATURE:
            self.alert(file, f"wrong signature by {name}")
        elif error == Error.FS_CERTIFICATE_CHAIN:
            self.alert(file, f"broken chain of certificates above {name}")
        return error

    # About files

    def _info(self, command: Command) -> None:
        """Of a file that isn't closed there is information all the same (fs.h, sl_FsGetInfo)."""
        (token,) = struct.unpack_from("<I", command.body)
        name = string(command.body, 4).decode("latin-1")
        stored = self.store.files.get(name)
        status: int = 0
        if stored is None:
            status = Error.FS_NOT_THERE
        elif self._denied(stored, token):
            status, stored = self.alert(name, "wrong token"), None
        elif self.users(name, writing=True):
            status = Error.FS_ALREADY_OPEN
        elif stored.content is None and not stored.pending:
            status = Error.FS_NOT_CLOSED
        if stored is None:
            body = struct.pack("<hH8I", status, 0, *[0] * 8)
        else:
            tokens = stored.tokens if token == stored.tokens[MASTER] else (0, 0, 0, 0)
            body = struct.pack(
                "<hHII4III",
                status,
                self._info_flags(name, stored),
                len(stored.content or b""),
                self._limit(stored),
                *tokens,
                self._blocks(stored) * BLOCK,
                stored.write_counter,
            )
        self.processor.respond(command, body)

    @staticmethod
    def _denied(stored: StoredFile, token: int) -> bool:
        if not stored.flags & SECURE or stored.flags & (PUBLIC_READ | PUBLIC_WRITE):
            return False
        return token not in stored.tokens

    def _info_flags(self, name: str, stored: StoredFile) -> int:
        conditions = (
            (INFO_SYSTEM, name.startswith(SYSTEM_FOLDER)),
            (INFO_NOT_FAILSAFE, not stored.flags & FAILSAFE),
            (INFO_SECURE, stored.flags & SECURE),
            (INFO_NO_SIGNATURE, stored.flags & NO_SIGNATURE),
            (INFO_PUBLIC_READ, stored.flags & PUBLIC_READ),
            (INFO_PUBLIC_WRITE, stored.flags & PUBLIC_WRITE),
            (INFO_NOT_VALID, stored.content is None),
            (INFO_OPEN_WRITE, self.users(name, writing=True)),
            (INFO_OPEN_READ, self.users(name, writing=False)),
            (INFO_PENDING, stored.state is FileState.PENDING_COMMIT),
            (INFO_PENDING_BUNDLE, stored.state is FileState.PENDING_BUNDLE_COMMIT),
            (INFO_MUST_COMMIT, stored.state is FileState.COMMIT_FILE),
            (INFO_BUNDLE, stored.state is FileState.BUNDLE_FILE),
        )
        return sum(flag for flag, holds in conditions if holds)

    def _delete(self, command: Command) -> None:
        (token,) = struct.unpack_from("<I", command.body)
        name = string(command.body, 4).decode("latin-1")
        stored = self.store.files.get(name)
        status: int = 0
        if stored is None:
            status = Error.FS_NOT_THERE
        elif self.users(name):
            status = Error.FS_ALREADY_OPEN
        elif stored.flags & SECURE and token != stored.tokens[MASTER]:
            status = self.alert(name, "wrong token for deleting")
        elif stored.pending:
            status = Error.FS_PENDING_COMMIT
        else:
            del self.store.files[name]
            self.table_writes += 1
            self.store.changed(name)
            self.processor.machine.trace(self.processor.name, "file", do="delete", file=name)
        self._later(command, struct.pack("<hH", status, 0))

    def _list(self, command: Command) -> None:
        index, count, width, flags = struct.unpack_from("<iBBB", command.body)
        entries = b""
        listed = 0
        position = index + 1 if index >= -1 else 0
        head = ATTRIBUTES_SIZE if flags & LIST_ATTRIBUTES else 0
        names = list(self.store.files)
        while listed < count and position < len(names) and len(entries) + width <= CHUNK:
            name = names[position]
            stored = self.store.files[name]
            entry = b""
            if head:
                attributes = self._info_flags(name, stored)
                entry = struct.pack("<III", self._limit(stored), attributes, self._blocks(stored))
            room = max(0, width - len(entry) - 1)
            entry += name.encode("latin-1")[:room]
            entries += entry[:width].ljust(width, b"\0")
            listed += 1
            position += 1
        last = position - 1 if listed else index
        body = struct.pack("<iiI", listed, last, len(entries))
        self.processor.respond(command, body + entries)

    def _format(self, command: Command) -> None:
        self.processor.respond_status(command, Error.FS_NOT_SUPPORTED)

    def _program(self, command: Command) -> None:
        self.processor.respond(command, struct.pack("<i", Error.FS_NOT_SUPPORTED))
