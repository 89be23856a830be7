"""`renode-wifi campaign`: a matrix of runs from one file."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from renode_wifi.emulation.explore.campaign import carry_out, read_campaign
from renode_wifi.emulation.explore.results import Results
from renode_wifi.emulation.frontends.cli.arguments import integer
from renode_wifi.emulation.frontends.cli.explore import workers
from renode_wifi.emulation.frontends.cli.subcommand import Subparsers

EXIT_CODES = """\
exit codes:
  0    every run passed
  1    a run did not
  2    wrong arguments or a mistake in the campaign
  130  interrupted: the same command goes on
"""
REPORT_EVERY = 5.0


def add(subparsers: Subparsers) -> None:
    command = subparsers.add_parser(
        "campaign",
        help="run a matrix of images, worlds, seeds and faults",
        description="Run every combination that a file names: images, worlds, seeds, faults and"
        " engines (docs/exploring.md).",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("file", type=Path, metavar="FILE", help="the campaign, in YAML")
    command.add_argument(
        "--jobs", type=integer, default=1, metavar="N", help="processes (default: %(default)s)"
    )
    command.add_argument("--scheduler", metavar="tcp://…", help="of a Dask cluster, which works")
    command.add_argument(
        "--out",
        type=Path,
        default=Path("campaign"),
        metavar="FOLDER",
        help="results; a campaign that was broken off goes on there (default: %(default)s)",
    )
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    runs = read_campaign(options.file)
    order = [run.name for run in runs]
    options.out.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256("\n".join(order).encode()).hexdigest()
    head = {"campaign": str(options.file), "runs": len(runs), "sha256": digest}
    started, reported = time.monotonic(), [0.0]

    def report(done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - reported[0] > REPORT_EVERY:
            reported[0] = now
            rate = done / (now - started)
            print(
                f"renode-wifi: {done} of {total} runs, {rate:.2f} per second",
                file=sys.stderr,
                flush=True,
            )

    with Results(options.out / "results.jsonl", head) as results:
        carry_out(runs, results, workers(options.jobs, options.scheduler), report)
        results.finish(order)
        entries = [results.done[name] for name in order]
    root = ElementTree.Element("testsuite", name=str(options.file), tests=str(len(entries)))
    for entry in entries:
        case = ElementTree.SubElement(root, "testcase", classname="campaign", name=entry["cell"])
        if entry["outcome"] != "passed":
            failure = ElementTree.SubElement(case, "failure", type=entry["outcome"])
            failure.text = "\n".join([entry.get("note", ""), *entry.get("last", ())])
    ElementTree.ElementTree(root).write(options.out / "junit.xml", "utf-8", xml_declaration=True)
    counts = Counter(entry["outcome"] for entry in entries)
    found = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
    print(f"renode-wifi: {len(entries)} runs: {found}", file=sys.stderr)
    return 0 if set(counts) <= {"passed"} else 1
