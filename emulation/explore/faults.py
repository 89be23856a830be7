"""Which faults can be injected at a point, and how."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore.plan import Cell, JsonObject, Point
from renode_wifi.peripherals.network.tls.messages import MESSAGES
from renode_wifi.peripherals.network.worldfile.fault_kinds import (
    ISM43362,
    KINDS,
    NWP,
    Kind,
    Target,
)

LASTS = "5 s"
"""How long a fault lasts that has an end."""
ARGUMENTS: dict[str, JsonObject] = {
    "link": {"loss": 0.5, "latency": "300 ms"},
    "slow": {"by": "2 s"},
    "connection-dropped": {"socket": 0},
    "dns-slow": {"by": "3 s"},
}
WAITS_IN: dict[str, dict[str, tuple[str, ...]]] = {
    ISM43362: {"connect-fails": ("P6",), "stale-dns": ("D0",), "accept-silent": ("P5",)},
    NWP: {
        "connect-fails": ("CONNECT",),
        "pool-exhausted": ("SEND", "SEND_TO"),
        "tx-failure": ("SEND", "SEND_TO"),
        "boot-fails": ("INIT_COMPLETE",),
        "write-fails": ("FILE_WRITE",),
    },
}
"""The commands in which a fault strikes that waits for what it spoils; others: in any."""
CONNECTING = ("connect",)
NEXT_CONNECTION = ("certificate-", "client-refused", "weak-cipher", "tls-aborts")
"""Beginnings of faults that are about the connection that comes next."""
FAMILIES = ("radio", "network", "flash", "time")


def check(names: Collection[str]) -> None:
    """Raises RenodeWifiError for a fault that there is not."""
    for name in names:
        if name not in KINDS:
            known = ", ".join(KINDS)
            raise RenodeWifiError(f"there is no fault {name!r}", cure=f"there are: {known}")


def cells_at(
    point: Point, radio: str, access_point: str | None, wanted: Collection[str] = ()
) -> Iterator[Cell]:
    """The cells of a point. radio: that of the board. wanted: kinds; empty: all.

    access_point: the one that the board joins.
    """
    for kind in KINDS.values():
        if (not wanted or kind.name in wanted) and _fits(kind, point, radio):
            yield from _cells(kind, point, access_point)


def _fits(kind: Kind, point: Point, radio: str) -> bool:
    if point.family == "radio":
        commands = WAITS_IN[radio].get(kind.name)
        return radio in kind.radios and (commands is None or point.command in commands)
    if point.family == "flash":
        return kind.target is Target.FLASH
    if point.family == "time":
        return kind.target in (Target.BOARD, Target.ACCESS_POINT, Target.NETWORK)
    if kind.target is Target.SERVER:
        return point.server is not None and _fits_server(kind, point)
    return kind.target in (Target.ACCESS_POINT, Target.NETWORK)


def _fits_server(kind: Kind, point: Point) -> bool:
    connecting = point.name.split()[0] in CONNECTING
    if kind.name.startswith(NEXT_CONNECTION):
        return connecting and point.secure
    if kind.name == "tls-corrupts":
        return point.secure and not connecting
    return kind.name == "server-stops" or not connecting


def _cells(kind: Kind, point: Point, access_point: str | None) -> Iterator[Cell]:
    arguments = dict(ARGUMENTS.get(kind.name, {}))
    if kind.target is Target.ACCESS_POINT:
        if access_point is None:
            return
        arguments["access_point"] = access_point
    if kind.target is Target.SERVER:
        arguments["server"] = point.server
    if kind.target is Target.RADIO and point.command is not None:
        arguments["command"] = point.command
    if kind.lasting and kind.target not in (Target.RADIO, Target.FLASH, Target.BOARD):
        arguments["for"] = LASTS
    if kind.name == "tls-aborts":
        for message in MESSAGES:
            yield Cell(point, kind.name, {**arguments, "message": message}, message)
        return
    yield Cell(point, kind.name, arguments)
