"""The types of values that world files have: durations, addresses, names."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Annotated

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.names import normalise
from renode_wifi.peripherals.network.worldfile.rules import (
    ValueRule,
    real,
    text,
    text_of,
    truth,
    whole,
    words,
)
from renode_wifi.peripherals.network.worldfile.units import duration

HostEndpoint = tuple[str, int]
Endpoint = tuple[IPv4Address, int]


def is_network(written: str) -> bool:
    try:
        IPv4Network(written)
    except ValueError:
        return False
    return "/" in written


def is_address(written: str) -> bool:
    try:
        IPv4Address(written)
    except AddressValueError:
        return False
    return True


def _duration(raw: object) -> int:
    """In ns; from Python it may come so."""
    if type(raw) is int and raw >= 0:
        return raw
    return duration(text_of(raw))


def _network(written: str) -> IPv4Network:
    if not is_network(written):
        raise ValueError
    return IPv4Network(written)


def port_number(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) <= 5):
        raise ValueError
    if not 0 < int(written) < 65_536:
        raise ValueError
    return int(written)


def _endpoint(written: str) -> Endpoint:
    address, _, port = written.rpartition(":")
    return IPv4Address(address), port_number(port)


def _host_endpoint(written: str) -> HostEndpoint:
    host, _, port = written.rpartition(":")
    if normalise(host) is None:
        raise ValueError
    return host, port_number(port)


def host_name(written: str) -> str:
    """Lower case, without a final dot; `*.` in front stays."""
    star = "*." if written.startswith("*.") else ""
    name = normalise(written[len(star) :])
    if name is None:
        raise ValueError
    return star + name


def _ssid(written: str) -> bytes:
    data = written.encode()
    if not 1 <= len(data) <= 32:
        raise ValueError
    return data


def _bssid(written: str) -> bytes:
    if len(written) != 17 or any(written[index] != ":" for index in range(2, 17, 3)):
        raise ValueError
    return bytes.fromhex(written.replace(":", ""))


def _date(written: str) -> int:
    for form in ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            moment = datetime.strptime(written, form)
        except ValueError:
            continue
        return int(moment.replace(tzinfo=UTC).timestamp())
    raise ValueError


def _line(written: str) -> str:
    """Text that fits into a line of a protocol."""
    if any(ord(character) < 32 for character in written):
        raise ValueError
    return written


def _filled(written: str) -> str:
    if not written:
        raise ValueError
    return written


DURATION = ValueRule("a number with its unit, such as 5 ms, 1.5 s or 20 us", _duration)
ADDRESS = text("an IPv4 address such as 10.10.0.1", IPv4Address)
HOST_NAME = text("a host name such as broker.example.com or *.example.com", host_name)
FILE = text("a file name", _filled)
TEXT = text("text")
LOSS = real("a chance from 0 to 0.9", 0, 0.9)

Duration = Annotated[int, DURATION]
"""In ns."""
Seconds = Annotated[int, ValueRule(DURATION.description, lambda raw: _duration(raw) // SECOND)]
Address = Annotated[IPv4Address, ADDRESS]
Network = Annotated[IPv4Network, text("a subnet such as 10.10.0.0/24", _network)]
Port = Annotated[int, whole("a port number, 1 to 65535", 1, 65_535)]
AddressPort = Annotated[Endpoint, text("an address and a port such as 10.10.0.1:8883", _endpoint)]
HostPort = Annotated[HostEndpoint, text("a host and a port such as 127.0.0.1:8883", _host_endpoint)]
HostName = Annotated[str, HOST_NAME]
FileName = Annotated[str, FILE]
Text = Annotated[str, TEXT]
Line = Annotated[str, text("text without line breaks", _line)]
Truth = Annotated[bool, truth()]
Loss = Annotated[float, LOSS]
Ssid = Annotated[bytes, text("1 to 32 bytes", _ssid)]
Bssid = Annotated[bytes, text("six bytes such as 02:0A:00:00:00:01", _bssid)]
Date = Annotated[
    int, text("a day such as 2017-06-01, or a time such as 2017-06-01T12:00:00Z", _date)
]
"""Unix time."""
Version = Annotated[
    str,
    words("TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
]
