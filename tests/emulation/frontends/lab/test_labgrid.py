"""A board in labgrid, with labgrid from PyPI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

labgrid = pytest.importorskip("labgrid", reason="pip install 'renode-wifi[labgrid]'")

FIRMWARE = Path(__file__).resolve().parents[4] / "firmware"
SHELL = FIRMWARE / "shell" / "b_l475e_iot01a.elf"
TALK = FIRMWARE / "talk" / "b_l475e_iot01a.elf"
ENVIRONMENT = f"""
targets:
  main:
    resources:
      RenodeWifiBoard: {{board: b_l475e_iot01a, image: {SHELL}}}
    drivers:
      RenodeWifiDriver: {{}}
images:
  talk: {TALK}
imports: [renode_wifi.emulation.frontends.lab.labgrid]
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "env.yaml"
    path.write_text(ENVIRONMENT)
    environment = labgrid.Environment(str(path))
    yield environment.get_target("main")
    environment.cleanup()


def test_power_console_and_reset(lab: Any) -> None:
    power, console = lab.get_driver("PowerProtocol"), lab.get_driver("ConsoleProtocol")
    power.on()
    _, _, match, _ = console.expect(r"shell: (\S+)\r\n", timeout=5)
    assert match.group(1) == b"b_l475e_iot01a"
    console.expect("> ")
    console.write(b"hi\r")
    console.expect("unknown command", timeout=5)
    lab.get_driver("ResetProtocol").reset()
    console.expect("shell:", timeout=5)
    power.cycle()
    console.expect("shell:", timeout=5)


def test_an_image_is_loaded(lab: Any) -> None:
    console = lab.get_driver("ConsoleProtocol")
    lab.get_driver("BootstrapProtocol").load("talk")
    lab.get_driver("PowerProtocol").on()
    console.expect("talk>", timeout=5)
    lab.get_driver("BootstrapProtocol").load(str(SHELL))
    console.expect("shell:", timeout=5)


def test_a_board_that_is_off_is_silent_and_says_so(lab: Any) -> None:
    from labgrid.driver.exception import ExecutionError

    console = lab.get_driver("ConsoleProtocol")
    with pytest.raises(ExecutionError, match="the board is off"):
        console.write(b"x")
    lab.get_driver("PowerProtocol").on()
    console.expect("> ", timeout=5)
    from pexpect import TIMEOUT

    with pytest.raises(TIMEOUT):
        console.expect("never", timeout=0.5)
