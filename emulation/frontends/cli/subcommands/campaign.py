"""`renode-wifi campaign`: a matrix of runs from one file."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from pathlib import Path

from renode_wifi.emulation.explore.campaign import PASSED, carry_out, cases, read_campaign
from renode_wifi.emulation.explore.inputs import digest
from renode_wifi.emulation.explore.junit import UNFINISHED, as_junit
from renode_wifi.emulation.explore.results import Results
from renode_wifi.emulation.frontends.cli.output import OTHER_FOLDER, reported
from renode_wifi.emulation.frontends.cli.signals import Interruption
from renode_wifi.emulation.frontends.cli.work import ProgressLine, add_work_arguments, workers
from renode_wifi.peripherals.base.atomic_file import replace_file

EXIT_CODES = """\
exit codes:
  0    every run passed
  1    a run did not
  2    wrong arguments or a mistake in the campaign
  130  interrupted: the same command goes on
"""


def add(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Run every combination that a file names: images, worlds, seeds, faults and"
        " engines (docs/exploring.md)."
    )
    command.epilog = EXIT_CODES
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_argument("file", type=Path, metavar="FILE", help="the campaign, in YAML")
    add_work_arguments(command, "campaign")
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    with Interruption():
        return _execute(options)


def _execute(options: argparse.Namespace) -> int:
    make = workers(options)
    runs = read_campaign(options.file)
    order = [run.name for run in runs]
    with reported(options.out, OTHER_FOLDER):
        options.out.mkdir(parents=True, exist_ok=True)
    inputs = digest([(run.board, (run.image,)) for run in runs], [run.world for run in runs])
    text = "\n".join([*map(repr, runs), inputs])
    sha256 = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    head = {"campaign": str(options.file), "runs": len(runs), "sha256": sha256}
    unfinished = as_junit(str(options.file), [UNFINISHED])
    with Results(options.out / "results.jsonl", head) as results:
        replace_file(options.out / "junit.xml", unfinished.encode())
        carry_out(runs, results, make, ProgressLine("runs"))
        results.finish(order)
        entries = [results.done[name] for name in order]
    junit = as_junit(str(options.file), cases(entries))
    replace_file(options.out / "junit.xml", junit.encode())
    counts = Counter(entry["outcome"] for entry in entries)
    found = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
    print(f"renode-wifi: {len(entries)} runs: {found}", file=sys.stderr)
    return 0 if set(counts) <= {PASSED} else 1
