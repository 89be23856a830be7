"""When certificates expire."""

from __future__ import annotations

from collections.abc import Iterable


def first_expiry(certificates: Iterable[bytes]) -> int | None:
    """Unix time at which the first of these (PEM or DER) expires; None: none can be read."""
    # Slow to import, and a run without TLS needs none of it.
    from renode_wifi.peripherals.network.tls.certificates import load

    known = [each for certificate in certificates for each in load(certificate)]
    return min((int(each.not_valid_after_utc.timestamp()) for each in known), default=None)
