"""The utility silo: get, set, and run of its options (netutil.h)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields, pad, string, take


@late_dataclass(frozen=True)
class UtilGet(Fixed):
    """SlNetUtilSetGet_t of a get or set command."""

    LAYOUT = struct.Struct("<I2xHH")

    object_id: int
    option: int
    length: int


@late_dataclass(frozen=True)
class UtilValue:
    """The same in a response, with the value."""

    LAYOUT = struct.Struct("<IhHH2x")

    object_id: int
    status: int
    option: int
    value: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        object_id, status, option, length = fields(cls.LAYOUT, body)
        return cls(object_id, status, option, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(self.object_id, self.status, self.option, len(self.value))
        return head + self.value


@late_dataclass(frozen=True)
class UtilCommand:
    """SlNetUtilCmd_t, the attributes and the input of a command."""

    LAYOUT = struct.Struct("<HHHH")

    command: int
    attributes: bytes
    value: bytes
    output: int
    """Bytes that the host has room for."""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        command, attributes, value, output = fields(cls.LAYOUT, body)
        first = cls.LAYOUT.size
        second = first + len(pad(bytes(attributes)))
        return cls(command, take(body, first, attributes), take(body, second, value), output)

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(self.command, len(self.attributes), len(self.value), self.output)
        return head + pad(self.attributes) + pad(self.value)


@late_dataclass(frozen=True)
class UtilResult:
    """SlNetUtilCmdRsp_t of the event that ends a command, and the output."""

    LAYOUT = struct.Struct("<IhHH2x")

    object_id: int
    status: int
    command: int
    value: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        object_id, status, command, length = fields(cls.LAYOUT, body)
        return cls(object_id, status, command, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(self.object_id, self.status, self.command, len(self.value))
        return head + pad(self.value)


@late_dataclass(frozen=True)
class KeyManagement(Fixed):
    """SlNetUtilCryptoCmdKeyMgnt_t."""

    LAYOUT = struct.Struct("<IIH2x")

    index: int
    flags: int
    operation: int


@late_dataclass(frozen=True)
class Signing(Fixed):
    """SlNetUtilCryptoCmdSignAttrib_t."""

    LAYOUT = struct.Struct("<III")

    index: int
    kind: int
    flags: int


@late_dataclass(frozen=True)
class Verification(Fixed):
    """SlNetUtilCryptoCmdVerifyAttrib_t."""

    LAYOUT = struct.Struct("<IIIHH")

    index: int
    kind: int
    flags: int
    message: int
    signature: int


@late_dataclass(frozen=True)
class KeyFiles:
    """SlNetUtilCryptoPubKeyInfo_t and the names of files behind it, each with its zero byte."""

    LAYOUT = struct.Struct("<BBB3xBB")

    algorithm: int
    curve_type: int
    curve: int
    key: bytes
    certificate: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        algorithm, curve_type, curve, key, certificate = fields(cls.LAYOUT, body)
        first = cls.LAYOUT.size
        return cls(
            algorithm,
            curve_type,
            curve,
            string(take(body, first + certificate, key)),
            string(take(body, first, certificate)),
        )

    def emit(self) -> bytes:
        key, certificate = (name + b"\0" if name else b"" for name in (self.key, self.certificate))
        lengths = len(key), len(certificate)
        head = self.LAYOUT.pack(self.algorithm, self.curve_type, self.curve, *lengths)
        return head + certificate + key


@late_dataclass(frozen=True)
class SignatureVerdict(Fixed):
    """What a verification answers: 0, or an error."""

    LAYOUT = struct.Struct("<i")

    status: int
