"""Campaigns: a matrix of images, worlds, seeds, faults and engines from one YAML file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import NoReturn

import yaml

from renode_wifi.emulation.board.board import Board, BoardTimeout, GuestCrash
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore.junit import Case
from renode_wifi.emulation.explore.plan import JsonObject
from renode_wifi.emulation.explore.progress import Progress
from renode_wifi.emulation.explore.results import Results
from renode_wifi.emulation.explore.workers import Workers
from renode_wifi.emulation.patterns import CURE, compiled
from renode_wifi.emulation.platform import boards
from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.worldfile.faults import fault_of
from renode_wifi.peripherals.network.worldfile.units import duration

KEYS = ("name", "images", "worlds", "seeds", "engines", "faults", "until", "fail_on", "time")
NO_FAULT, PASSED = "none", "passed"
ENDS = {"from", "to"}
MAX_RUNS = 100_000
"""Runs of one campaign."""
LAST_LINES = 8


@dataclass(frozen=True)
class Run:
    """One field of the matrix. fault: as a world file writes it; empty: none. time: seconds."""

    board: str
    image: str
    world: str
    seed: int | None
    engine: str
    fault: tuple[tuple[str, object], ...]
    until: str
    fail_on: str | None
    time: float

    @property
    def name(self) -> str:
        fault = " ".join(f"{key}={value}" for key, value in self.fault) or NO_FAULT
        seed = "world" if self.seed is None else str(self.seed)
        return f"{self.board} {self.image} {self.world} seed={seed} {self.engine} {fault}"


def read_campaign(path: Path) -> list[Run]:
    """The runs that a file asks for. Raises RenodeWifiError that names the key and the cure."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RenodeWifiError(
            f"cannot be read: {error.strerror}", where=str(path), cure="name a campaign's file"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        text = " ".join(str(error).split())
        raise RenodeWifiError(f"is no YAML: {text}", where=str(path), cure="mend it") from None
    return list(_Reader(path, raw).runs())


class _Reader:
    def __init__(self, path: Path, raw: object) -> None:
        self.path = path
        self.raw = raw if isinstance(raw, dict) else self.fail("is no mapping", "write keys")
        for key in self.raw:
            if key not in KEYS:
                self.fail(f"has no key {key!r}", f"its keys: {', '.join(KEYS)}")

    def fail(self, message: str, cure: str) -> NoReturn:
        raise RenodeWifiError(f"the campaign {message}", where=str(self.path), cure=cure)

    def runs(self) -> Iterator[Run]:
        until, fail_on = self.expression("until"), self.expression("fail_on", wanted=False)
        assert until is not None
        axes = (self.images(), self.worlds(), self.seeds(), self.engines(), self.faults())
        size = 1
        for axis in axes:
            size *= len(axis)
        if not 0 < size <= MAX_RUNS:
            self.fail(f"has {size} runs", f"make it 1 to {MAX_RUNS}")
        limit = self.seconds()
        for (board, image), world, seed, engine, fault in product(*axes):
            yield Run(board, image, world, seed, engine, fault, until, fail_on, limit)

    def list_of(self, key: str, default: list[object]) -> list[object]:
        value = self.raw.get(key, default)
        if not isinstance(value, list) or not value:
            self.fail(f"has {key}: {value!r}", f"write a list: {key}: {default or ['…']}")
        return value

    def images(self) -> list[tuple[str, str]]:
        value = self.raw.get("images")
        if not isinstance(value, dict) or not value:
            self.fail("has no images", "images: {cc3220sf_launchxl: [one.elf, other.elf]}")
        found = []
        for board, files in value.items():
            boards.find(str(board))
            for file in files if isinstance(files, list) else [files]:
                path = (self.path.parent / str(file)).resolve()
                if not path.exists():
                    self.fail(f"names {file}, which is not there", "build it, or mend the name")
                found.append((str(board), str(path)))
        return found

    def worlds(self) -> list[str]:
        return [
            world if world.startswith("<") else str((self.path.parent / world).resolve())
            for world in map(str, self.list_of("worlds", ["<home>"]))
        ]

    def seeds(self) -> Sequence[int | None]:
        value = self.raw.get("seeds")
        if value is None:
            return [None]
        is_range = isinstance(value, dict) and set(value) == ENDS
        numbers = [value["from"], value["to"]] if is_range else value
        if not isinstance(numbers, list) or not all(type(seed) is int for seed in numbers):
            self.fail(f"has seeds: {value!r}", "seeds: [1, 2], or seeds: {from: 1, to: 100}")
        # A range: how many they are is looked at before anything counts them out.
        return range(numbers[0], numbers[1] + 1) if is_range else numbers

    def engines(self) -> list[str]:
        found = [str(name) for name in self.list_of("engines", ["embedded"])]
        for name in found:
            if name not in ("embedded", "renode"):
                self.fail(f"has the engine {name!r}", "engines: [embedded, renode]")
        return found

    def faults(self) -> list[tuple[tuple[str, object], ...]]:
        found: list[tuple[tuple[str, object], ...]] = []
        for entry in self.list_of("faults", [NO_FAULT]):
            if entry == NO_FAULT:
                found.append(())
                continue
            if not isinstance(entry, dict) or "do" not in entry:
                self.fail(f"has the fault {entry!r}", "faults: [none, {do: roams, at: 5 s}]")
            keys = {str(key): value for key, value in entry.items()}
            fault_of(str(keys["do"]), {k: _plain(v) for k, v in keys.items() if k != "do"}, _Any())
            found.append(tuple(keys.items()))
        return found

    def expression(self, key: str, wanted: bool = True) -> str | None:
        value = self.raw.get(key)
        if value is None and not wanted:
            return None
        text = str(value) if value is not None else self.fail(f"lacks {key}", "add it")
        try:
            compiled(text)
        except RenodeWifiError as error:
            self.fail(f"has {key}: {error.message}", CURE)
        return text

    def seconds(self) -> float:
        value = self.raw.get("time", "60 s")
        try:
            return duration(str(value)) / SECOND
        except ValueError:
            self.fail(f"has time: {value!r}", "write a number with its unit: time: 60 s")


class _Any(dict[str, list[str]]):
    """Places that are known when a world is."""

    def __contains__(self, key: object) -> bool:
        return False


def _plain(value: object) -> object:
    return value


def run_one(run: Run) -> JsonObject:
    """The result of one run, as JSON. Runs in workers."""
    result: JsonObject = {"cell": run.name, "run": {**asdict(run), "fault": dict(run.fault)}}
    try:
        with Board(run.board, run.image, run.world, run.seed, run.engine) as board:
            _drive(board, run, result)
            text = "\n".join(str(line) for line in board.uart.lines)
            result["virtual_seconds"] = round(board.now, 6)
            result["sha256"] = hashlib.sha256(text.encode()).hexdigest()
            if result["outcome"] != PASSED:
                result["last"] = [str(line) for line in board.uart.lines[-LAST_LINES:]]
    except RenodeWifiError as error:
        result.update(outcome="error", note=error.message)
    return result


def cases(entries: Iterable[JsonObject]) -> list[Case]:
    """A test per run."""
    return [
        Case(
            "campaign",
            "campaign",
            entry["cell"],
            "" if entry["outcome"] == PASSED else entry["outcome"],
            entry.get("note", "").partition("\n")[0],
            "\n".join([entry.get("note", ""), *entry.get("last", ())]),
        )
        for entry in entries
    ]


def _drive(board: Board, run: Run, result: JsonObject) -> None:
    if run.fault:
        entry = dict(run.fault)
        do, lasts = str(entry.pop("do")), entry.pop("for", None)
        board.world.inject(do, None if lasts is None else str(lasts), **entry)
    either = run.until if run.fail_on is None else f"(?:{run.until})|(?:{run.fail_on})"
    try:
        line = board.wait_for_line(either, timeout=run.time)
    except GuestCrash as crash:
        result.update(outcome="crash", note=crash.message)
    except BoardTimeout:
        result.update(outcome="time", note=board.whereabouts())
    else:
        passed = re.search(run.until, line.text) is not None
        result.update(outcome=PASSED if passed else "failed", note=line.text)


def carry_out(
    runs: Sequence[Run],
    results: Results,
    make: Callable[[], tuple[Executor, int]],
    report: Callable[[Progress], None],
) -> None:
    """Add the result of every run that has none yet.

    make: what the work is done on, and how many workers it has.
    """
    todo = [run for run in runs if run.name not in results.done]
    progress = Progress(len(runs), len(runs) - len(todo))
    workers: Workers[Run, JsonObject] = Workers(run_one, make)
    try:
        for run, result in workers.answers(todo):
            lost = {"cell": run.name, "outcome": "error", "note": "the worker ended under it"}
            results.add(result or lost)
            progress.add((result or lost)["outcome"] != PASSED)
            report(progress)
    finally:
        workers.close()
