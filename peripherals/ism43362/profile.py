"""What differs from module to module, and what no source says for sure. Times are virtual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.ism43362.firmware import quirks_of
from renode_wifi.peripherals.ism43362.messages.reply import Style
from renode_wifi.peripherals.ism43362.timing import TIMINGS
from renode_wifi.peripherals.network.radio_model import RadioProfile


@dataclass(frozen=True)
class ModuleProfile(RadioProfile):
    """The defaults are an ISM43362-M3G-L44 with the firmware of the B-L475E-IOT01A."""

    RADIO = "the ISM43362"
    OUI = "C4:7F:51"

    product: str = "ISM43362-M3G-L44-SPI"
    firmware: str = "C3.5.2.5.STM"
    """Decides the quirks (`firmware.py`), unless they are given."""
    api: str = "v3.5.2"
    stack: str = "v1.4.0.rc1"
    rtos: str = "v8.2.1"
    clock_hz: int = 120_000_000
    product_name: str = "Inventek eS-WiFi"
    mac: str = ""
    """`C4:7F:51:…`; empty: drawn from the world's seed within Inventek's C4:7F:51."""

    boot_time_us: int = 200_000
    """From RESET rising to the cursor; ST's drivers look 500 ms after it."""
    command_time_us: int = 200
    """RDY low of a command that waits for nothing. Arm's driver polls it every 32 µs."""
    write_byte_time_ns: int = 2_000
    """Added for each byte of S3. Arm measured 347 KB/s up on this board (CMSIS-Driver, ISM43362
    test report): 4.2 ms for P0 and S3 with 1460 bytes, 0.9 ms of it on the 16 MHz wire."""
    read_byte_time_ns: int = 3_600
    """Added for each byte of R0; 222 KB/s down by the same report: 6.6 ms for P0 and R0."""
    flash_time_us: int = 20_000
    """Added for a command that stores something for good."""
    scan_time_us: int = 2_000_000
    timing: str = "optimistic"
    """Decides the four times below (`timing.py`), unless they are given."""
    join_time_ms: int = 0
    dns_time_ms: int = 0
    connect_time_ms: int = 0
    handshake_time_ms: int = 0
    ping_timeout_ms: int = 1_000
    handshake_timeout_ms: int = 20_000
    """A TLS handshake that takes longer has failed; the drivers give up after 30 s."""
    connect_timeout_ms: int = 20_000

    longest_ssid: int = 32
    longest_passphrase: int = 64
    longest_read: int = 1460
    longest_write: int = 1460
    longest_credential: int = 4096

    closed_reply: bytes = b"\r\n-1\r\nERROR\r\n> "
    """R0 and S3 on a connection that is gone or was never there."""
    error_text: bool = True
    """The reason follows ERROR."""
    scan_separator: bytes = b"\r\n> "
    """Ends each line but the last of a scan with F0=2."""
    scan_reply_limit: int = 1390
    """Longest reply to F0; ST's driver resets a module that answers 1400 bytes."""
    extra_line_before_ok: bool = False
    """Firmware C6.2.1.8 puts one more empty line before OK."""
    unmodelled_succeed: bool = False
    """Commands that a driver lists but whose effect is unknown: an empty success, or an error."""
    messages_in_reads: bool = False
    """Put pending messages ahead of the data of R0."""

    unanswered_a0: bool = True
    """A0 starts the access point and is never answered on SPI; AD is."""
    broken_wep128: bool = True
    """No network is joined with a WEP key of 13 characters or 26 digits."""
    broken_udp_server: bool = True
    """P5=1 with P1=1 is answered, but no datagram reaches the host."""
    refused_restart: bool = True
    """P6=1 fails on a socket whose client is already started."""
    udp_port_from_p4: bool = True
    """A UDP client sends from the port that P4 has at P6=1, and P2 isn't heeded."""
    unknown_dns_servers: bool = False
    """C? has 255.255.255.255 for both DNS servers."""

    default_verification: int = 0
    """P9 before the host sets it; Zephyr's driver never does."""
    verify_without_certificate: bool = True
    """P9=1 verifies the server but presents no certificate; False: P9=1 is like P9=0."""
    server_name: str = "none"
    """TLS server name indication: `none`, or `last-dns` (the name that D0 last resolved to P3)."""
    minimum_tls: str = "TLSv1.2"
    maximum_tls: str = "TLSv1.2"
    ciphers: str = "DEFAULT"
    certificate_time: int = 0
    """Unix time at which certificates are judged; 0: their dates are not looked at, as the module
    knows no time."""

    refuse_unusual_addresses: bool = False
    """Seen by Arm: connect fails for an octet 255 or a first or last octet 0."""
    refusal_is_timeout: bool = False
    """Seen by Arm: connecting to a closed port ends as a time-out."""

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, object]) -> Self:
        quirks = quirks_of(str(attributes.get("firmware", cls.firmware)))
        times = TIMINGS.get(str(attributes.get("timing", cls.timing)), {})
        return super().from_attributes({**quirks, **times, **attributes})

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.timing not in TIMINGS:
            raise RenodeWifiError(f"timing is {self.timing!r}", cure=f"use {' or '.join(TIMINGS)}")
        if self.server_name not in ("none", "last-dns"):
            raise RenodeWifiError(
                f"server_name is {self.server_name!r}", cure="use none or last-dns"
            )

    @property
    def style(self) -> Style:
        return Style(
            self.error_text, self.extra_line_before_ok, self.closed_reply, self.scan_separator
        )
