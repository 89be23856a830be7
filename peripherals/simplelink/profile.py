"""What no source tells for sure, and what differs from one network processor to another."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any

from renode_wifi.peripherals.base.errors import RenodeWifiError

FAITHFUL_CIPHERS = ":".join(
    (
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "DHE-RSA-AES256-GCM-SHA384",
        "DHE-RSA-AES128-GCM-SHA256",
        "DHE-RSA-CHACHA20-POLY1305",
        "AES256-GCM-SHA384",
        "AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-SHA256",
        "ECDHE-ECDSA-AES128-SHA256",
        "AES256-SHA256",
        "AES128-SHA256",
        "ECDHE-RSA-AES256-SHA",
        "ECDHE-ECDSA-AES256-SHA",
        "ECDHE-ECDSA-AES128-SHA",
        "DHE-RSA-AES256-SHA",
        "AES256-SHA",
    )
)
"""What SL_SEC_MASK_SECURE_DEFAULT has, without RC4, best first (OpenSSL's names)."""

MOST_SOCKETS = 16
"""SL_MAX_SOCKETS: messages have one bit for each."""


@dataclass(frozen=True)
class NwpProfile:
    """The defaults are a CC3220SF with a service pack of SDK 2.10. Times are virtual."""

    boot_time_us: int = 50_000
    """From power-on to InitComplete."""
    stop_time_us: int = 10_000
    command_time_us: int = 100
    """Before any command is answered."""
    flow_update_us: int = 300
    """After a send, before the host is told of free buffers by a message of its own."""
    event_time_us: int = 1_000
    """Between steps that the radio tells of one after the other."""
    retry_time_ms: int = 5_000
    """Between two searches for an access point that isn't there."""
    file_time_us: int = 2_000
    """Opening a file for writing, closing, deleting: the serial flash erases and programs."""
    close_timeout_ms: int = 10_000
    """For data that a closed socket still has to send."""
    connect_timeout_ms: int = 20_000
    handshake_timeout_ms: int = 20_000
    tx_pool: int = 20
    """Transmit buffers."""
    minimum_payload: int = 1460
    """Bytes that one transmit buffer holds."""
    sockets: int = 16
    secure_sockets: int = 6
    profiles: int = 7
    storage_blocks: int = 1024
    """Blocks of 4096 bytes of the serial flash: the board has 4 MB."""
    user_files: int = 240
    open_files: int = 10
    file_folder: str = ""
    """A folder of the host that keeps the files from one run to the next; empty: in memory."""
    certificate_store: bool = True
    """Whether TI's catalogue of known roots is in place; a world's own roots aren't in it."""
    chip_id: int = 0x3100_0019
    mac: str = ""
    """`08:00:28:…`; empty: drawn from the world's seed within TI's 08:00:28."""
    maximum_tls: str = "TLSv1.2"
    ciphers: str = FAITHFUL_CIPHERS
    relaxed_tls: bool = False
    """Offer what the host's OpenSSL offers, whatever the cipher mask says."""
    unknown_command_status: int = -22

    def __post_init__(self) -> None:
        if self.mac and re.fullmatch(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}", self.mac) is None:
            raise RenodeWifiError(f"mac is {self.mac!r}", cure="write it as 08:00:28:00:00:01")
        if not 0 <= self.secure_sockets <= self.sockets <= MOST_SOCKETS:
            raise RenodeWifiError(
                f"sockets is {self.sockets}, secureSockets {self.secure_sockets}",
                cure=f"the host driver knows {MOST_SOCKETS} sockets, some of which are secure",
            )

    @classmethod
    def from_attributes(cls, attributes: dict[str, Any]) -> NwpProfile:
        """The profile with the attributes of a description or a world file applied."""
        fields = {field.name: field for field in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for name, value in attributes.items():
            key = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
            if key not in fields:
                raise RenodeWifiError(
                    f"the network processor has no attribute {name!r}",
                    cure=f"it has {', '.join(sorted(map(_as_written, fields)))}",
                )
            kind = type(fields[key].default)
            if type(value) is not kind:
                raise RenodeWifiError(
                    f"{name} is {value!r}", cure=f"give it a value of type {kind.__name__}"
                )
            values[key] = value
        return cls(**values)


def _as_written(field: str) -> str:
    """A field's name as descriptions and world files have it."""
    return re.sub("_([a-z])", lambda match: match[1].upper(), field)
