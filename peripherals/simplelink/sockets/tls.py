"""TLS of secure sockets: what their options ask for, and what the outcome is called."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address

from renode_wifi.peripherals.network.tls.settings import TlsProblem, TlsSettings, TlsVerdict
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.messages.sockets import ConnectionParameters
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.sockets import options
from renode_wifi.peripherals.simplelink.sockets.options import Options

CIPHERS = (
    "RC4-SHA",
    "RC4-MD5",
    "AES256-SHA",
    "DHE-RSA-AES256-SHA",
    "ECDHE-RSA-AES256-SHA",
    "ECDHE-RSA-RC4-SHA",
    "AES128-SHA256",
    "AES256-SHA256",
    "ECDHE-RSA-AES128-SHA256",
    "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-ECDSA-AES256-SHA",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
    "DHE-RSA-AES128-GCM-SHA256",
    "DHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "DHE-RSA-CHACHA20-POLY1305",
)
"""OpenSSL's names by the bits of SL_SO_SECURE_MASK (sl_socket.h). It has no RC4 any more."""
DEFAULT_MASK = (1 << len(CIPHERS)) - 1

METHODS = {
    0: ("TLSv1", "TLSv1"),
    1: ("TLSv1", "TLSv1"),
    2: ("TLSv1.1", "TLSv1.1"),
    3: ("TLSv1.2", "TLSv1.2"),
    4: ("TLSv1", "TLSv1.2"),
    5: ("TLSv1.2", "TLSv1.2"),
}
"""Lowest and highest version by SL_SO_SECMETHOD; SSL 3.0 and DTLS have no implementation here."""
VERSION_NUMBERS = {"TLSv1": 1, "TLSv1.1": 2, "TLSv1.2": 3, "TLSv1.3": 4}

PROTOCOLS = ("http/1.1", "h2", "h2c", "h2-14", "h2-16")
"""By the bits of SL_SO_SECURE_ALPN."""

PROBLEMS = {
    TlsProblem.UNKNOWN_ROOT: Error.TLS_NO_SIGNER,
    TlsProblem.EXPIRED: Error.TLS_DATE,
    TlsProblem.NOT_YET_VALID: Error.TLS_DATE,
    TlsProblem.NAME_MISMATCH: Error.TLS_NAME_MISMATCH,
    TlsProblem.BAD_CERTIFICATE: Error.TLS_VERIFY_CERTIFICATE,
    TlsProblem.NO_COMMON_CIPHER: Error.TLS_HANDSHAKE_FAILURE,
    TlsProblem.PEER_ALERT: Error.TLS_HANDSHAKE_FAILURE,
    TlsProblem.PEER_CLOSED: Error.TLS_CLOSED,
    TlsProblem.PROTOCOL: Error.TLS_GENERAL,
    TlsProblem.BAD_CREDENTIAL: Error.TLS_GENERAL,
}
CREDENTIALS = {
    "ca": Error.TLS_BAD_CA_FILE,
    "certificate": Error.TLS_BAD_CERTIFICATE_FILE,
    "key": Error.TLS_BAD_KEY_FILE,
}


def settings_of(
    wanted: Options, files: FileSystem, profile: NwpProfile, server: bool = False
) -> TlsSettings | int:
    """What a handshake is to be made with, or the error that keeps it from starting."""
    credentials: dict[int, bytes | None] = {}
    for option, missing in (
        (options.CA_FILE, Error.TLS_NO_CA_FILE),
        (options.CERTIFICATE_FILE, Error.TLS_BAD_CERTIFICATE_FILE),
        (options.KEY_FILE, Error.TLS_BAD_KEY_FILE),
        (options.PEER_FILE, Error.TLS_BAD_DH_FILE),
    ):
        name = wanted.text(option)
        content = files.content(name) if name else None
        if name and not content:
            return missing
        credentials[option] = content
    if credentials[options.CERTIFICATE_FILE] and not credentials[options.KEY_FILE]:
        return Error.TLS_BAD_KEY_FILE
    if credentials[options.KEY_FILE] and not credentials[options.CERTIFICATE_FILE]:
        return Error.TLS_BAD_CERTIFICATE_FILE
    if server and not credentials[options.CERTIFICATE_FILE]:
        return Error.TLS_BAD_CERTIFICATE_FILE
    ciphers = cipher_list(wanted, profile)
    if not ciphers:
        return Error.TLS_UNSUPPORTED_SUITE
    lowest, highest = METHODS[_method(wanted)]
    if profile.relaxed_tls:
        highest = profile.maximum_tls
    ca = credentials[options.CA_FILE]
    name = wanted.text(options.DOMAIN_NAME)
    return TlsSettings(
        ca=ca,
        certificate=credentials[options.CERTIFICATE_FILE],
        key=credentials[options.KEY_FILE],
        server_name=name or None,
        check_name=bool(name) and not _is_address(name),
        verify=ca is not None,
        minimum_version=lowest,
        maximum_version=highest,
        ciphers=ciphers,
        alpn=protocols(wanted),
        when=None,
        server=server,
    )


def _method(wanted: Options) -> int:
    value = wanted.values.get((options.LEVEL_SOCKET, options.METHOD))
    return options.DEFAULT_METHOD if value is None else value[0]


def _is_address(name: str) -> bool:
    try:
        IPv4Address(name)
    except AddressValueError:
        return False
    return True


def cipher_list(wanted: Options, profile: NwpProfile) -> str:
    """An OpenSSL cipher list by the mask, in the silicon's order; empty: none that is offered."""
    if profile.relaxed_tls:
        return "DEFAULT"
    mask = wanted.number(options.CIPHER_MASK)
    mask = DEFAULT_MASK if mask is None else mask
    offered = profile.ciphers.split(":")
    asked = [name for bit, name in enumerate(CIPHERS) if mask >> bit & 1]
    chosen = [name for name in offered if name in asked]
    return ":".join(chosen)


def protocols(wanted: Options) -> tuple[str, ...]:
    """Names for ALPN."""
    mask = wanted.number(options.ALPN) or 0
    names = [name for bit, name in enumerate(PROTOCOLS) if mask >> bit & 1]
    general = wanted.text(options.ALPN_GENERAL)
    if general and general.isascii():
        names.append(general)
    return tuple(names)


def protocol_bit(name: str) -> int:
    """The bit of SL_SO_SECURE_ALPN for a name; 0 for others."""
    return 1 << PROTOCOLS.index(name) if name in PROTOCOLS else 0


def error_of(verdict: TlsVerdict) -> int:
    """The return value for a handshake that failed; 0 for one that did not."""
    problem = verdict.problem
    if problem is None:
        return 0
    if problem is TlsProblem.BAD_CREDENTIAL:
        return CREDENTIALS.get(verdict.credential, Error.TLS_GENERAL)
    if problem is TlsProblem.PEER_ALERT and verdict.alert is not None:
        return Error.TLS_ALERT - verdict.alert
    return PROBLEMS[problem]


def connection_parameters(
    verdict: TlsVerdict, validated: bool, protocol: int
) -> ConnectionParameters:
    version = VERSION_NUMBERS.get(verdict.version, 0)
    cipher = 1 << CIPHERS.index(verdict.cipher) if verdict.cipher in CIPHERS else 0
    return ConnectionParameters(version, cipher, validated, protocol)
