"""A time server (NTP version 4, RFC 5905; SNTP clients of earlier versions are answered too).

It gives the date of the world, which moves with virtual time.
"""

from __future__ import annotations

import struct

from renode_wifi.peripherals.network.servers.base import UdpServer
from renode_wifi.peripherals.network.stack.tcp import Address

PACKET = struct.Struct(">BBbbIIIQQQQ")
"""RFC 5905 figure 8, without extension fields."""
SYMMETRIC_ACTIVE, SYMMETRIC_PASSIVE, CLIENT, SERVER = 1, 2, 3, 4
STRATUM = 1
PRECISION = -20
"""log2 seconds: about a microsecond."""
REFERENCE = int.from_bytes(b"LOCL", "big")


class NtpServer(UdpServer):
    def received(self, sender: Address, data: bytes) -> None:
        answer = reply(data, self.context.date.ntp)
        if answer is not None:
            self.send(sender, answer)


def reply(request: bytes, now: int) -> bytes | None:
    """The answer to a packet at NTP time `now`; None to what asks for none."""
    if len(request) < PACKET.size:
        return None
    first, _, poll, *_, transmit = PACKET.unpack_from(request)
    version, mode = first >> 3 & 7, first & 7
    modes = {CLIENT: SERVER, SYMMETRIC_ACTIVE: SYMMETRIC_PASSIVE}
    if mode not in modes or not 1 <= version <= 4:
        return None
    first = version << 3 | modes[mode]
    return PACKET.pack(
        first, STRATUM, poll, PRECISION, 0, 0, REFERENCE, now & ~0xFFFF_FFFF, transmit, now, now
    )
