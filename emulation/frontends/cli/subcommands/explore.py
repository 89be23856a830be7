"""`renode-wifi explore`: every fault at every point of a run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore import faults
from renode_wifi.emulation.explore.exploration import all_cells, explore, laboratory
from renode_wifi.emulation.explore.inputs import digest
from renode_wifi.emulation.explore.junit import UNFINISHED, as_junit
from renode_wifi.emulation.explore.outcome import CellOutcome
from renode_wifi.emulation.explore.plan import ASSERTION, Setup
from renode_wifi.emulation.explore.regression import write
from renode_wifi.emulation.explore.report import as_page, cases, summary
from renode_wifi.emulation.explore.results import Results
from renode_wifi.emulation.frontends.cli.arguments import add_board_arguments, integer, seconds
from renode_wifi.emulation.frontends.cli.output import OTHER_FOLDER, reported
from renode_wifi.emulation.frontends.cli.signals import Interruption
from renode_wifi.emulation.frontends.cli.work import ProgressLine, add_work_arguments, workers
from renode_wifi.emulation.image.load import FORMATS
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.visible import visible
from renode_wifi.peripherals.base.atomic_file import replace_file

EXIT_CODES = """\
exit codes:
  0    the firmware survived every fault
  1    it did not: in a cell it ends, fails, hangs, asserts, crashes or corrupts, or is lost
  2    wrong arguments, image, board or world; or the firmware does not work without a fault
  130  interrupted: the same command goes on
"""
EXIT_SURVIVED, EXIT_FAILING, EXIT_ERROR = 0, 1, 2


def add(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Run an image once as it is, then once more for every fault at every point of"
        " that run, and see what becomes of it."
    )
    command.epilog = EXIT_CODES
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    add_board_arguments(command)
    command.add_argument("--image", action="append", required=True, metavar="FILE", help=FORMATS)
    command.add_argument(
        "--recover",
        required=True,
        metavar="REGEX",
        help="console lines that show that the firmware does its work",
    )
    command.add_argument("--fail-on", metavar="REGEX", help="console lines with which it gives up")
    command.add_argument(
        "--assertion",
        metavar="REGEX",
        default=ASSERTION,
        help="console lines of an assertion (default: %(default)s)",
    )
    command.add_argument(
        "--faults", type=_names, default=(), metavar="NAME,…", help="these only (docs/world.md)"
    )
    command.add_argument(
        "--points",
        type=_families,
        default=faults.FAMILIES,
        metavar="FAMILY,…",
        help=f"{', '.join(faults.FAMILIES)} or all (default: all)",
    )
    command.add_argument(
        "--length",
        type=seconds,
        default=20.0,
        metavar="SECONDS",
        help="virtual, that have points (default: %(default)g)",
    )
    command.add_argument(
        "--timeout",
        type=seconds,
        default=60.0,
        metavar="SECONDS",
        help="virtual, in which it must recover from a fault (default: %(default)g)",
    )
    command.add_argument(
        "--every",
        type=seconds,
        default=1.0,
        metavar="SECONDS",
        help="between points in time (default: %(default)g)",
    )
    command.add_argument("--limit", type=integer, metavar="N", help="so many cells, evenly chosen")
    command.add_argument("--cell", metavar="NAME", help="this one only, with its console")
    add_work_arguments(command, "explored")
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    with Interruption():
        return _execute(options)


def _execute(options: argparse.Namespace) -> int:
    faults.check(options.faults)
    make = workers(options)
    boards.find(options.board)
    setup = Setup(
        options.board,
        tuple(options.image),
        None if options.world is None else str(options.world),
        options.recover,
        options.seed,
        "embedded" if options.engine == "auto" else options.engine,
        options.fail_on,
        options.assertion,
        options.length,
        options.timeout,
        options.every,
    )
    room = laboratory(setup)
    cells = all_cells(room, options.points, options.faults, options.limit)
    if options.cell is not None:
        return _one(setup, options.cell)
    print(
        f"renode-wifi: {len(room.points)} points, {len(cells)} cells of a point and a fault",
        file=sys.stderr,
        flush=True,
    )
    with reported(options.out, OTHER_FOLDER):
        options.out.mkdir(parents=True, exist_ok=True)
    head = {"setup": setup.as_json(), "points": list(options.points), "limit": options.limit}
    head["faults"] = list(options.faults)
    head["sha256"] = digest([(setup.board, setup.image)], [setup.world])
    order = [cell.name for cell in cells]
    with Results(options.out / "results.jsonl", head) as results:
        replace_file(options.out / "junit.xml", as_junit("explore", [UNFINISHED]).encode())
        explore(setup, cells, results, make, ProgressLine("cells"))
        results.finish(order)
        outcomes = results.outcomes(order)
        smallest = {
            name: entry["smallest"] for name, entry in results.done.items() if "smallest" in entry
        }
    _write(options.out, setup, outcomes, smallest)
    print(f"renode-wifi: {summary(outcomes)}; {options.out / 'map.html'}", file=sys.stderr)
    return EXIT_FAILING if any(outcome.failing for outcome in outcomes) else EXIT_SURVIVED


def _one(setup: Setup, name: str) -> int:
    room = laboratory(setup)
    found = [cell for cell in all_cells(room) if cell.name == name]
    if not found:
        raise RenodeWifiError(
            f"there is no cell {name!r}",
            cure="results.jsonl has their names, such as 12:ap-vanishes",
        )
    outcome = room.run(found[0])
    for line in room.board.uart.lines:
        print(visible(str(line)))
    after = "" if outcome.after is None else f" after {outcome.after:g} s, by {outcome.by}"
    text = f"{outcome.fault} at {outcome.point}: {outcome.verdict}{after} {outcome.note}"
    print(visible(text.rstrip()))
    if outcome.where:
        print(visible(outcome.where))
    return EXIT_FAILING if outcome.failing else EXIT_SURVIVED


def _write(
    folder: Path, setup: Setup, outcomes: list[CellOutcome], smallest: dict[str, object]
) -> None:
    junit = as_junit("explore", cases(setup, outcomes))
    replace_file(folder / "junit.xml", junit.encode())
    replace_file(folder / "map.html", as_page(setup, outcomes, smallest).encode())
    for outcome in outcomes:
        if outcome.failing:
            write(folder / "failing", setup, outcome, outcome.entry)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def _families(text: str) -> tuple[str, ...]:
    names = _names(text)
    if "all" in names:
        return faults.FAMILIES
    for name in names:
        if name not in faults.FAMILIES:
            known = ", ".join(faults.FAMILIES)
            raise argparse.ArgumentTypeError(f"{name!r} is no family of points: {known} or all")
    return names
