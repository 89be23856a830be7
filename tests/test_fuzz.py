"""Every fuzz target takes what is good, and withstands some inputs that are not."""

from __future__ import annotations

import math
import re
import subprocess
import sys

import pytest
from fuzz.__main__ import fuzz, main
from fuzz.echo import BOARDS, echo
from fuzz.targets import ROOT, TARGETS, Target

SLOW = {"at": 2, "nwp": 2, "elf": 20, "tls": 40, "core": 3, "dwarf": 30}
SLOW |= dict.fromkeys(["st-accesses", "st-guest", "ti-accesses", "ti-guest"], 2)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_target_withstands(target: Target) -> None:
    for seed in target.seeds():
        target.run(seed)
    # How long an input takes depends on what else the machine does.
    assert fuzz(target, 0, 0, SLOW.get(target.name, 200), max_seconds=math.inf) == 0


def test_a_finding_is_kept(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(str(tmp_path))

    def fail(data: bytes) -> None:
        raise ZeroDivisionError

    assert fuzz(Target("bad", lambda: [b"x"], fail), 0, 0, 5) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_targets_are_chosen_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coap", "mqtt", "--inputs", "20"]) == 0
    assert capsys.readouterr().out.count("20 inputs") == 2
    with pytest.raises(SystemExit):
        main(["none"])


@pytest.mark.parametrize("board", BOARDS)
def test_an_echo_comes_back_after_each_of_some_faults(
    board: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three minutes; `make soak HOURS=24` runs a day."""
    assert echo(board, 3 / 60, seed=0) == 0
    rounds = re.search(r"hours, (\d+) echoes; faults cured by ", capsys.readouterr().out)
    assert rounds is not None
    assert int(rounds[1]) > 60


def test_files_are_whole_after_a_kill_and_on_a_full_disk() -> None:
    """A kill and a full disk for each kind; `python -m fuzz.torn` has more."""
    kinds = ("run", "qualify", "save", "fileFolder")
    command = [sys.executable, "-m", "fuzz.torn", *kinds, "--kills", "4", "--full", "4"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("1 kills, 1 full") == len(kinds)
