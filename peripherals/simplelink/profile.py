"""What no source says for sure, and what differs from one network processor to another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.radio_model import RadioProfile

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

REVOKED = re.compile(r"((([0-9A-Fa-f]{2}:?){32})(,|$))*")
MAX_SOCKETS = 16
"""SL_MAX_SOCKETS: messages have one bit for each."""


@dataclass(frozen=True)
class NwpProfile(RadioProfile):
    """The defaults are a CC3220SF with a service pack of SDK 2.10. Times are virtual."""

    RADIO = "the network processor"
    OUI = "08:00:28"

    boot_time_us: int = 50_000
    """From power-on to InitComplete."""
    stop_time_us: int = 10_000
    command_time_us: int = 100
    """Before any command is answered."""
    flow_update_us: int = 300
    """After a send, before free buffers are reported by a message of their own."""
    event_time_us: int = 1_000
    """Between steps that the radio reports one after the other."""
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
    """Whether there is a catalogue of known roots: /sys/certstore.lst, and what follows."""
    known_roots: str = "dummy-root-ca-cert"
    """Further roots in the catalogue: their names, with commas between.

    The default is the root of TI's catalogue for development, the certificate playground.
    """
    revoked_certificates: str = ""
    """Further certificates that the catalogue says are revoked: SHA-256 digests in hexadecimal."""
    alert_threshold: int = 15
    """Security alerts that lock the file system."""
    factory_image: bool = True
    """Whether the programming image was made with a way back to it."""
    restore_time_ms: int = 8_000
    """Restoring it (CC3220 data sheet, SWAS035: typically 8 s)."""
    chip_id: int = 0x3100_0019
    mac: str = ""
    """`08:00:28:…`; empty: drawn from the world's seed within TI's 08:00:28."""
    maximum_tls: str = "TLSv1.2"
    ciphers: str = FAITHFUL_CIPHERS
    relaxed_tls: bool = False
    """Offer what the host's OpenSSL offers, whatever the cipher mask says."""
    unknown_command_status: int = -22

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.secure_sockets <= self.sockets <= MAX_SOCKETS:
            raise RenodeWifiError(
                f"sockets is {self.sockets}, secureSockets {self.secure_sockets}",
                cure=f"the host driver knows {MAX_SOCKETS} sockets, some of which are secure",
            )
        if not REVOKED.fullmatch(self.revoked_certificates):
            raise RenodeWifiError(
                f"revokedCertificates is {self.revoked_certificates}",
                cure="give SHA-256 digests of certificates (openssl x509 -fingerprint -sha256),"
                " with commas between",
            )
