"""Policies (wlan.h, sl_WlanPolicySet): which there are, and what is refused of them."""

from __future__ import annotations

from collections.abc import Mapping

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.simplelink.messages.layout import WireError
from renode_wifi.peripherals.simplelink.messages.wlan import PowerPolicyParameters
from renode_wifi.peripherals.simplelink.opcodes import Error

CONNECTION, SCAN, POWER, P2P = 0x10, 0x20, 0x30, 0x40
POLICIES = (CONNECTION, SCAN, POWER, P2P)
AUTO, FAST, ANY_P2P, AUTO_PROVISIONING = 0x01, 0x02, 0x08, 0x20
"""Bits of the connection policy."""
CONNECTION_BITS = AUTO | FAST | ANY_P2P | AUTO_PROVISIONING
SCAN_ENABLED, SCAN_HIDDEN = 0x01, 0x02
"""Bits of the scan policy; the second doesn't survive power."""
SCAN_INTERVAL_SIZE = 4
NORMAL, LOW_LATENCY, LOW_POWER, ALWAYS_ON, LONG_SLEEP, IOT_LOW_POWER = 0, 1, 2, 3, 4, 6
POWER_POLICIES = (NORMAL, LOW_LATENCY, LOW_POWER, ALWAYS_ON, LONG_SLEEP, IOT_LOW_POWER)
SLEEPING = (LONG_SLEEP, IOT_LOW_POWER)
"""Those with a time to sleep."""
MIN_SLEEP, MAX_SLEEP = 100, 2_000
"""ms (SWRU455, "Power Management Policies")."""
P2P_ROLES, P2P_INITIATORS = (0, 3, 15), (0, 1, 2)

Policies = Mapping[int, tuple[int, bytes]]
"""Option and value by kind."""


def judge(kind: int, option: int, value: bytes) -> int:
    """The status of sl_WlanPolicySet: 0 or an error."""
    if kind == CONNECTION and option & ~CONNECTION_BITS == 0:
        return 0
    if kind == SCAN and option & ~(SCAN_ENABLED | SCAN_HIDDEN) == 0:
        return _judge_scan(option, value)
    if kind == POWER:
        return _judge_power(option, value)
    if kind == P2P and option & 0xF in P2P_ROLES and option >> 5 & 3 in P2P_INITIATORS:
        return 0
    return Error.WLAN_INVALID_POLICY


def _judge_scan(option: int, value: bytes) -> int:
    if not option & SCAN_ENABLED:
        return 0
    return 0 if len(value) == SCAN_INTERVAL_SIZE else Error.WLAN_SCAN_POLICY_PARAMETERS


def _judge_power(option: int, value: bytes) -> int:
    if option not in POWER_POLICIES:
        return Error.WLAN_POWER_POLICY
    if option in SLEEPING:
        try:
            sleep = PowerPolicyParameters.parse(value).sleep
        except WireError:
            return Error.WLAN_POWER_POLICY_PARAMETERS
        if not MIN_SLEEP <= sleep <= MAX_SLEEP:
            return Error.WLAN_POWER_POLICY_PARAMETERS
    return 0


def sleep_of(policies: Policies) -> int:
    """How long the station lets wait what the access point has for it (ns)."""
    option, value = policies[POWER]
    if option not in SLEEPING:
        return 0
    return PowerPolicyParameters.parse(value).sleep * MILLISECOND
