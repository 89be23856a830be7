"""Where a Renode to compare with is."""

from __future__ import annotations

from renode_wifi.emulation.engines.renode import find
from renode_wifi.emulation.errors import RenodeWifiError


def find_renode() -> str | None:
    """The launcher of the one that `renode-wifi` would use; says so where there is none."""
    try:
        return str(find.find().command)
    except RenodeWifiError as error:
        print(f"no comparison with Renode: {error}")
        return None
