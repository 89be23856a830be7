"""Security types of networks, and what a profile of one must be like (wlan.h)."""

from __future__ import annotations

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.station import LoginMethod, Security
from renode_wifi.peripherals.simplelink.messages.wlan import MAX_SSID, NO_BSSID
from renode_wifi.peripherals.simplelink.opcodes import Error

OPEN, WEP, WPA_WPA2, ENTERPRISE = 0, 1, 2, 5
WEP_SHARED, WPA2_PLUS, WPA3 = 10, 11, 12
SECURITY = {
    OPEN: Security.OPEN,
    WEP: Security.WEP,
    WPA_WPA2: Security.WPA_WPA2,
    WEP_SHARED: Security.WEP,
    WPA2_PLUS: None,
    WPA3: Security.WPA3,
    ENTERPRISE: Security.WPA2_ENTERPRISE,
}
"""Of the security types of wlan.h, those that can be joined here; None takes what there is."""
RANKS = {OPEN: 0, WEP: 1, WEP_SHARED: 1, WPA_WPA2: 2, WPA2_PLUS: 3, WPA3: 4, ENTERPRISE: 4}
"""Better security is preferred among profiles of one priority."""
MIN_KEY, MAX_KEY = 8, 64
WITHOUT_MINIMUM = (OPEN, WEP, WEP_SHARED, ENTERPRISE)

PHASE_1, PHASE_2 = 0xFF, 0x7F00
TLS, MSCHAP = 0x01, 0x02
TTLS, PEAP0 = 0x10, 0x20
METHODS = {
    TLS: LoginMethod.TLS,
    TTLS | MSCHAP << 8: LoginMethod.TTLS_MSCHAPV2,
    PEAP0 | MSCHAP << 8: LoginMethod.PEAP_MSCHAPV2,
}
"""Of the methods in wlan.h, SL_WLAN_ENT_EAP_METHOD_..., those that networks have here; by the bits
of both phases, without those of ciphers."""
ROOT_FILE, CLIENT_FILE, KEY_FILE = (
    f"/sys/cert/{name}" for name in ("ca.der", "client.der", "private.key")
)
"""Of enterprise networks (SWRU455, Enterprise Security)."""


@late_dataclass(frozen=True)
class Profile:
    """A network to join; also what a connect command asks for."""

    security: int
    ssid: bytes
    key: bytes = b""
    bssid: bytes = NO_BSSID
    priority: int = 0
    wep_index: int = 0
    user: bytes = b""
    methods: int = 0
    """Of an enterprise network: the bits of SlWlanSecParamsExt_t."""

    @property
    def method(self) -> LoginMethod | None:
        return METHODS.get(self.methods & (PHASE_1 | PHASE_2))

    @property
    def identity(self) -> tuple[bytes, bytes, int]:
        """Profiles with the same replace each other (wlan.h, sl_WlanProfileAdd)."""
        return self.ssid, self.bssid, self.security


def plain_key(key: bytes) -> bytes:
    """Amazon's port counts the string's zero byte with the key."""
    return key.rstrip(b"\0")


def judge(profile: Profile) -> int:
    """0, or why a network can be neither joined nor kept."""
    if not 0 < len(profile.ssid) <= MAX_SSID:
        return Error.WLAN_SSID_LENGTH
    if profile.security not in SECURITY:
        return Error.WLAN_INVALID_SECURITY
    if len(profile.key) > MAX_KEY:
        return Error.WLAN_KEY_TOO_LONG
    if profile.security == ENTERPRISE and profile.method is None:
        return Error.WLAN_INVALID_SECURITY
    if profile.security not in WITHOUT_MINIMUM and len(profile.key) < MIN_KEY:
        return Error.WLAN_PASSWORD
    return 0
