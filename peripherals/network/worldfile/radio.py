"""What a world file says of the board's radio."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Annotated, Any

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.converter import INTERNAL, Many, Mapped, Model
from renode_wifi.peripherals.network.worldfile.files import (
    check_pair,
    read_certificates,
    read_credential,
    read_key,
)
from renode_wifi.peripherals.network.worldfile.rules import (
    Mistake,
    ValueRule,
    plain,
    text_of,
    whole,
    words,
)

WORLD = "world"
WORLD_FILES = {"world-ca": "ca", "world-certificate": "certificate", "world-key": "key"}
OWN_FILE = (
    "a file name, or `world` for the world's own throw-away one (in radio.files: world-ca, "
    "world-certificate, world-key)"
)


@late_dataclass(frozen=True)
class Own:
    """What the world's throw-away authority makes: "ca", "certificate" or "key"."""

    kind: str


def _or_own(kind: str, read: Any) -> ValueRule:
    def parse(raw: object) -> bytes | Own:
        if text_of(raw) == WORLD:
            return Own(kind)
        content: bytes = read(raw)
        return content

    return ValueRule(OWN_FILE, parse)


def _file(raw: object) -> bytes | Own:
    kind = WORLD_FILES.get(text_of(raw))
    return read_credential(raw) if kind is None else Own(kind)


@late_dataclass(frozen=True)
class CredentialSettings(Model):
    """One slot of the radio."""

    DESCRIPTION = "slot, and the files it holds"

    slot: Annotated[int, whole("a credential set, 0 to 3", 0, 3)]
    ca: Annotated[bytes | Own | None, _or_own("ca", read_certificates)] = None
    certificate: Annotated[bytes | Own | None, _or_own("certificate", read_certificates)] = None
    key: Annotated[bytes | Own | None, _or_own("key", read_key)] = None

    def check(self) -> Iterator[Mistake]:
        certificate, key = self.certificate, self.key
        concerns = ["certificate", "key"]
        if isinstance(certificate, Own) != isinstance(key, Own):
            yield Mistake(
                "certificate and key must both be `world`",
                "write `world` for both",
                concerns=concerns,
            )
        elif isinstance(certificate, bytes) and isinstance(key, bytes):
            yield from check_pair(key, certificate)


@late_dataclass(frozen=True)
class Credential:
    """What a credential slot of the radio holds; PEM."""

    ca: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = None


def _options(raw: object) -> dict[str, Any]:
    value = plain(raw)
    if not isinstance(value, dict):
        raise ValueError
    return value


@late_dataclass(frozen=True)
class RadioSettings(Model):
    """What a world file says to the radio model."""

    DESCRIPTION = "settings of the board's radio"

    tls: Annotated[
        str,
        words(
            "faithful (what the silicon offers) or relaxed (what today's servers want)",
            "faithful",
            "relaxed",
        ),
    ] = "faithful"
    """"faithful": versions and ciphers of the silicon; "relaxed": those of the host's OpenSSL."""
    credentials: Annotated[
        tuple[CredentialSettings, ...], Many("what the ISM43362's credential slots hold")
    ] = ()
    files: Annotated[
        dict[str, Annotated[bytes | Own, ValueRule(OWN_FILE, _file)]],
        Mapped("files in the CC3220SF network processor's file system, by their names there"),
    ] = field(default_factory=dict)
    options: Annotated[
        dict[str, object],
        ValueRule("further settings of the radio model, see its documentation", _options),
    ] = field(default_factory=dict)
    """Attributes of the model of the board's radio."""
    where: str = field(default="", metadata=INTERNAL)
    """Place of the options in the file."""

    def check(self) -> Iterator[Mistake]:
        slots = [credential.slot for credential in self.credentials]
        for index, slot in enumerate(slots):
            if slot in slots[:index]:
                yield Mistake(
                    "this slot is filled twice",
                    "keep one",
                    path=("credentials", index, "slot"),
                    concerns=["credentials"],
                )

    def for_model(self, relaxed: Mapping[str, object]) -> dict[str, object]:
        """Attributes for the radio's model. relaxed: those that `tls: relaxed` stands for."""
        return {**(relaxed if self.tls == "relaxed" else {}), **self.options}
