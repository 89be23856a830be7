"""The file system silo (fs.h)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields, string, take

GRANULARITY = (256, 1024, 4096, 16384, 65536)
"""Bytes of one unit of a size, by the code in a mode word (source/fs.c)."""
ABORT = b"A"
"""The signature that makes a close an abort."""


@late_dataclass(frozen=True)
class FileOpen:
    """SlFsOpenCommand_t and the name. access: FS_MODE_OPEN_...; size: of units in bytes."""

    LAYOUT = struct.Struct("<II")

    name: str
    access: int
    token: int = 0
    flags: int = 0
    units: int = 0
    granularity: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        mode, token = fields(cls.LAYOUT, body)
        return cls(
            text(body[cls.LAYOUT.size :]),
            mode >> 12 & 0xF,
            token,
            mode >> 16 & 0x7FF,
            mode & 0xFF,
            mode >> 8 & 0xF,
        )

    def emit(self) -> bytes:
        mode = self.flags << 16 | self.access << 12 | self.granularity << 8 | self.units
        return self.LAYOUT.pack(mode, self.token) + terminated(self.name)

    @property
    def size(self) -> int:
        """Bytes asked for; 0 with a granularity that doesn't exist."""
        if self.granularity >= len(GRANULARITY):
            return 0
        return self.units * GRANULARITY[self.granularity]


@late_dataclass(frozen=True)
class Opened(Fixed):
    """SlFsOpenResponse_t. handle: or an error."""

    LAYOUT = struct.Struct("<iI")

    handle: int
    token: int = 0


@late_dataclass(frozen=True)
class CloseFile:
    """SlFsCloseCommand_t with the name of a certificate, padded, and a signature."""

    LAYOUT = struct.Struct("<III")

    handle: int
    certificate: str = ""
    signature: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        handle, name_length, signature_length = fields(cls.LAYOUT, body)
        rest = body[cls.LAYOUT.size :]
        name = text(take(rest, 0, name_length))
        return cls(handle, name, take(rest, name_length, signature_length))

    def emit(self) -> bytes:
        name = terminated(self.certificate) if self.certificate else b""
        head = self.LAYOUT.pack(self.handle, len(name), len(self.signature))
        return head + name + self.signature

    @property
    def aborts(self) -> bool:
        return self.signature == ABORT


@late_dataclass(frozen=True)
class ReadFile(Fixed):
    """SlFsReadCommand_t."""

    LAYOUT = struct.Struct("<IIH")

    handle: int
    offset: int
    length: int


@late_dataclass(frozen=True)
class FileData:
    """SlFsReadResponse_t and the data. status: its length, or an error."""

    LAYOUT = struct.Struct("<h2x")

    status: int
    data: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        (status,) = fields(cls.LAYOUT, body)
        return cls(status, take(body, cls.LAYOUT.size, max(0, status)))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.status) + self.data


@late_dataclass(frozen=True)
class WriteFile:
    """SlFsWriteCommand_t and the data."""

    LAYOUT = struct.Struct("<IIH2x")

    handle: int
    offset: int
    data: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        handle, offset, length = fields(cls.LAYOUT, body)
        return cls(handle, offset, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.handle, self.offset, len(self.data)) + self.data


@late_dataclass(frozen=True)
class FileName:
    """SlFsDeleteCommand_t, SlFsGetInfoCommand_t and the name."""

    LAYOUT = struct.Struct("<I")

    token: int
    name: str

    @classmethod
    def parse(cls, body: bytes) -> Self:
        (token,) = fields(cls.LAYOUT, body)
        return cls(token, text(body[cls.LAYOUT.size :]))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.token) + terminated(self.name)


INFO_BITS = (
    0x1000,
    0x0800,
    0x0020,
    0x0100,
    0x0040,
    0x0001,
    0x0002,
    0x0004,
    0x0008,
    0,
    0x0010,
    0x2000,
    0x0200,
    0x0400,
    0,
    0,
)
"""SL_FS_INFO_... by the bits that stand for them on the wire (source/fs.c, sl_FsGetInfo)."""


@late_dataclass(frozen=True)
class FileInfo:
    """SlFsGetInfoResponse_t. flags: SL_FS_INFO_..., which the host driver makes of `INFO_BITS`."""

    LAYOUT = struct.Struct("<hHII4III")

    status: int
    flags: int = 0
    length: int = 0
    allocated: int = 0
    tokens: tuple[int, ...] = (0, 0, 0, 0)
    storage_size: int = 0
    write_counter: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, bits, length, allocated, *rest = fields(cls.LAYOUT, body)
        flags = sum(flag for bit, flag in enumerate(INFO_BITS) if bits >> bit & 1)
        return cls(status, flags, length, allocated, tuple(rest[:4]), rest[4], rest[5])

    def emit(self) -> bytes:
        return self.LAYOUT.pack(
            self.status,
            sum(1 << bit for bit, flag in enumerate(INFO_BITS) if self.flags & flag),
            self.length,
            self.allocated,
            *self.tokens,
            self.storage_size,
            self.write_counter,
        )


@late_dataclass(frozen=True)
class ListFiles(Fixed):
    """SlFsGetFileListCommand_t. index: of the last file reported, -1 to begin."""

    LAYOUT = struct.Struct("<iBBBx")

    index: int
    count: int
    width: int
    flags: int


@late_dataclass(frozen=True)
class FileAttributes(Fixed):
    """SlFileAttributes_t."""

    LAYOUT = struct.Struct("<III")

    max_size: int
    properties: int
    blocks: int


@late_dataclass(frozen=True)
class FileList:
    """SlFsGetFileListResponse_t and entries, each as wide as the host asked for."""

    LAYOUT = struct.Struct("<iiI")

    count: int
    index: int = 0
    entries: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        count, index, length = fields(cls.LAYOUT, body)
        return cls(count, index, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.count, self.index, len(self.entries)) + self.entries


@late_dataclass(frozen=True)
class ControlFiles:
    """SlFsFileSysControlCommand_t, and what the operation needs.

    names: the file's name and, of renaming, its new one; they follow other data. buffer: all of it.
    """

    LAYOUT = struct.Struct("<IB3xII")

    token: int
    operation: int
    name_length: int
    length: int
    rest: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        token, operation, name_length, length = fields(cls.LAYOUT, body)
        return cls(token, operation, name_length, length, body[cls.LAYOUT.size :])

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(self.token, self.operation, self.name_length, self.length)
        return head + self.rest

    @property
    def data(self) -> bytes:
        """What the operation is given, where that comes first."""
        return take(self.rest, 0, self.length)

    def name(self, start: int = 0) -> str:
        """The file's name. Raises WireError where it isn't."""
        return text(take(self.rest, start, self.name_length))

    @property
    def new_name(self) -> str:
        """Of renaming."""
        return text(self.rest[self.name_length :])


@late_dataclass(frozen=True)
class Controlled:
    """SlFsFileSysControlResponse_t and data."""

    LAYOUT = struct.Struct("<iII")

    status: int
    token: int = 0
    data: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, token, length = fields(cls.LAYOUT, body)
        return cls(status, token, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.status, self.token, len(self.data)) + self.data


@late_dataclass(frozen=True)
class StorageInfo(Fixed):
    """SlFsControlGetStorageInfoResponse_t: blocks, then numbers of files, then alerts."""

    LAYOUT = struct.Struct("<7H2x3Bx3BxIIH2x")

    block_size: int
    capacity: int
    allocated: int
    reserved: int
    reserved_for_system: int
    largest_gap: int
    available: int
    max_files: int
    development: int
    bundle_state: int
    system_files_reserved: int
    user_files: int
    system_files: int
    alerts: int
    alert_threshold: int
    table_writes: int


@late_dataclass(frozen=True)
class RestoreOperation(Fixed):
    """SlFsRetToFactoryCommand_t."""

    LAYOUT = struct.Struct("<I")

    operation: int


@late_dataclass(frozen=True)
class ProgramResponse(Fixed):
    """SlFsProgramResponse_t."""

    LAYOUT = struct.Struct("<i")

    status: int


def text(data: bytes) -> str:
    return string(data).decode("latin-1")


def terminated(name: str) -> bytes:
    """A name with its zero byte, padded as the driver does."""
    data = name.encode("latin-1")
    return data + bytes(4 - len(data) % 4)
