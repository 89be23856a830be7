"""TLS credentials: the `PF` and `PG` commands. They are kept in flash and survive RESET."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.ism43362.messages.credentials import (
    SETS,
    CredentialKind,
    SelectCredentials,
    StoreCredential,
)
from renode_wifi.peripherals.ism43362.messages.reply import DONE, Reply
from renode_wifi.peripherals.ism43362.messages.request import BadRequest
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.transaction import Transaction
from renode_wifi.peripherals.network.worldfile.radio import Credential


@dataclass
class CredentialSet:
    """PEM texts; b"" where nothing was stored."""

    ca: bytes = b""
    certificate: bytes = b""
    key: bytes = b""

    def store(self, kind: CredentialKind, text: bytes) -> None:
        if kind is CredentialKind.CA:
            self.ca = text
        elif kind is CredentialKind.CERTIFICATE:
            self.certificate = text
        else:
            self.key = text


class Credentials:
    """The sets, and which one the next secure connection takes; neither is lost by RESET.

    ST's port selects set 3 before every secure connection, but pushes certificate and key only
    once after power-on.
    """

    def __init__(self, profile: ModuleProfile) -> None:
        self.profile = profile
        self.erase()

    @property
    def current(self) -> CredentialSet:
        return self._set(self.selected)

    @property
    def sets(self) -> list[CredentialSet]:
        return [self._set(number) for number in range(SETS)]

    def erase(self) -> None:
        self._sets = [CredentialSet() for _ in range(SETS)]
        # By number: sets that are made when they are asked for.
        self._provisioned: dict[int, Callable[[], Credential]] = {}
        self.selected = 0

    def select(self, transaction: Transaction, message: SelectCredentials) -> Reply:
        self.selected = message.number
        return DONE

    def store(self, transaction: Transaction, message: StoreCredential) -> Reply:
        if len(message.text) > self.profile.longest_credential:
            raise BadRequest("credential too long")
        # ST's port counts the NUL at the end of a C string.
        self._set(message.number).store(message.kind, message.text.rstrip(b"\0"))
        transaction.extra_time += self.profile.flash_time_us * MICROSECOND
        return DONE

    def provision(self, number: int, make: Callable[[], Credential]) -> None:
        """Load a set from outside, as a factory would."""
        if not 0 <= number < SETS:
            raise RenodeWifiError(
                f"the ISM43362 has no credential set {number}", cure=f"take one of 0 to {SETS - 1}"
            )
        self._provisioned[number] = make

    def _set(self, number: int) -> CredentialSet:
        if number in self._provisioned:
            made = self._provisioned.pop(number)()
            self._sets[number] = CredentialSet(
                made.ca or b"", made.certificate or b"", made.key or b""
            )
        return self._sets[number]

    HANDLERS = (
        Handler("PF", SelectCredentials, select),
        Handler("PG", StoreCredential, store),
    )
