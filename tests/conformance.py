"""Runs `robot/keywords.robot` with Renode's own keywords and with this package's, and compares.

`python -m tests.conformance [CASE…]` prints where outcomes differ. Renode is looked for as always;
its `renode-test` has to be beside it. All cases take some minutes there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

from renode_wifi.emulation.engines.renode.find import find
from renode_wifi.emulation.errors import RenodeWifiError

ROOT = Path(__file__).resolve().parent.parent
SUITE = ROOT / "robot" / "keywords.robot"
Outcomes = dict[str, str]
"""PASS, FAIL or SKIP of each case."""


def renode_test() -> Path:
    """The runner of the Renode that is found. Raises RenodeWifiError."""
    command = find().command.resolve()
    for folder in (command.parent, command.parent.parent):
        if (folder / "renode-test").is_file():
            return folder / "renode-test"
    raise RenodeWifiError(
        f"no renode-test beside {command}", cure="install a Renode package that has it"
    )


def outcomes(output: Path) -> Outcomes:
    """Of Robot's output file."""
    found = {}
    for test in ElementTree.parse(output).iter("test"):
        status = test.find("status")
        assert status is not None
        found[test.attrib["name"]] = status.attrib["status"]
    return found


def with_renode(folder: Path, cases: Sequence[str] = (), suite: Path = SUITE) -> Outcomes:
    """Run under renode-test. folder: for what it writes. Raises RenodeWifiError."""
    if cases:
        # renode-test takes one choice, and what begins like it.
        found: Outcomes = {}
        for number, case in enumerate(cases):
            (folder / str(number)).mkdir()
            found |= _run_renode(folder / str(number), ("-f", f"*{case}"), suite)
        return {case: outcome for case, outcome in found.items() if case in cases}
    return _run_renode(folder, (), suite)


def _run_renode(folder: Path, chosen: Sequence[str], suite: Path) -> Outcomes:
    done = subprocess.run(
        [str(renode_test()), str(suite), "-r", str(folder), *chosen],
        cwd=folder,
        env=os.environ | {"RENODE_WIFI_PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    output = folder / "robot_output.xml"
    if not output.exists():
        said = (done.stdout + done.stderr).strip().splitlines()[-3:]
        raise RenodeWifiError(
            "renode-test did not run: " + " | ".join(said),
            cure="it needs Python packages of its own: see tests/requirements.txt of Renode",
        )
    return outcomes(output)


def with_this_package(folder: Path, cases: Sequence[str] = (), suite: Path = SUITE) -> Outcomes:
    """Run with the package's keywords on the embedded engine."""
    chosen = [item for case in cases for item in ("--test", case)]
    command = [sys.executable, "-m", "robot", "--pythonpath", str(ROOT / "src"), *chosen]
    subprocess.run(
        [*command, "--outputdir", str(folder), "--console", "none", str(suite)], check=False
    )
    return outcomes(folder / "output.xml")


def differences(theirs: Outcomes, ours: Outcomes) -> list[str]:
    """One line for each case that ended differently."""
    return [
        f"{case}: {theirs.get(case, 'not run')} with Renode, {ours.get(case, 'not run')} here"
        for case in sorted(theirs.keys() | ours.keys())
        if theirs.get(case) != ours.get(case)
    ]


def main(cases: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / name for name in ("renode", "own")]
        for folder in folders:
            folder.mkdir()
        theirs, ours = with_renode(folders[0], cases), with_this_package(folders[1], cases)
    found = differences(theirs, ours)
    print("\n".join([*found, f"{len(theirs)} cases, {len(found)} differ"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
