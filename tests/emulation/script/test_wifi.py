"""What `renode_models.py` adds to a monitor."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.engines.embedded.engine import new_script
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.script.interpreter import Interpreter
from tests.emulation.guest import CHIP, monitor_with

WORLD = """
name: small
seed: 7
access_points:
  - {ssid: here, passphrase: secret-secret, security: wpa2}
network:
  subnet: 10.0.0.0/24
  gateway: 10.0.0.1
  dhcp: {first: 10.0.0.50, last: 10.0.0.99}
"""


@pytest.fixture
def monitor() -> Interpreter:
    monitor = monitor_with(CHIP)
    monitor.execute("include @platforms/renode_models.py")
    return monitor


@pytest.fixture
def world(tmp_path: Path) -> Path:
    path = tmp_path / "world.yaml"
    path.write_text(WORLD)
    return path


def test_models_are_created_by_command(monitor: Interpreter) -> None:
    monitor.execute('wifi_model "rng" "STM32L4_RNG" "sysbus <0x50060800, +0x400>"')
    assert monitor.execute("rng WriteDoubleWord 0 4; rng ReadDoubleWord 4") == "0x00000001"


def test_attributes_are_separated_by_semicolons(monitor: Interpreter) -> None:
    monitor.execute(
        'wifi_model "id" "STM32L4_Signature" "sysbus 0x1FFF7500" "uid0: 5; flashSize: 0x40"'
    )
    assert monitor.execute("sysbus ReadDoubleWord 0x1FFF75E0") == "0xFFFF0040"


RNG = 'wifi_model "rng" "STM32L4_RNG" "sysbus <0x50060800, +0x400>"'


def test_world_gives_its_seed_to_the_machine(monitor: Interpreter, world: Path) -> None:
    monitor.execute(f"wifi_world @{world}; {RNG}")
    assert monitor.current.seed == 7
    assert monitor.current.world.seed == 7


@pytest.mark.parametrize(("seed", "used"), [("12", 12), ('"12"', 12), ('"world"', 7)])
def test_seed_can_be_chosen(monitor: Interpreter, world: Path, seed: str, used: int) -> None:
    monitor.execute(f"wifi_world @{world} {seed}; {RNG}")
    assert monitor.current.seed == used


@pytest.mark.parametrize("world_first", [True, False])
def test_radio_is_connected_to_the_world(
    monitor: Interpreter, world: Path, world_first: bool
) -> None:
    commands = [
        f"wifi_world @{world}",
        'wifi_model "spi3" "STM32L4_SPI" "sysbus 0x40003C00"; wifi_model "ism" "ISM43362" "spi3"',
    ]
    for command in commands if world_first else reversed(commands):
        monitor.execute(command)
    machine = monitor.current
    assert machine.full_name("ism") == "sysbus.spi3.ism"
    assert machine.peripheral("ism").processor.access.world is machine.world


def test_the_core_starts_from_its_vectors(monitor: Interpreter) -> None:
    monitor.execute("$vectors=0x20000100; wifi_vectors $vectors")
    assert monitor.execute("cpu VectorTableOffset") == "0x20000100"
    monitor.execute("machine Reset")
    assert monitor.execute("cpu VectorTableOffset") == "0x20000100"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("wifi_vectors", "Bad parameters for command wifi_vectors"),
        ("wifi_vectors here", "Bad parameters for command wifi_vectors"),
        ("wifi_model", "Bad parameters for command wifi_model"),
        ('wifi_model "a" "STM32L4_RGN" "sysbus 0"', "Could not resolve type: 'STM32L4_RGN'"),
        ("wifi_world", "Bad parameters for command wifi_world"),
        ('wifi_world @x "seven"', "'seven' is not a seed"),
        ('wifi_fault "link" "loss: 0.1"', "the machine has no world"),
        ('wifi_server "echo"', "the machine has no world"),
    ],
)
def test_misuse(monitor: Interpreter, line: str, message: str) -> None:
    with pytest.raises(RenodeWifiError, match=message) as caught:
        monitor.execute(line)
    assert caught.value.cure


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('wifi_fault "link" "latency: 300"', "link: latency: `300` is not right"),
        ('wifi_fault "link" "latency: soon"', "link: latency: `soon` is not right"),
        ('wifi_fault "link" "latency"', "'latency' has no value"),
        ('wifi_fault "ap-vanishes" "server: echo"', "ap-vanishes does not take server"),
        ('wifi_fault "meteor"', "there is no fault 'meteor'"),
        ('wifi_fault "abort"', "the ISM43362 has no fault 'abort'"),
    ],
)
def test_faults_that_cannot_happen_are_reported(
    monitor: Interpreter, world: Path, line: str, message: str
) -> None:
    monitor.execute(f'wifi_world @{world}; wifi_model "spi3" "STM32L4_SPI" "sysbus 0x40003C00"')
    monitor.execute('wifi_model "ism" "ISM43362" "spi3"')
    with pytest.raises(RenodeWifiError, match=message) as caught:
        monitor.execute(line)
    assert caught.value.cure


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("nonsense: 3", "the ISM43362 has no attribute 'nonsense'"),
        ("firmware: 3", "firmware is 3"),
        ("mac: zz", "mac is 'zz'"),
    ],
)
def test_mistakes_in_the_options_of_the_radio_have_the_line_of_the_world_file(
    monitor: Interpreter, world: Path, options: str, message: str
) -> None:
    world.write_text(f"{WORLD}radio:\n  options: {{{options}}}\n")
    monitor.execute('wifi_model "spi3" "STM32L4_SPI" "sysbus 0x40003C00"')
    monitor.execute('wifi_model "ism" "ISM43362" "spi3"')
    with pytest.raises(RenodeWifiError, match=message) as caught:
        monitor.execute(f"wifi_world @{world}")
    assert str(caught.value).startswith(f"{world}:11:12: ")
    assert caught.value.cure


@pytest.mark.parametrize(
    ("fault", "place", "message"),
    [
        ("{do: hing}", "12:10", "there is no fault 'hing'"),
        ("{do: hang, nth: x}", "12:21", "the text `x` is not right"),
        ("{do: abort}", "12:5", "the ISM43362 has no fault 'abort'"),
    ],
)
def test_mistakes_in_faults_of_the_radio_have_their_line(
    monitor: Interpreter, world: Path, fault: str, place: str, message: str
) -> None:
    world.write_text(f"{WORLD}radio: {{tls: relaxed}}\nfaults:\n  - {fault}\n")
    monitor.execute('wifi_model "spi3" "STM32L4_SPI" "sysbus 0x40003C00"')
    monitor.execute('wifi_model "ism" "ISM43362" "spi3"')
    with pytest.raises(RenodeWifiError, match=message) as caught:
        monitor.execute(f"wifi_world @{world}")
    assert str(caught.value).startswith(f"{world}:{place}: ")
    assert caught.value.cure


def test_error_has_the_line_of_the_script(monitor: Interpreter, tmp_path: Path) -> None:
    script = tmp_path / "chip.resc"
    script.write_text('\nwifi_model "a" "STM32L4_RNG" "sysbus 0x50060800" "frequency: 1"\n')
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute_script(script)
    assert str(caught.value).startswith(f"{script}:2:1: Error E25")
    assert "no parameter 'frequency'" in str(caught.value)


RADIO = 'wifi_model "spi3" "STM32L4_SPI" "sysbus 0x40003C00"; wifi_model "ism" "ISM43362" "spi3"'


def machine_in(monitor: Interpreter, world: Path, name: str, shared: str = "") -> None:
    monitor.execute(f'wifi_world @{world} "world" "{shared}"; mach create "{name}"')
    monitor.execute(RADIO)


def test_machines_that_name_a_world_share_it(monitor: Interpreter, world: Path) -> None:
    for name in ("one", "two"):
        machine_in(monitor, world, name, "lab")
    machine_in(monitor, world, "three")
    one, two, three = (monitor.machines[name] for name in ("one", "two", "three"))
    assert one.world is two.world
    assert three.world is not one.world
    # Their radios have addresses of their own.
    assert (one.seed, two.seed, three.seed) == (7, "7/machine-1", 7)


def test_a_shared_world_goes_with_its_last_machine(monitor: Interpreter, world: Path) -> None:
    for name in ("one", "two"):
        machine_in(monitor, world, name, "lab")
    shared = monitor.machines["one"].world
    assert shared is not None
    happened: list[int] = []
    shared.clock.schedule(5000, lambda: happened.append(shared.clock.now))
    monitor.execute("mach rem one")
    # Its clock is that of the machines that are left.
    two = monitor.machines["two"].core.clock
    assert two.next_time == 5000
    machine_in(monitor, world, "three", "lab")
    assert monitor.machines["three"].world is shared


def test_a_shared_world_is_one_file_with_one_seed(monitor: Interpreter, world: Path) -> None:
    machine_in(monitor, world, "one", "lab")
    with pytest.raises(RenodeWifiError, match="'lab' is small with seed 7") as caught:
        monitor.execute(f'wifi_world @{world} 8 "lab"')
    assert caught.value.cure


@pytest.mark.parametrize("board", ["b_l475e_iot01a", "cc3220sf_launchxl"])
@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("$world=@nowhere.yaml", ""),
        ("$world=@{world}", "radio: {{options: {{nonsense: 3}}}}"),
        ("$world=@{world}", "servers: []\n  nonsense"),
        ('$seed="abc"', ""),
    ],
)
def test_a_script_that_fails_leaves_nothing_behind(
    world: Path, board: str, setting: str, text: str
) -> None:
    monitor = new_script()
    world.write_text(WORLD + text)
    monitor.execute(setting.format(world=world))
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute(f"include @platforms/{board}.resc")
    assert caught.value.cure
    assert not monitor.machines
    world.write_text(WORLD)
    monitor.execute(f'$world=@{world}; $seed="world"; include @platforms/{board}.resc')
    assert list(monitor.machines) == [board]
