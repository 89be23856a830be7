"""What no source tells for sure, and what differs from one network processor to another."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any

from renode_wifi.peripherals.base.errors import RenodeWifiError

FAITHFUL_CIPHERS = (
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-CHACHA20-POLY1305:DHE-RSA-CHACHA20-POLY1305:"
    "AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA"
)


@dataclass(frozen=True)
class NwpProfile:
    """The defaults are a CC3220SF with a service pack of SDK 2.10. Times are virtual."""

    boot_time_us: int = 50_000
    """From power-on to InitComplete."""
    stop_time_us: int = 10_000
    command_time_us: int = 100
    """Before any command is answered."""
    connect_timeout_ms: int = 20_000
    handshake_timeout_ms: int = 20_000
    tx_pool: int = 20
    """Transmit buffers."""
    minimum_payload: int = 1460
    """Bytes that one transmit buffer holds."""
    sockets: int = 16
    secure_sockets: int = 6
    profiles: int = 7
    chip_id: int = 0x3100_0019
    mac: str = ""
    """`08:00:28:…`; empty: drawn from the world's seed within TI's 08:00:28."""
    maximum_tls: str = "TLSv1.2"
    ciphers: str = FAITHFUL_CIPHERS
    unknown_command_status: int = -2014

    def __post_init__(self) -> None:
        if self.mac and re.fullmatch(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}", self.mac) is None:
            raise RenodeWifiError(f"mac is {self.mac!r}", cure="write it as 08:00:28:00:00:01")

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
                    cure=f"it has {', '.join(sorted(fields))}",
                )
            kind = type(fields[key].default)
            if type(value) is not kind:
                raise RenodeWifiError(
                    f"{name} is {value!r}", cure=f"give it a value of type {kind.__name__}"
                )
            values[key] = value
        return cls(**values)
