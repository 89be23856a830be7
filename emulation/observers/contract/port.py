"""The ports of Secure Sockets whose promises are known, by board.

Sources: Amazon FreeRTOS user guide, "Secure Sockets Ports"; the ports' own code, v1.4.9,
lib/secure_sockets/portable; the API's header, aws_secure_sockets.h.
"""

from __future__ import annotations

from dataclasses import dataclass

from renode_wifi.emulation.errors import RenodeWifiError

ST = "st"
TI = "ti"
GUIDE = "Amazon FreeRTOS user guide, Secure Sockets Ports"
HEADER = "aws_secure_sockets.h"


@dataclass(frozen=True)
class Port:
    """name: by which rules mean it. sockets: how many can be open at once."""

    name: str
    board: str
    title: str
    sockets: int


PORTS = {
    port.board: port
    for port in (
        Port(ST, "b_l475e_iot01a", "STM32L475 with ISM43362", 4),
        Port(TI, "cc3220sf_launchxl", "CC3220SF", 16),
    )
}


def port_of(board: str) -> Port:
    """Raises RenodeWifiError for a board whose port has no documented promises."""
    port = PORTS.get(board)
    if port is None:
        raise RenodeWifiError(
            f"the port contract of board {board!r} is not known",
            cure=f"it is for {', '.join(PORTS)}",
        )
    return port
