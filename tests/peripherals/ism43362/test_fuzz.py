"""AT commands at random; see `fuzz.py` for long runs."""

from __future__ import annotations

import pytest

from tests.peripherals.ism43362.fuzz import Fuzzer, main


@pytest.mark.parametrize("seed", range(3))
def test_random_commands_do_no_harm(seed: int) -> None:
    fuzzer = Fuzzer(seed)
    fuzzer.run(3000)
    assert fuzzer.replies > 3000


def test_runs_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    main(["200", "5"])
    assert capsys.readouterr().out.splitlines()[-1].startswith("200 commands")
