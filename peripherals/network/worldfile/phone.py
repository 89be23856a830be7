"""A phone that gives devices the profile of a network, as a world file says it."""

from dataclasses import dataclass
from typing import Annotated

from renode_wifi.peripherals.network.worldfile.rules import text
from renode_wifi.peripherals.network.worldfile.structure import Model
from renode_wifi.peripherals.network.worldfile.values import Duration, Text


def _short(written: str) -> str:
    if not 1 <= len(written.encode()) <= 32:
        raise ValueError
    return written


@dataclass(frozen=True)
class PhoneSettings(Model):
    DESCRIPTION = "a phone with the ssid, and mostly the passphrase, that it gives to devices"

    ssid: Annotated[str, text("1 to 32 bytes", _short)]
    passphrase: Text = ""
    finds: Text = "mysimplelink*"
    """Pattern of the SSIDs that devices open for it."""
    device_passphrase: Text = ""
    """Of the device's own access point."""
    after: Duration = 2_000_000_000
