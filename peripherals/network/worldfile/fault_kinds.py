"""Every fault there is: what it does, to what, with which parameters, and how it is applied.

One entry makes a fault usable from world files, Robot, pytest and the monitor, and checks what is
written there. For example, an access point that changes its passphrase:

    Kind(
        "passphrase-changes",
        Target.ACCESS_POINT,
        "its stations lose the link, and only those that know `passphrase` may join",
        "passphrase_changes",
        (Parameter("passphrase", TEXT, "changed by a fault"),),
        lasting="the old one is right again",
    )

`passphrase_changes(access_point, passphrase)` is then a method of `faults.network.NetworkFaults`
and returns how to undo it. A fault of a radio names no method: its name is a member of that radio's
`FaultKind`, and the radio asks its plan for it where it strikes. Another target of its own (a chip
block, say) is a member of `Target` whose owner calls `world.faults.attach`.

The tables of faults in docs/ are checked against this one.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.network.worldfile.kinds.board import BOARD_FAULTS
from renode_wifi.peripherals.network.worldfile.kinds.model import (
    ISM43362,
    NWP,
    Kind,
    Parameter,
    Target,
)
from renode_wifi.peripherals.network.worldfile.kinds.network import NETWORK_FAULTS
from renode_wifi.peripherals.network.worldfile.kinds.radios import RADIO_FAULTS
from renode_wifi.peripherals.network.worldfile.kinds.servers import SERVER_FAULTS

__all__ = ["ISM43362", "KINDS", "NWP", "OLD_NAMES", "POOL_UNIT", "Kind", "Parameter", "Target"]

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (*NETWORK_FAULTS, *SERVER_FAULTS, *RADIO_FAULTS, *BOARD_FAULTS)
}

POOL_UNIT = MILLISECOND
"""`amount` of pool-exhausted, as it was written."""

OLD_NAMES = {"put-out": "deauthenticate"}
"""Old spellings of kinds."""


def radio_kinds(radio: str) -> dict[str, Kind]:
    """The faults that a radio has."""
    return {name: kind for name, kind in KINDS.items() if radio in kind.radios}
