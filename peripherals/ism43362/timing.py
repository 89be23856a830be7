"""How long the radio takes for what it does on the air, beyond the latencies of the world.

`typical`:

Joining took 1.3 to 5.1 s, with 3.7 s in the middle, 1 s of which the world takes by itself
(ARMmbed/wifi-ism43362, pull requests 11 and 14: tests-network-wifi on this board;
aws/amazon-freertos, issue 40). A look-up, a TCP connect and the beginning of a handshake took
182 ms together (the same issue). Of a whole handshake there is no published measurement; users
speak of about a second.
"""

from __future__ import annotations

TIMINGS: dict[str, dict[str, int]] = {
    "optimistic": {},
    "typical": {
        "join_time_ms": 2_700,
        "dns_time_ms": 60,
        "connect_time_ms": 60,
        "handshake_time_ms": 900,
    },
}
"""Fields of the profile, by the name of the timing."""
