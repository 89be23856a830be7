"""The file system silo: the secured serial flash behind the network processor.

Commands: SimpleLink SDK, source/fs.c; semantics: fs.h and the CC3x20 NWP user's guide (SWRU455),
chapter 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.simplelink.faults import FaultKind
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.store import FolderStore, MemoryStore, Store, StoredFile
from renode_wifi.peripherals.simplelink.wire import Command, string, take

LONGEST_NAME = 180
CHUNK = 1456
BLOCK = 4096
SYSTEM_BLOCKS = 90
"""Of the serial flash, taken by the file table, service pack and configuration."""
SYSTEM_FILES = 12

READ, WRITE, CREATE, WRITE_OR_CREATE = 0, 1, 2, 3
GRANULARITY = (256, 1024, 4096, 16384, 65536)

FAILSAFE = 0x01
SECURE = 0x02
NO_SIGNATURE = 0x04
STATIC_TOKEN = 0x08
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
INFO_NOT_VALID = 0x0100
INFO_PUBLIC_WRITE = 0x0200
INFO_PUBLIC_READ = 0x0400
INFO_OPEN_READ = 0x0800
INFO_OPEN_WRITE = 0x1000
INFO_NO_SIGNATURE = 0x2000

CONTROL_RESTORE = 0
CONTROL_ROLLBACK = 1
CONTROL_COMMIT = 2
CONTROL_RENAME = 3
CONTROL_STORAGE = 5
CONTROL_BUNDLE_ROLLBACK = 6
CONTROL_BUNDLE_COMMIT = 7
LIST_ATTRIBUTES = 1
ATTRIBUTES_SIZE = 12
ALERT_THRESHOLD = 15
MASTER, WRITE_READ, WRITE_ONLY, READ_ONLY = 0, 1, 2, 3


@dataclass
class OpenFile:
    """A file that the host has open; written bytes count when it is closed."""

    name: str
    writing: bool
    flags: int = 0
    image: bytearray = field(default_factory=bytearray)
    broken: bool = False


class FileSystem:
    """Files outlive power cycles; what is open does not."""

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        profile = processor.profile
        self.store: Store = (
            FolderStore(profile.file_folder) if profile.file_folder else MemoryStore()
        )
        self.open: dict[int, OpenFile] = {}
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
            (Opcode.FILE_CONTROL, self._control),
            (Opcode.FILE_FORMAT, self._format),
            (Opcode.FILE_PROGRAM, self._program),
        ):
            processor.handle(opcode, handler)

    # For the rest of the processor and the world

    def content(self, name: str) -> bytes | None:
        """The valid image of a file; None where there is none."""
        file = self.store.files.get(name) or self.store.files.get(name.lstrip("/"))
        return None if file is None else file.content

    def provision(self, name: str, content: bytes) -> None:
        """Put a file in place as a programming tool does."""
        self.store.files[name] = StoredFile(
            content, max(len(content), BLOCK), FAILSAFE | NO_SIGNATURE
        )
        self.store.changed(name)

    def _power_lost(self) -> None:
        for file in self.open.values():
            if file.writing:
                self._drop(file)
        self.open.clear()
        for name, stored in self.store.files.items():
            if stored.pending:
                # The first start is for trying the new image; without a commit the old one returns.
                stored.boots += 1
                if stored.boots > 1:
                    self._roll_back(name, stored)

    def _drop(self, file: OpenFile) -> None:
        """A write that was never closed."""
        stored = self.store.files.get(file.name)
        if stored is not None and not stored.flags & FAILSAFE and stored.content is not None:
            stored.content = None
            self.store.changed(file.name)

    def _later(self, command: Command, body: bytes) -> None:
        """Answer when the flash has done its work."""
        delay = self.processor.profile.file_time_us * MICROSECOND
        self.processor.after(delay, partial(self.processor.respond, command, body))

    def _alert(self, name: str, what: str) -> Error:
        self.alerts += 1
        self.processor.machine.log.warning(
            "%s: security alert %d: %s of %s", self.processor.name, self.alerts, what, name
        )
        return Error.FS_INVALID_TOKEN

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

    def _users(self, name: str, writing: bool | None = None) -> list[OpenFile]:
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
            return self._alert(name, "wrong token for reading")
        if self._users(name, writing=True):
            return Error.FS_OPEN_FOR_WRITE
        if stored.content is None:
            return Error.FS_NO_VALID_COPY
        return self._handle(OpenFile(name, writing=False))

    def _open_write(self, name: str, access: int, flags: int, size: int, token: int) -> int:
        stored = self.store.files.get(name)
        if self._users(name):
            return Error.FS_ALREADY_OPEN
        if stored is None:
            if access == WRITE:
                return Error.FS_NOT_THERE
            error = self._create(name, flags, size)
            if error:
                return error
            stored = self.store.files[name]
        elif access == CREATE:
            return Error.FS_EXISTS
        else:
            closed = stored.flags & SECURE and not stored.flags & PUBLIC_WRITE
            if closed and token not in (stored.tokens[i] for i in (MASTER, WRITE_READ, WRITE_ONLY)):
                return self._alert(name, "wrong token for writing")
            if stored.pending:
                return Error.FS_PENDING_COMMIT
            if flags & (MUST_COMMIT | BUNDLE) and not stored.flags & FAILSAFE:
                return Error.FS_NO_FAILSAFE
            if stored.flags & SECURE and not stored.flags & STATIC_TOKEN:
                stored.tokens = self._new_tokens()
        if not stored.flags & FAILSAFE:
            # One image only: it is erased before the new one is written.
            stored.content = None
            self.store.changed(name)
        return self._handle(OpenFile(name, writing=True, flags=flags))

    def _create(self, name: str, flags: int, size: int) -> int:
        files = self.store.files
        if len(files) >= self.processor.profile.user_files:
            return Error.FS_NO_INDEX
        stored = StoredFile(None, size or BLOCK, flags & 0x7F)
        if self._blocks(stored) > self.free_blocks:
            return Error.FS_NO_SPACE
        if flags & SECURE:
            stored.tokens = self._new_tokens()
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
        handle, name_length, signature_length = struct.unpack_from("<III", command.body)
        file = self.open.get(handle)
        if file is None:
            self.processor.respond_status(command, Error.FS_HANDLE)
            return
        rest = command.body[12:]
        # An abort is a close with the one-byte signature 'A' (sl_FsClose, fs.h).
        if file.writing and signature_length == 1 and rest[name_length:][:1] == b"A":
            del self.open[handle]
            self._drop(file)
            self._later(command, struct.pack("<hH", 0, 0))
            return
        status = self._keep(file, rest, name_length, signature_length) if file.writing else 0
        del self.open[handle]
        self.processor.machine.trace(
            self.processor.name, "file", do="close", file=file.name, status=status
        )
        if file.writing:
            self._later(command, struct.pack("<hH", status, 0))
        else:
            self.processor.respond_status(command, status)

    def _keep(self, file: OpenFile, rest: bytes, name_length: int, signature_length: int) -> int:
        """The written image becomes the file's content."""
        stored = self.store.files[file.name]
        if file.broken:
            self._drop(file)
            return Error.FS_WRITE_FAILED
        if stored.flags & SECURE and not stored.flags & NO_SIGNATURE:
            name = string(take(rest, 0, name_length), 0).decode("latin-1")
            signature = take(rest, name_length, signature_length)
            error = self._check_signature(file, name, signature, bytes(file.image))
            if error:
                self._drop(file)
                return error
        if file.flags & (MUST_COMMIT | BUNDLE):
            stored.previous = stored.content
            stored.pending = True
            stored.bundle = bool(file.flags & BUNDLE)
            stored.boots = 0
        stored.content = bytes(file.image)
        stored.write_counter += 1
        self.table_writes += 1
        self.store.changed(file.name)
        return 0

    def _check_signature(self, file: OpenFile, name: str, signature: bytes, image: bytes) -> int:
        """RSA with SHA-1 by the certificate's key (SWRU455, section 8.6)."""
        from cryptography import x509
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
        from cryptography.hazmat.primitives.hashes import SHA1

        from renode_wifi.peripherals.network.tls_client import load_certificates

        if not name or not signature:
            return Error.FS_SIGNATURE_LENGTH
        certificate = self.content(name)
        if certificate is None:
            return Error.FS_NOT_THERE
        try:
            der = load_certificates(certificate)[0]
            key = x509.load_der_x509_certificate(der).public_key()
            if not isinstance(key, rsa.RSAPublicKey):
                raise ValueError("not an RSA certificate")
            key.verify(signature, image, padding.PKCS1v15(), SHA1())
        except (ValueError, IndexError, InvalidSignature):
            self._alert(file.name, "wrong signature")
            return Error.FS_WRONG_SIGNATURE
        return 0

    # About files

    def _info(self, command: Command) -> None:
        (token,) = struct.unpack_from("<I", command.body)
        name = string(command.body, 4).decode("latin-1")
        stored = self.store.files.get(name)
        if stored is None:
            body = struct.pack("<hH8I", Error.FS_NOT_THERE, 0, *[0] * 8)
        elif self._denied(stored, token):
            body = struct.pack("<hH8I", self._alert(name, "wrong token"), 0, *[0] * 8)
        else:
            tokens = stored.tokens if token == stored.tokens[MASTER] else (0, 0, 0, 0)
            body = struct.pack(
                "<hHII4III",
                0,
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
        writers = self._users(name, writing=True)
        conditions = (
            (INFO_NOT_FAILSAFE, not stored.flags & FAILSAFE),
            (INFO_SECURE, stored.flags & SECURE),
            (INFO_NO_SIGNATURE, stored.flags & NO_SIGNATURE),
            (INFO_PUBLIC_READ, stored.flags & PUBLIC_READ),
            (INFO_PUBLIC_WRITE, stored.flags & PUBLIC_WRITE),
            (INFO_NOT_VALID, stored.content is None),
            (INFO_OPEN_WRITE, writers),
            (INFO_OPEN_READ, self._users(name, writing=False)),
            (INFO_PENDING, stored.pending and not stored.bundle),
            (INFO_PENDING_BUNDLE, stored.pending and stored.bundle),
            (INFO_MUST_COMMIT, any(file.flags & MUST_COMMIT for file in writers)),
            (INFO_BUNDLE, any(file.flags & BUNDLE for file in writers)),
        )
        return sum(flag for flag, holds in conditions if holds)

    def _delete(self, command: Command) -> None:
        (token,) = struct.unpack_from("<I", command.body)
        name = string(command.body, 4).decode("latin-1")
        stored = self.store.files.get(name)
        status: int = 0
        if stored is None:
            status = Error.FS_NOT_THERE
        elif self._users(name):
            status = Error.FS_ALREADY_OPEN
        elif stored.flags & SECURE and token != stored.tokens[MASTER]:
            status = self._alert(name, "wrong token for deleting")
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

    # Control

    def _control(self, command: Command) -> None:
        token, operation, name_length, length = struct.unpack_from("<IB3xII", command.body)
        rest = command.body[16:]
        name = string(rest[:name_length], 0).decode("latin-1")
        status: int = 0
        value = b""
        if operation == CONTROL_STORAGE:
            value = self._storage()
        elif operation in (CONTROL_COMMIT, CONTROL_ROLLBACK):
            status = self._settle(name, token, operation == CONTROL_COMMIT)
        elif operation in (CONTROL_BUNDLE_COMMIT, CONTROL_BUNDLE_ROLLBACK):
            status = self._settle_bundle(operation == CONTROL_BUNDLE_COMMIT)
        elif operation == CONTROL_RENAME:
            new = string(rest[-(-name_length // 4) * 4 :][:length], 0).decode("latin-1")
            status = self._rename(name, new)
        elif operation == CONTROL_RESTORE:
            status = Error.FS_NOT_SUPPORTED
        else:
            status = Error.FS_ARGUMENTS
        head = struct.pack("<iII", status, token, len(value))
        self.processor.respond(command, head + value)

    def _settle(self, name: str, token: int, commit: bool) -> int:
        stored = self.store.files.get(name)
        if stored is None:
            return Error.FS_NOT_THERE
        if stored.flags & SECURE and token not in stored.tokens[:3]:
            return self._alert(name, "wrong token for commit or rollback")
        if not stored.pending or stored.bundle:
            return Error.FS_STATE
        if commit:
            self._commit(stored)
        else:
            self._roll_back(name, stored)
        return 0

    def _settle_bundle(self, commit: bool) -> int:
        members = [
            (name, stored)
            for name, stored in self.store.files.items()
            if stored.pending and stored.bundle
        ]
        if not members:
            return Error.FS_STATE
        for name, stored in members:
            if commit:
                self._commit(stored)
            else:
                self._roll_back(name, stored)
        return 0

    @staticmethod
    def _commit(stored: StoredFile) -> None:
        stored.pending = stored.bundle = False
        stored.previous = None

    def _roll_back(self, name: str, stored: StoredFile) -> None:
        stored.content, stored.previous = stored.previous, None
        stored.pending = stored.bundle = False
        self.store.changed(name)

    def _rename(self, name: str, new: str) -> int:
        if not 0 < len(new) < LONGEST_NAME:
            return Error.FS_WRONG_NAME
        if name not in self.store.files:
            return Error.FS_NOT_THERE
        if new in self.store.files:
            return Error.FS_EXISTS
        if self._users(name):
            return Error.FS_ALREADY_OPEN
        self.store.files[new] = self.store.files.pop(name)
        self.store.changed(name)
        self.store.changed(new)
        return 0

    def _storage(self) -> bytes:
        """SlFsControlGetStorageInfoResponse_t."""
        profile = self.processor.profile
        free = self.free_blocks
        bundle = 3 if any(s.pending and s.bundle for s in self.store.files.values()) else 0
        return struct.pack(
            "<7H2x8BIIH2x",
            BLOCK,
            profile.storage_blocks,
            self.used_blocks + SYSTEM_BLOCKS,
            0,
            SYSTEM_BLOCKS,
            max(0, free),
            max(0, free),
            min(255, profile.user_files),
            1,
            bundle,
            0,
            SYSTEM_FILES,
            min(255, len(self.store.files)),
            SYSTEM_FILES,
            0,
            self.alerts,
            ALERT_THRESHOLD,
            self.table_writes & 0xFFFF,
        )

    def _format(self, command: Command) -> None:
        self.processor.respond_status(command, Error.FS_NOT_SUPPORTED)

    def _program(self, command: Command) -> None:
        self.processor.respond(command, struct.pack("<i", Error.FS_NOT_SUPPORTED))
