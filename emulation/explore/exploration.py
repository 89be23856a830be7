"""Explores every cell on workers, keeps the results, and looks for the smallest fault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from renode_wifi.emulation.explore.faults import FAMILIES, cells_at
from renode_wifi.emulation.explore.laboratory import Laboratory
from renode_wifi.emulation.explore.outcome import CellOutcome, Verdict
from renode_wifi.emulation.explore.plan import Cell, JsonObject, Setup, batches, thinned
from renode_wifi.emulation.explore.progress import Progress
from renode_wifi.emulation.explore.results import Results
from renode_wifi.emulation.explore.workers import Workers
from renode_wifi.peripherals.network.worldfile.fault_kinds import ISM43362, NWP, Target
from renode_wifi.peripherals.network.worldfile.units import duration

BATCH = 8
"""Cells that a worker is given at once: what is done again if it ends under them."""
HALVINGS = 6
RADIOS = {"ISM43362": ISM43362, "CC3220_NWP": NWP}

Work = tuple[Setup, tuple[Cell, ...], bool]
"""The cells of a batch; True: look for smaller faults with the same verdict."""

_own = threading.local()
"""Of each thread, as workers of a cluster may have several: the laboratory it worked in last."""


def laboratory(setup: Setup) -> Laboratory:
    """The golden run of this thread, made when it is first asked for."""
    found: Laboratory | None = getattr(_own, "room", None)
    if found is None or found.setup != setup:
        if found is not None:
            found.close()
        _own.room = None
        found = _own.room = Laboratory(setup)
    return found


def work(task: Work) -> list[JsonObject]:
    """The outcomes of a batch, as JSON. Runs in workers."""
    setup, cells, shrinking = task
    room = laboratory(setup)
    outcomes = (smallest(room, cell) if shrinking else room.run(cell) for cell in cells)
    return [outcome.as_json() for outcome in outcomes]


def radio_of(room: Laboratory) -> str:
    """Which radio the board has, in the words of the table of faults."""
    victim = room.board.world.faults.victim(Target.RADIO)
    return RADIOS[type(victim).__name__]


def all_cells(
    room: Laboratory,
    families: Sequence[str] = FAMILIES,
    wanted: Sequence[str] = (),
    limit: int | None = None,
) -> list[Cell]:
    """Every point of the golden run with every fault that fits it."""
    radio = radio_of(room)
    points = [point for point in room.points if point.family in families]
    cells = [cell for point in points for cell in cells_at(point, radio, room.access_point, wanted)]
    return thinned(cells, limit)


def smallest(room: Laboratory, cell: Cell) -> CellOutcome:
    """The outcome of the smallest fault of the cell's kind that has the same verdict."""
    best = room.run(cell)
    arguments = dict(cell.arguments)
    for key in arguments:
        for _ in range(HALVINGS):
            less = _half(key, arguments[key])
            if less is None:
                break
            outcome = room.run(replace(cell, arguments={**arguments, key: less}))
            if outcome.verdict is not best.verdict:
                break
            best, arguments[key] = outcome, less
    return best


def _half(key: str, value: Any) -> Any:
    """Half of an argument that has a size; None where it cannot be less."""
    if key in ("socket", "page", "code"):
        return None
    if isinstance(value, bool | int | float):
        less = value // 2 if isinstance(value, int) else value / 2
        return less if less and less != value else None
    try:
        nanoseconds = duration(str(value)) // 2
    except ValueError:
        return None
    return f"{nanoseconds} ns" if nanoseconds >= 1_000_000 else None


def explore(
    setup: Setup,
    cells: Sequence[Cell],
    results: Results,
    make: Callable[[], tuple[Executor, int]],
    report: Callable[[Progress], None],
) -> None:
    """Add the outcome of every cell that has none yet to the results."""
    todo = [cell for cell in cells if cell.name not in results.done]
    progress = Progress(len(cells), len(cells) - len(todo))
    workers: Workers[Work, list[JsonObject]] = Workers(work, make)
    try:
        _explore(workers, setup, todo, results, progress, report)
        _shrink(workers, setup, cells, results)
    finally:
        workers.close()


def _explore(
    workers: Workers[Work, list[JsonObject]],
    setup: Setup,
    todo: Sequence[Cell],
    results: Results,
    progress: Progress,
    report: Callable[[Progress], None],
) -> None:
    tasks: list[Work] = [(setup, batch, False) for batch in batches(todo, BATCH)]
    for (_, batch, _), answer in workers.answers(tasks):
        for outcome in answer or [_lost(cell).as_json() for cell in batch]:
            results.add(outcome)
            progress.add(CellOutcome.from_json(outcome).failing)
        report(progress)


def _shrink(
    workers: Workers[Work, list[JsonObject]],
    setup: Setup,
    cells: Sequence[Cell],
    results: Results,
) -> None:
    """Of each kind of failure, look for the smallest fault at its first cell."""
    first: dict[tuple[str, str, str], Cell] = {}
    for cell in cells:
        entry = results.done.get(cell.name)
        if entry is not None and CellOutcome.from_json(entry).failing and "smallest" not in entry:
            # Where firmware idles is chance.
            by_chance = entry["verdict"] in (Verdict.ENDS, Verdict.FAILS)
            place = "" if by_chance else str(entry["where"]).partition("\n")[0]
            first.setdefault((cell.do, entry["verdict"], place), cell)
    tasks: list[Work] = [
        (setup, (cell,), True) for cell in first.values() if any(map(_has_size, cell.arguments))
    ]
    for (_, (cell,), _), answer in workers.answers(tasks):
        if answer:
            results.add({**results.done[cell.name], "smallest": answer[0]["entry"]})


def _has_size(key: str) -> bool:
    return key in ("for", "by", "bytes", "loss", "latency", "ppm", "every")


def _lost(cell: Cell) -> CellOutcome:
    return CellOutcome(
        cell.name,
        cell.point.label,
        cell.point.family,
        cell.fault,
        cell.entry,
        Verdict.LOST,
        note="the worker ended under it",
    )
