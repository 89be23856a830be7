"""The one family of errors that this package raises for its users."""

from renode_wifi.peripherals.base.errors import RenodeWifiError as RenodeWifiError
