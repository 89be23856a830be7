"""Certificates that will not be accepted much longer."""

from __future__ import annotations

from datetime import UTC, datetime

from renode_wifi.emulation.observers.contract.port import ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.platform.trace import TraceFields

NEAR_EXPIRY = Rule(
    "certificate-near-expiry",
    "a certificate of a TLS session expires soon",
    Level.WARNING,
    {
        name: Basis(
            "a certificate is accepted while the date is within its validity period",
            "RFC 5280, section 6.1.3",
        )
        for name in (ST, TI)
    },
)
DAY = 86_400
"""s."""
SOON = 30 * DAY
HANDSHAKE = "tls"
"""The event of a handshake's end."""


def near_expiry(fields: TraceFields, world_date: int | None) -> str:
    """What is near its end in a session that stands; "": nothing, or the date is not known.

    world_date: Unix time in the world, where the radio has no clock.
    """
    date, expires = fields.get("date") or world_date, fields.get("expires")
    if fields.get("problem") or not isinstance(date, int) or not isinstance(expires, int):
        return ""
    if expires - date > SOON:
        return ""
    day, today = (datetime.fromtimestamp(each, UTC).date() for each in (expires, date))
    return f"a certificate expires on {day}, and it is {today}"
