"""How a debugger ends a run."""

from __future__ import annotations

from renode_wifi.emulation.errors import RenodeWifiError


class Killed(RenodeWifiError):
    """The debugger has ended the run (`kill`)."""
