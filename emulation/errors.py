"""The one family of errors that this package raises for its users."""

from __future__ import annotations

from renode_wifi.peripherals.base.errors import RenodeWifiError

__all__ = ["RenodeWifiError"]
