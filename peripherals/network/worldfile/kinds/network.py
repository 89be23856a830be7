"""Faults of access points, addresses, names and the link."""

from __future__ import annotations

from ipaddress import IPv4Address

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.worldfile.kinds.model import Kind, Parameter, Target
from renode_wifi.peripherals.network.worldfile.rules import whole
from renode_wifi.peripherals.network.worldfile.values import ADDRESS, DURATION, LOSS, TEXT

_LINK = (
    Parameter("latency", DURATION),
    Parameter("jitter", DURATION),
    Parameter("loss", LOSS),
)

NETWORK_FAULTS = (
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
        "passphrase-changes",
        Target.ACCESS_POINT,
        "its stations lose the link, and only those that know `passphrase` may join",
        "passphrase_changes",
        (Parameter("passphrase", TEXT, "changed by a fault"),),
        lasting="the old one is right again",
    ),
    Kind(
        "weak-signal",
        Target.ACCESS_POINT,
        "it is received with `rssi` dBm, and the link loses packets (`loss`)",
        "signal_weakens",
        (
            Parameter("rssi", whole("strength in dBm, -100 to 0", -100, 0), -89),
            Parameter("loss", LOSS, 0.3),
        ),
        lasting="what was before",
    ),
    Kind(
        "roams",
        Target.ACCESS_POINT,
        "its stations lose the link; its SSID has another BSSID and channel from then on",
        "access_point_roams",
    ),
    Kind(
        "dhcp-fails",
        Target.NETWORK,
        "nobody gives addresses",
        "dhcp_fails",
        lasting="it answers again",
    ),
    Kind(
        "lease-ends",
        Target.NETWORK,
        "addresses are no longer valid, stations lose the link, and nobody gives addresses",
        "leases_end",
        lasting="it answers again (after 10 s by default)",
        duration=10 * SECOND,
    ),
    Kind(
        "dns-fails",
        Target.NETWORK,
        "lookups time out after 5 s",
        "dns_fails",
        lasting="it answers again",
    ),
    Kind(
        "dns-slow",
        Target.NETWORK,
        "lookups take longer, `by` a time",
        "dns_slows",
        (Parameter("by", DURATION, 4 * SECOND),),
        lasting="as before",
    ),
    Kind(
        "dns-unknown",
        Target.NETWORK,
        "the server of names answers that there is no such name",
        "dns_forgets",
        lasting="it knows them again",
    ),
    Kind(
        "dns-wrong",
        Target.NETWORK,
        "every name has the address `address`, where nobody answers unless the file puts a "
        "server there",
        "dns_lies",
        (Parameter("address", ADDRESS, IPv4Address("192.0.2.1")),),
        lasting="names have their addresses again",
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
)
