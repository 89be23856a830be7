"""Why a station is disconnected (wlan.h, SL_WLAN_DISCONNECT_...)."""

from __future__ import annotations

from renode_wifi.peripherals.network.contract.station import JoinFailure

REASON_UNSPECIFIED = 1
REASON_LOGIN = 23
REASON_BEACONS_LOST = 109
REASON_USER = 200
REASON_SECURITY = 204
REASON_WHILE_CONNECTING = 208

REASONS = {
    JoinFailure.WRONG_PASSPHRASE: REASON_SECURITY,
    JoinFailure.LOGIN_REFUSED: REASON_LOGIN,
    JoinFailure.UNTRUSTED_NETWORK: REASON_SECURITY,
}
"""Of failures that the host is notified of."""
