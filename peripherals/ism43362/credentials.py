"""TLS credentials: the `PF` and `PG` commands. They are kept in flash and survive RESET."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.ism43362 import at
from renode_wifi.peripherals.ism43362.at import BadRequest, Request

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

SETS = 4
KINDS = ("ca", "certificate", "key")


@dataclass
class CredentialSet:
    """PEM texts; b"" where nothing was stored."""

    ca: bytes = b""
    certificate: bytes = b""
    key: bytes = b""


class Credentials:
    """The sets, and which one the next secure connection takes."""

    COMMANDS = {"PF": "select", "PG": "store"}

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.sets = [CredentialSet() for _ in range(SETS)]
        self.selected = 0

    @property
    def current(self) -> CredentialSet:
        return self.sets[self.selected]

    def reset(self) -> None:
        """Nothing: neither the sets nor the selection are lost.

        ST's port selects set 3 before every secure connection, but pushes certificate and key
        only once after power-on.
        """

    def erase(self) -> None:
        self.sets = [CredentialSet() for _ in range(SETS)]
        self.selected = 0

    def select(self, transaction: Transaction) -> bytes:
        function, number = transaction.request.fields(2)
        at.number(function, 1)
        self.selected = at.number(number, SETS - 1)
        return self.processor.ok()

    def store(self, transaction: Transaction) -> bytes:
        processor, request = self.processor, transaction.request
        number, kind, length = _store_header(request)
        if length > processor.profile.longest_credential:
            raise BadRequest("credential too long")
        # ST's port counts the NUL at the end of a C string.
        text = request.payload(length).rstrip(b"\0")
        setattr(self.sets[number], KINDS[kind], text)
        processor.flash_time(transaction)
        return processor.ok()

    def provision(self, number: int, credentials: CredentialSet) -> None:
        """Load a set from outside, as a factory would."""
        if not 0 <= number < SETS:
            raise RenodeWifiError(
                f"the ISM43362 has no credential set {number}", cure=f"take one of 0 to {SETS - 1}"
            )
        self.sets[number] = credentials


def _store_header(request: Request) -> tuple[int, int, int]:
    number, kind, length = request.fields(3)
    return (
        at.number(number, SETS - 1),
        at.number(kind, len(KINDS) - 1),
        at.number(length, 0xFFFF),
    )
