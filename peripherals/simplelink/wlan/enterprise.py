"""What the processor shows to an enterprise network (SWRU455, "Enterprise Security").

Certificates are files of fixed names. The network's own is verified by the root in
`/sys/cert/ca.der`, unless the host has switched that off.
"""

from __future__ import annotations

from datetime import UTC, datetime

from renode_wifi.peripherals.network.contract.station import Login, LoginMethod
from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.wlan.options import (
    DISABLE_SERVER_AUTHENTICATION,
    GENERAL,
)
from renode_wifi.peripherals.simplelink.wlan.security import (
    CLIENT_FILE,
    KEY_FILE,
    ROOT_FILE,
    Profile,
)
from renode_wifi.peripherals.simplelink.wlan.settings import WlanSettings

REASON_MISSING_CERTIFICATE, REASON_EXPIRED = 209, 210
"""SL_WLAN_DISCONNECT_MISSING_CERT and SL_WLAN_DISCONNECT_CERTIFICATE_EXPIRED (wlan.h)."""


class Enterprise:
    """Makes logins of profiles, by the files and settings of the moment."""

    def __init__(self, files: FileSystem, settings: WlanSettings, device: Device) -> None:
        self.files = files
        self.settings = settings
        self.device = device

    def login(self, target: Profile) -> Login | int:
        """The login of an enterprise profile, or the reason of a disconnection."""
        method = target.method
        assert method is not None
        disabled = self.settings.values.get((GENERAL, DISABLE_SERVER_AUTHENTICATION), b"\0")
        roots = None if any(disabled) else self.files.content(ROOT_FILE)
        certificate = None
        if roots is None and not any(disabled):
            return REASON_MISSING_CERTIFICATE
        if method is LoginMethod.TLS:
            certificate = self.files.content(CLIENT_FILE)
            if not certificate or not self.files.content(KEY_FILE):
                return REASON_MISSING_CERTIFICATE
        if self._has_expired(roots) or self._has_expired(certificate):
            return REASON_EXPIRED
        return Login(method, target.user, target.key, roots, certificate)

    def _has_expired(self, certificate: bytes | None) -> bool:
        """By the date that the host has set; without one nothing expires."""
        if certificate is None or self.device.date is None:
            return False
        from renode_wifi.peripherals.network.tls import certificates

        date = datetime.fromtimestamp(self.device.date, UTC)
        return certificates.has_expired(certificate, date)
