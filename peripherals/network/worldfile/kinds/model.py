"""What an entry of the table of faults says."""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.rules import ValueRule, whole

ISM43362 = "the ISM43362"
NWP = "the network processor"


class Target(Enum):
    """What a fault happens to."""

    ACCESS_POINT = "access_point"
    SERVER = "server"
    """A TCP server."""
    NETWORK = "network"
    RADIO = "radio"
    FLASH = "flash"
    """The flash that the program is in."""
    BOARD = "board"
    """Power, clock and sensors."""


@late_dataclass(frozen=True)
class Parameter:
    """One key of a fault. unit: of the radio's own amount, in units of the value."""

    name: str
    rule: ValueRule
    default: float | str | IPv4Address | None = None
    """None: it may be left out, and changes nothing."""
    unit: int = 1


@late_dataclass(frozen=True)
class Kind:
    name: str
    target: Target
    effect: str
    """A sentence for the documentation."""
    apply: str = ""
    """The method of `faults.network.NetworkFaults`; of a radio's fault, none."""
    parameters: tuple[Parameter, ...] = ()
    lasting: str = ""
    """What happens when `for` is over; empty: it happens at once and has no end, or its own."""
    radios: tuple[str, ...] = ()
    waits: bool = False
    """Radio: it waits for what it spoils; others strike a command as it starts."""
    duration: int | None = None
    """Default of `for`, in ns."""
    at_least_one: bool = False
    """It wants one parameter or more."""


def count(name: str, description: str, default: int | None = None) -> Parameter:
    """A key that takes a whole number."""
    return Parameter(name, whole(description, 0, 0xFFFF_FFFF), default)
