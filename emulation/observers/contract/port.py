"""The ports of Secure Sockets whose promises are known, by board.

Sources: Amazon FreeRTOS user guide, "Secure Sockets Ports"; the ports' own code, v1.4.9,
lib/secure_sockets/portable; the API's header, aws_secure_sockets.h.
"""

from __future__ import annotations

from dataclasses import dataclass

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.machine import Machine

ST = "st"
TI = "ti"
GUIDE = "Amazon FreeRTOS user guide, Secure Sockets Ports"
HEADER = "aws_secure_sockets.h"


@dataclass(frozen=True)
class SocketsPort:
    """name: by which rules mean it. sockets: how many can be open at once."""

    name: str
    board: str
    radio: str
    """Its type on the board."""
    sockets: int


PORTS = {
    port.board: port
    for port in (
        SocketsPort(ST, "b_l475e_iot01a", "ISM43362", 4),
        SocketsPort(TI, "cc3220sf_launchxl", "CC3220_NWP", 16),
    )
}


def port_of(machine: Machine) -> SocketsPort:
    """By its radio. Raises RenodeWifiError where no documented port drives that."""
    radios = {type(radio).__name__ for radio in machine.radios()}
    for port in PORTS.values():
        if port.radio in radios:
            return port
    raise RenodeWifiError(
        "the machine has no radio whose port's promises are known",
        cure=f"take a board of this package: {', '.join(PORTS)}",
    )
