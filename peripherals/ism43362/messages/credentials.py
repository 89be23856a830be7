"""`PF` and `PG`: sets of TLS credentials."""

from __future__ import annotations

from enum import IntEnum
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.argument import fields, line, number, taken

SETS = 4


class CredentialKind(IntEnum):
    """Second field of `PG`."""

    CA = 0
    CERTIFICATE = 1
    KEY = 2


@late_dataclass(frozen=True)
class SelectCredentials:
    """`PF=<function>,<set>`. function: 0 TLS, 1 AWS."""

    function: int
    number: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        (function, selected), _ = fields(data, 2)
        return cls(number(function, 1), number(selected, SETS - 1))

    def emit(self) -> bytes:
        return line(self.function, self.number)


@late_dataclass(frozen=True)
class StoreCredential:
    """`PG=<set>,<kind>,<length>`, carriage return, PEM text."""

    number: int
    kind: CredentialKind
    text: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        (selected, kind, length), payload = fields(data, 3)
        return cls(
            number(selected, SETS - 1),
            CredentialKind(number(kind, max(CredentialKind))),
            taken(payload, number(length, 0xFFFF)),
        )

    def emit(self) -> bytes:
        return b"=%d,%d,%04d\r" % (self.number, self.kind, len(self.text)) + self.text
