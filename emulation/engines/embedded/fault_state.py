"""Fault watches as data, for snapshots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from renode_wifi.emulation.engines.embedded.faults import FaultWatch, Watched
from renode_wifi.emulation.engines.embedded.report import AccessKind, CrashReport
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.crash import Crash

MAGIC = b"renode-wifi faults\n"


def with_faults(state: bytes, watches: Sequence[FaultWatch]) -> bytes:
    """A snapshot of machines, with what their watches keep in front where that is anything."""
    if not any(watch.crash or watch.watched.fault for watch in watches):
        return state
    head = json.dumps([_watch(watch) for watch in watches]).encode()
    return MAGIC + len(head).to_bytes(4, "little") + head + state


Kept = tuple[Crash | None, bool, Watched]
"""`crash`, `is_over` and `watched` of a watch."""


def without_faults(data: bytes, count: int) -> tuple[bytes, list[Kept]]:
    """The snapshot of machines alone, and what their watches kept. Raises RenodeWifiError."""
    if not data.startswith(MAGIC):
        return data, [(None, False, Watched()) for _ in range(count)]
    start = len(MAGIC) + 4
    end = start + int.from_bytes(data[len(MAGIC) : start], "little")
    try:
        kept = [_kept(saved) for saved in json.loads(data[start:end])]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RenodeWifiError("the snapshot is damaged", cure="take it again") from error
    return data[end:], kept


def _kept(saved: dict[str, Any]) -> Kept:
    watched = Watched(
        _crash(saved["fault"]),
        int(saved["since"]),
        int(saved["looks"]),
        {tuple(map(int, state)) for state in saved["states"]},
        {tuple(map(int, state)) for state in saved["before"]},
        int(saved["same"]),
    )
    return _crash(saved["crash"]), bool(saved["is_over"]), watched


def _watch(watch: FaultWatch) -> dict[str, object]:
    watched = watch.watched
    return {
        "crash": None if watch.crash is None else asdict(watch.crash),
        "is_over": watch.is_over,
        "fault": None if watched.fault is None else asdict(watched.fault),
        "since": watched.since,
        "looks": watched.looks,
        "states": sorted(watched.states),
        "before": sorted(watched.before),
        "same": watched.same,
    }


def _crash(saved: dict[str, Any] | None) -> Crash | None:
    if saved is None:
        return None
    values = {**saved, "access": AccessKind(saved["access"]), "frame": tuple(saved["frame"])}
    return CrashReport(**values)
