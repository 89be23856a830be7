"""What phones do for a board, as a world file says it: a profile, the message of an NFC tag."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.converter import Model
from renode_wifi.peripherals.network.worldfile.rules import Mistake, text
from renode_wifi.peripherals.network.worldfile.values import Duration, Text


def _short(written: str) -> str:
    if not 1 <= len(written.encode()) <= 32:
        raise ValueError
    return written


@late_dataclass(frozen=True)
class PhoneSettings(Model):
    DESCRIPTION = "a phone with the ssid, and mostly the passphrase, that it gives to devices"

    ssid: Annotated[str, text("1 to 32 bytes", _short)]
    passphrase: Text = ""
    finds: Text = "mysimplelink*"
    """Pattern of the SSIDs that devices open for it."""
    device_passphrase: Text = ""
    """Of the device's own access point."""
    after: Duration = 2_000_000_000


MAX_TAG_TEXT = 4096


def _message(written: str) -> str:
    if not 1 <= len(written.encode()) <= MAX_TAG_TEXT:
        raise ValueError
    return written


TagText = Annotated[str, text(f"1 to {MAX_TAG_TEXT} bytes", _message)]

Language = Annotated[str, text("a language such as en")]


@late_dataclass(frozen=True)
class TagSettings(Model):
    DESCRIPTION = "what a phone has written into the NFC tag: a uri, or a text with its language"

    uri: TagText | None = None
    text: TagText | None = None
    language: Language = "en"

    @classmethod
    def check_keys(cls, written: Mapping[str, object]) -> Iterator[Mistake]:
        if ("uri" in written) == ("text" in written):
            yield Mistake("a tag holds one message", "write either uri or text")
