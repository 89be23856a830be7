"""Sessions in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.engines.embedded.engine import new_script
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.script import saving
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.saving import HEAD, MAGIC
from tests.emulation.guest import counting_monitor

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "platforms" / "b_l475e_iot01a.resc"
TALK = ROOT / "firmware" / "talk" / "b_l475e_iot01a.elf"
HOME = ROOT / "platforms" / "worlds" / "home.yaml"


def board(
    world: Path = ROOT / "platforms" / "worlds" / "home.yaml", name: str = "one"
) -> Interpreter:
    monitor = new_script()
    monitor.execute(f'$name="{name}"; $world=@{world}; $seed=5')
    monitor.execute(f"include @{SCRIPT}; $bin=@{TALK}; runMacro $reset")
    return monitor


def test_a_fresh_session_goes_on_from_a_file(tmp_path: Path) -> None:
    monitor = board()
    monitor.execute(f'emulation RunFor "0.001"; Save @{tmp_path}/state')
    other = new_script()
    other.execute(f"Load @{tmp_path}/state")
    for command in ("mach", 'wifi_server "echo"', "currentTime"):
        assert other.execute(command)[:60] == monitor.execute(command)[:60]
    assert other.current.seed == 5
    for each in (monitor, other):
        each.execute('emulation RunFor "0.3"')
    assert other.execute("cpu PC") == monitor.execute("cpu PC")


def test_several_machines_go_on(tmp_path: Path) -> None:
    monitor = board()
    monitor.execute(f'emulation RunFor "0.001"; $name="two"; include @{SCRIPT}')
    monitor.execute(f"Save @{tmp_path}/state")
    other = new_script()
    other.execute(f"Load @{tmp_path}/state")
    assert list(other.machines) == ["one", "two"]
    assert other.machines["two"].epoch == monitor.machines["two"].epoch > 0


def test_a_world_file_that_changed_is_an_error(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_bytes(HOME.read_bytes())
    monitor = board(world)
    monitor.execute(f"Save @{tmp_path}/state")
    world.write_bytes(HOME.read_bytes() + b"# changed\n")
    other = new_script()
    with pytest.raises(RenodeWifiError, match="not as it was"):
        other.execute(f"Load @{tmp_path}/state")
    assert other.machines == {}


def test_no_world_file_is_read_because_a_saved_session_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have code executed: a server of type python is a file beside it."""
    world = tmp_path / "world.yaml"
    world.write_text("access_points: [{ssid: a}]\n")
    board(world).execute(f"Save @{tmp_path}/state")
    # As another process has it.
    monkeypatch.setattr(saving, "_own", set())
    other = new_script()
    with pytest.raises(RenodeWifiError, match="may have code executed"):
        other.execute(f"Load @{tmp_path}/state")
    assert other.machines == {}
    other.execute(f"$world=@{world}; Load @{tmp_path}/state")
    assert list(other.machines) == ["one"]


def test_machines_of_no_boards_script_are_made_first(tmp_path: Path) -> None:
    counting_monitor(tmp_path).execute(f"Save @{tmp_path}/state")
    with pytest.raises(RenodeWifiError, match="not made by a board's script"):
        new_script().execute(f"Load @{tmp_path}/state")
    other = counting_monitor(tmp_path)
    other.execute(f"Load @{tmp_path}/state")


@pytest.mark.parametrize("place", [0, len(MAGIC), HEAD - 1, HEAD + 3, -1])
def test_what_is_damaged_is_refused(tmp_path: Path, place: int) -> None:
    monitor = counting_monitor(tmp_path)
    monitor.execute(f"Save @{tmp_path}/state")
    data = bytearray((tmp_path / "state").read_bytes())
    data[place] ^= 1
    (tmp_path / "state").write_bytes(data)
    with pytest.raises(RenodeWifiError, match=r"damaged|not a snapshot"):
        monitor.execute(f"Load @{tmp_path}/state")


def test_nothing_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(RenodeWifiError, match="No machine selected"):
        new_script().execute(f"Save @{tmp_path}/state")
