"""Reading and writing an open file, and closing it (fs.h, sl_FsRead, sl_FsWrite, sl_FsClose)."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.faults import FaultKind
from renode_wifi.peripherals.simplelink.files.store import SECURE
from renode_wifi.peripherals.simplelink.files.volume import (
    NO_SIGNATURE,
    OpenFile,
    Volume,
    unless_blocked,
)
from renode_wifi.peripherals.simplelink.messages.basic import BasicResponse
from renode_wifi.peripherals.simplelink.messages.files import (
    CloseFile,
    FileData,
    ReadFile,
    WriteFile,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction

MAX_CHUNK = 1456
"""Bytes of one read or write command (source/fs.c, MAX_NVMEM_CHUNK_SIZE)."""

SIGNED_BY_TI = ("/sys/servicepack.ucf", "/sys/certstore.lst")
"""Files whose signature names no certificate: the key is TI's, in ROM (SWRU455M, "Service Pack",
"Trusted Root-Certificate Catalog")."""
TI_SIGNATURE = 256
"""Bytes of it."""


class Contents:
    """Answers FILE_READ, FILE_WRITE and FILE_CLOSE."""

    def __init__(self, services: Services, volume: Volume) -> None:
        self.services = services
        self.volume = volume

    @unless_blocked(FileData)
    def read(self, transaction: Transaction, message: ReadFile) -> FileData | None:
        file = self.volume.open.get(message.handle)
        if file is None:
            return FileData(Error.FS_HANDLE)
        if file.writing:
            return FileData(Error.FS_ACCESS)
        content, offset = self.volume.files[file.name].content or b"", message.offset
        if offset >= len(content):
            return FileData(Error.FS_OFFSET)
        data = content[offset : offset + min(message.length, MAX_CHUNK)]
        return FileData(len(data), data)

    @unless_blocked(BasicResponse)
    def write(self, transaction: Transaction, message: WriteFile) -> BasicResponse | None:
        data, offset = message.data, message.offset
        file = self.volume.open.get(message.handle)
        if file is None:
            return BasicResponse(Error.FS_HANDLE)
        if not file.writing:
            return BasicResponse(Error.FS_ACCESS)
        if offset + len(data) > self.volume.limit(self.volume.files[file.name]):
            return BasicResponse(Error.FS_TOO_BIG)
        if self.services.faults.spoils(FaultKind.WRITE_FAILS, "FILE_WRITE"):
            file.broken = True
            return BasicResponse(Error.FS_WRITE_FAILED)
        image = file.image
        if len(image) < offset:
            image += b"\xff" * (offset - len(image))
        image[offset : offset + len(data)] = data
        return BasicResponse(len(data))

    @unless_blocked(BasicResponse)
    def close(self, transaction: Transaction, message: CloseFile) -> BasicResponse | None:
        """Close a file or give it up; one whose closing fails stays open until it is given up.

        So TI's OTA library does it (OtaArchive.c): it aborts by the handle that it could not close.
        """
        volume, handle = self.volume, message.handle
        file = volume.open.get(handle)
        if file is None:
            return BasicResponse(Error.FS_HANDLE)
        if file.writing and message.aborts:
            volume.abort(handle)
            self._respond_later(transaction, BasicResponse())
            return None
        status = self._keep(file, message) if file.writing else 0
        if status == 0:
            del volume.open[handle]
        volume.trace("close", file.name, status=status)
        if not file.writing:
            return BasicResponse(status)
        self._respond_later(transaction, BasicResponse(status))
        return None

    def _respond_later(self, transaction: Transaction, response: BasicResponse) -> None:
        """When the flash has done its work."""
        delay = self.services.profile.file_time_us * MICROSECOND
        self.services.host.after(delay, partial(transaction.respond, response))

    def _keep(self, file: OpenFile, message: CloseFile) -> int:
        """The written image becomes the file's content, at once or when it is committed."""
        volume = self.volume
        stored = volume.files[file.name]
        if file.broken:
            return Error.FS_WRITE_FAILED
        image = bytes(file.image)
        if stored.flags & SECURE and not stored.flags & NO_SIGNATURE:
            error = self._check_signature(file.name, message, image)
            if error:
                return error
        stored.written(image)
        volume.table_writes += 1
        volume.store.changed(file.name)
        return 0

    def _check_signature(self, file: str, message: CloseFile, image: bytes) -> int:
        from renode_wifi.peripherals.simplelink.files.signature import check_signature

        surroundings = self.volume.services.surroundings
        if file.lower() in SIGNED_BY_TI and not message.certificate:
            if len(message.signature) != TI_SIGNATURE:
                return Error.FS_SIGNATURE_LENGTH
            surroundings.log.info(
                "%s: TI's signature of %s is not checked", surroundings.name, file
            )
            return 0

        def explain(why: str) -> None:
            surroundings.log.warning("%s: %s is not closed: %s", surroundings.name, file, why)

        signer, catalogue = message.certificate, self.volume.catalogue
        error = check_signature(
            self.volume.files, catalogue, signer, message.signature, image, explain
        )
        if error == Error.FS_WRONG_SIGNATURE:
            self.volume.alert(file, f"wrong signature by {signer}")
        elif error == Error.FS_REVOKED:
            self.volume.alert(file, f"a revoked certificate above {signer}")
        elif error == Error.FS_CERTIFICATE_CHAIN:
            self.volume.alert(file, f"broken chain of certificates above {signer}")
        return error

    HANDLERS = (
        Handler(Opcode.FILE_READ, ReadFile, read),
        Handler(Opcode.FILE_WRITE, WriteFile, write),
        Handler(Opcode.FILE_CLOSE, CloseFile, close),
    )
