"""Every fault there is: what it does, to what, with which parameters, and how it is applied.

One entry makes a fault usable from world files, Robot, pytest and the monitor, and checks what is
written there. For example, an access point that changes its passphrase:

    Kind(
        "passphrase-changes",
        Target.ACCESS_POINT,
        "stations that knew the old passphrase cannot join any more",
        "change_passphrase",
        (Parameter("passphrase", TEXT, "something else"),),
        lasting="the old one is right again",
    )

`change_passphrase(access_point, passphrase)` is then a method of `faults.world.NetworkFaults` and
returns how to undo it. A fault of a radio names no method: its name is a member of that radio's
`FaultKind`, and the radio asks its plan for it where it strikes. Another target of its own (a chip
block, say) is a member of `Target` whose owner calls `world.faults.attach`.

The tables of faults in docs/ are checked against this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND
from renode_wifi.peripherals.network.worldfile.rules import Rule, whole
from renode_wifi.peripherals.network.worldfile.values import DURATION, LOSS

ISM43362 = "the ISM43362"
NWP = "the network processor"


class Target(Enum):
    """What a fault happens to."""

    ACCESS_POINT = "access_point"
    SERVER = "server"
    """A TCP server."""
    NETWORK = "network"
    RADIO = "radio"


@dataclass(frozen=True)
class Parameter:
    """One key of a fault. unit: of the radio's own amount, in units of the value."""

    name: str
    rule: Rule
    default: Any = None
    """None: it may be left out, and changes nothing."""
    unit: int = 1


@dataclass(frozen=True)
class Kind:
    name: str
    target: Target
    effect: str
    """A sentence for the documentation."""
    apply: str = ""
    """The method of `faults.world.NetworkFaults`; of a radio's fault, none."""
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


def _count(name: str, description: str, default: int | None = None) -> Parameter:
    return Parameter(name, whole(description, 0, 0xFFFF_FFFF), default)


_AGAIN = "commands are executed as before"
_BY = Parameter("by", DURATION, 1 * SECOND, unit=MICROSECOND)
_LINK = (
    Parameter("latency", DURATION),
    Parameter("jitter", DURATION),
    Parameter("loss", LOSS),
)
_ISM = (ISM43362,)
_NWP = (NWP,)
_BOTH = (ISM43362, NWP)
_RADIO = Target.RADIO

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        # The network
        Kind(
            "ap-vanishes",
            Target.ACCESS_POINT,
            "the access point is off the air, its stations lose the link",
            "access_point_vanishes",
            lasting="it comes back",
        ),
        Kind(
            "deauthenticate",
            Target.ACCESS_POINT,
            "its stations lose the link, and may join again at once",
            "deauthenticate",
        ),
        Kind(
            "dhcp-fails",
            Target.NETWORK,
            "nobody gives addresses",
            "dhcp_fails",
            lasting="it answers again",
        ),
        Kind(
            "dns-fails",
            Target.NETWORK,
            "lookups time out after 5 s",
            "dns_fails",
            lasting="it answers again",
        ),
        Kind(
            "link",
            Target.NETWORK,
            "other `latency`, `jitter`, `loss`",
            "link_changes",
            _LINK,
            lasting="what was before",
            at_least_one=True,
        ),
        Kind(
            "server-stops",
            Target.SERVER,
            "refuses connections, resets those it has",
            "server_stops",
            lasting="it starts again",
        ),
        Kind("server-resets", Target.SERVER, "resets the connections it has", "server_resets"),
        Kind(
            "server-cuts",
            Target.SERVER,
            "of what it sends next on each connection half arrives, then a reset: with TLS, in the "
            "middle of a record",
            "server_cuts",
        ),
        Kind(
            "server-hangs",
            Target.SERVER,
            "reads and answers nothing; connections stay",
            "server_hangs",
            lasting="it goes on, with what came meanwhile",
        ),
        # Both radios
        Kind(
            "hang",
            _RADIO,
            "nothing is answered any more (ISM43362: until RESET; CC3220SF: until the next "
            "power-on)",
            radios=_BOTH,
        ),
        Kind(
            "error",
            _RADIO,
            "the command is answered with an error (CC3220SF: the status -`code`) and not executed",
            parameters=(_count("code", "a number, 1 by default", 1),),
            radios=_BOTH,
            lasting=_AGAIN,
        ),
        Kind(
            "slow",
            _RADIO,
            "the command takes longer, `by` a time",
            parameters=(_BY,),
            radios=_BOTH,
            lasting=_AGAIN,
        ),
        Kind(
            "connect-fails",
            _RADIO,
            "a TCP connection fails although the peer is there",
            radios=_BOTH,
            waits=True,
            lasting=_AGAIN,
        ),
        # The ISM43362
        Kind(
            "out-of-step",
            _RADIO,
            "until RESET, replies come one word late, so that each one starts with the end of the "
            "one before",
            radios=_ISM,
        ),
        Kind("stuck-low", _RADIO, "until RESET, the ready line stays low", radios=_ISM),
        Kind("stuck-high", _RADIO, "until RESET, the ready line stays high", radios=_ISM),
        Kind(
            "edge-lost",
            _RADIO,
            "the reply is announced without an edge of the ready line",
            radios=_ISM,
        ),
        Kind(
            "high-after-reply",
            _RADIO,
            "the ready line stays high after the reply",
            radios=_ISM,
        ),
        Kind(
            "leading-pads",
            _RADIO,
            "`bytes` bytes 0x15 ahead of the reply",
            parameters=(_count("bytes", "a number of bytes", 2),),
            radios=_ISM,
            lasting=_AGAIN,
        ),
        Kind(
            "pads-without-data",
            _RADIO,
            "the reply is padding and OK, its data is lost",
            parameters=(_count("bytes", "a number of bytes", 2),),
            radios=_ISM,
            lasting=_AGAIN,
        ),
        Kind(
            "truncated",
            _RADIO,
            "the reply ends after `bytes` bytes",
            parameters=(_count("bytes", "a number of bytes", 5),),
            radios=_ISM,
            lasting=_AGAIN,
        ),
        Kind(
            "oversized",
            _RADIO,
            "the reply is filled up to `bytes` bytes",
            parameters=(_count("bytes", "a number of bytes", 1_500),),
            radios=_ISM,
            lasting=_AGAIN,
        ),
        Kind(
            "short-closed-form",
            _RADIO,
            "the 8-byte form of a dead connection, which ST's driver takes for an I/O error",
            radios=_ISM,
            lasting=_AGAIN,
        ),
        Kind(
            "connection-dropped",
            _RADIO,
            "the connection of `socket` is gone before the command is executed",
            parameters=(_count("socket", "a socket's number"),),
            radios=_ISM,
        ),
        Kind(
            "stale-dns",
            _RADIO,
            "an unknown name gets the address of the last known one",
            radios=_ISM,
            waits=True,
            lasting=_AGAIN,
        ),
        Kind(
            "accept-silent",
            _RADIO,
            "a connection to a server isn't announced",
            radios=_ISM,
            waits=True,
            lasting=_AGAIN,
        ),
        # The CC3220SF's network processor
        Kind(
            "abort",
            _RADIO,
            "the fatal-error event with `code`, and silence until the next power-on",
            parameters=(_count("code", "the code of the event", 0x11),),
            radios=_NWP,
        ),
        Kind(
            "unanswered",
            _RADIO,
            "the command is not executed and not answered",
            radios=_NWP,
            lasting=_AGAIN,
        ),
        Kind(
            "lost-interrupt",
            _RADIO,
            "a message to the host waits without an interrupt",
            radios=_NWP,
            waits=True,
            lasting=_AGAIN,
        ),
        Kind(
            "lost-message",
            _RADIO,
            "a message to the host is not sent",
            radios=_NWP,
            waits=True,
            lasting=_AGAIN,
        ),
        Kind(
            "malformed-reply",
            _RADIO,
            "a message to the host comes without its synchronisation word",
            radios=_NWP,
            waits=True,
            lasting=_AGAIN,
        ),
        Kind(
            "pool-exhausted",
            _RADIO,
            "from this send on, no transmit buffer becomes free",
            radios=_NWP,
            waits=True,
            lasting="buffers become free (after 5 s by default)",
            duration=5 * SECOND,
        ),
        Kind(
            "tx-failure",
            _RADIO,
            "the data of a send is lost, and the host is notified",
            radios=_NWP,
            waits=True,
            lasting=_AGAIN,
        ),
        Kind(
            "boot-fails",
            _RADIO,
            "InitComplete has the status `code` (8: the file system is corrupted)",
            parameters=(_count("code", "a status", 8),),
            radios=_NWP,
            waits=True,
        ),
        Kind(
            "write-fails",
            _RADIO,
            "the serial flash doesn't take what is written to a file",
            radios=_NWP,
            waits=True,
            lasting=_AGAIN,
        ),
    )
}

POOL_UNIT = MILLISECOND
"""`amount` of pool-exhausted, as it was written."""

OLD_NAMES = {"put-out": "deauthenticate"}
"""Old spellings of kinds."""


def radio_kinds(radio: str) -> dict[str, Kind]:
    """The faults that a radio has."""
    return {name: kind for name, kind in KINDS.items() if radio in kind.radios}
