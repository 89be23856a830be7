"""`python -m fuzz`: every target for some seconds, or for a number of inputs."""

from __future__ import annotations

import argparse
import hashlib
import logging
import random
import sys
import time
import traceback
from pathlib import Path

from fuzz.mutate import mutate
from fuzz.targets import MAX_SECONDS, TARGETS, Target

FINDINGS = Path("out/fuzz")


def main(arguments: list[str] | None = None) -> int:
    """0: nothing was found; 1: an input of out/fuzz ends in an exception, or takes too long."""
    names = [target.name for target in TARGETS]
    options = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    options.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(names))
    options.add_argument("--seconds", type=float, default=10.0, help="for each target")
    options.add_argument("--inputs", type=int, help="for each target, instead of seconds")
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args(arguments)
    if unknown := set(asked.targets) - set(names):
        options.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    found = 0
    logging.disable(logging.CRITICAL)
    try:
        for target in TARGETS:
            if target.name in (asked.targets or names):
                found += fuzz(target, asked.seed, asked.seconds, asked.inputs)
    finally:
        logging.disable(logging.NOTSET)
    return min(found, 1)


def fuzz(
    target: Target,
    seed: int,
    seconds: float,
    inputs: int | None,
    max_seconds: float = MAX_SECONDS,
) -> int:
    """Returns how many inputs did harm. The first of each kind is kept."""
    draw = random.Random(f"{target.name}/{seed}")
    seeds = target.seeds()
    started = time.monotonic()
    count = refused = parts = 0
    kinds: set[str] = set()
    while count < inputs if inputs is not None else time.monotonic() - started < seconds:
        # The good ones first: a target that refuses all tests nothing.
        data = seeds[count] if count < len(seeds) else mutate(draw, seeds)
        count += 1
        begun = time.process_time()
        try:
            result = target.run(data)
            parts += result if target.counts and isinstance(result, int) else 0
        except target.refuses:
            refused += 1
        except Exception as error:
            _keep(target, data, kinds, _kind(error), traceback.format_exc())
        if (taken := time.process_time() - begun) > max_seconds:
            _keep(target, data, kinds, "slow", f"{taken:.1f} CPU s")
    duration = time.monotonic() - started
    print(
        f"{target.name:>11}: {count} inputs, {refused} refused,"
        f"{f' {parts} {target.counts},' if target.counts else ''} {len(kinds)} findings"
        f" ({duration:.1f} s)",
        flush=True,
    )
    return len(kinds)


def _kind(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {frame.filename}:{frame.lineno}"


def _keep(target: Target, data: bytes, kinds: set[str], kind: str, report: str) -> None:
    if kind in kinds:
        return
    kinds.add(kind)
    FINDINGS.mkdir(parents=True, exist_ok=True)
    path = FINDINGS / f"{target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    print(f"{target.name}: {path}: {kind}\n{report}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
