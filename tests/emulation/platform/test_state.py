"""Snapshots are data: what goes in comes back, and nothing that a file says is executed."""

from __future__ import annotations

import gc
import json
import os
import pickle
import random
from array import array
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform import snapshot
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.state.decoder import Decoder
from renode_wifi.emulation.platform.state.encoder import Encoder
from renode_wifi.emulation.platform.state.trust import Known, Untrusted
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.network.contract.station import Security
from tests.emulation.guest import CHIP, counting_monitor, machine_with

ROOT = Path(__file__).resolve().parents[3]
WATCHED = (
    CHIP
    + "usart1: UART.STM32F7_USART @ sysbus 0x40013800\n    -> nvic@37\n    frequency: 80000000\n"
    + "iwdg: Timers.STM32_IndependentWatchdog @ sysbus 0x40003000\n    frequency: 32000\n"
)

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.integers() | st.text(), inner)
        | st.lists(inner).map(deque)
        | st.binary()
        | st.binary().map(bytearray)
    ),
    max_leaves=20,
)


def there_and_back(value: object) -> Any:
    back: Any = Decoder(memoryview(Encoder(Known()).encode([value])), Known()).decode()
    return back[0]


@given(plain)
def test_plain_values_come_back(value: object) -> None:
    assert there_and_back(value) == value


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        frozenset({"a", "b"}),
        OrderedDict([(2, 1), (1, 2)]),
        deque([1, 2], maxlen=3),
        array("I", [1, 2**32 - 1]),
        range(1, 9, 2),
        IPv4Address("10.0.0.1"),
        IPv4Network("10.0.0.0/8"),
        next(iter(Security)),
        Security,
        (1, (2, [3])),
        "\ud800\x00",
        2**2000,
    ],
)
def test_values_come_back_as_they_were(value: object) -> None:
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


def test_what_is_shared_stays_shared_and_circles_close() -> None:
    shared: list[Any] = [1]
    shared.append(shared)
    first, second = there_and_back((shared, {"a": shared}))
    assert first is second["a"] is first[1]


def test_one_state_decoded_twice_shares_nothing() -> None:
    state = Encoder(Known()).encode([[1], {"a": [2]}, deque([3]), {4}, bytearray(b"5")])
    first, second = (Decoder(memoryview(state), Known()).decode() for _ in range(2))
    assert isinstance(first, list)
    first[0].append(6)
    first[1]["a"].clear()
    for changed_part in first[2:]:
        changed_part.clear()
    assert second == [[1], {"a": [2]}, deque([3]), {4}, bytearray(b"5")]


@pytest.mark.parametrize("collects", [True, False])
def test_reading_a_state_leaves_collection_as_it_was(collects: bool) -> None:
    machine = machine_with(WATCHED)
    saved = machine.save()
    was = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        machine.restore(saved)
        assert gc.isenabled() == collects
        with pytest.raises(RenodeWifiError):
            machine.restore(changed(saved, lambda table: table.clear()))
        assert gc.isenabled() == collects
    finally:
        (gc.enable if was else gc.disable)()


def test_a_random_source_goes_on() -> None:
    source = random.Random("seed")
    source.gauss(0, 1)
    copy = there_and_back(source)
    assert [copy.random() for _ in range(700)] == [source.random() for _ in range(700)]


def test_calls_of_models_come_back() -> None:
    line = Line()
    back = there_and_back((line, partial(line.set, True)))
    back[1]()
    assert back[0].level
    assert not line.level


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Machine, "load"),
        (Machine, "find_file"),
        (Path, "touch"),
        (Line, "__init__"),
        (Line, "__reduce_ex__"),
        (Line, "none"),
        (Board, "close"),
    ],
)
def test_other_methods_are_not_bound(owner: type, name: str) -> None:
    with pytest.raises(Untrusted, match="no model keeps the method"):
        Known().find_method(owner, name)


@pytest.mark.parametrize(
    "value",
    [
        print,
        os.system,
        partial(os.system, "true"),
        lambda: None,
        Path("/etc/passwd"),
        object(),
        [].append,
    ],
)
def test_what_is_no_model_is_not_saved(value: object) -> None:
    with pytest.raises(Untrusted):
        there_and_back(value)


# Files of others.


def changed(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A snapshot with another table, and a digest that fits."""
    body = data[snapshot.HEAD :]
    length = int.from_bytes(body[:4], "little")
    table = json.loads(body[4 : 4 + length])
    change(table)
    text = json.dumps(table).encode()
    body = len(text).to_bytes(4, "little") + text + body[4 + length :]
    head = snapshot.MAGIC + snapshot.VERSION.to_bytes(2, "little")
    return head + snapshot._digest(body) + body


class Bomb:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("prefix", [b"", snapshot.MAGIC, snapshot.MAGIC + b"\x02\x00" + bytes(32)])
def test_a_pickle_is_no_snapshot(tmp_path: Path, prefix: bytes) -> None:
    target = tmp_path / "executed"
    with pytest.raises(RenodeWifiError):
        machine_with().restore(prefix + pickle.dumps(Bomb(target)))
    assert not target.exists()


def _replace_root(node: list[Any]) -> Callable[[dict[str, Any]], None]:
    return lambda table: table["nodes"].__setitem__(0, node)


def _with_class(name: str, kind: str = "c") -> Callable[[dict[str, Any]], None]:
    def change(table: dict[str, Any]) -> None:
        table["classes"].append(name)
        table["nodes"].append([kind, len(table["classes"]) - 1])

    return change


def _with_layout(name: str, *attributes: str) -> Callable[[dict[str, Any]], None]:
    def change(table: dict[str, Any]) -> None:
        table["classes"].append(name)
        table["layouts"].append([len(table["classes"]) - 1, *attributes])
        table["nodes"].append(["o", len(table["layouts"]) - 1, *attributes])

    return change


def _doubling(*kinds: object) -> Callable[[dict[str, Any]], None]:
    """Tuples of two times the same tuple each, and who looks at the first."""

    def change(table: dict[str, Any]) -> None:
        nodes = table["nodes"]
        kind, *rest = kinds
        nodes.append([kind, [len(nodes) + 1], *rest])
        nodes.extend(["t", [number], [number]] for number in range(len(nodes) + 1, len(nodes) + 61))
        nodes.append(["t"])

    return change


MODELS = "renode_wifi.peripherals."
HOSTILE = [
    _with_class("os:system"),
    _with_class("subprocess:Popen"),
    _with_class("builtins:eval"),
    _with_class("renode_wifi.emulation.platform.stock.python_peripheral:PythonPeripheral"),
    _with_class(MODELS + "base.atomic_file:replace_file"),
    _with_class(MODELS + "base.atomic_file:os.system"),
    _with_class(MODELS + "network.bridge.host_port:SocketPort"),
    _with_class(MODELS + "network.worldfile.bridge:EgressRule"),
    _with_class(MODELS + "network.worldfile.schema:WorldSettings"),
    _with_class(MODELS + "simplelink.profile:NwpProfile"),
    _with_class(MODELS + "none:Such"),
    _with_class(MODELS + "../../os:system"),
    _with_layout(MODELS + "base.line:Line", "__class__"),
    _with_layout(MODELS + "base.line:Line", "level; x"),
    lambda table: table["nodes"].append(["m", [0], "__class__"]),
    lambda table: table["nodes"].append(["p", [0], 0]),
    lambda table: table["nodes"].append(["x", "none"]),
    lambda table: table["nodes"].append(["b", 0, 10**12]),
    lambda table: table["nodes"].append(["b", -5, 3]),
    lambda table: table["nodes"].append(["a", "u", 0, 4]),
    lambda table: table["nodes"].append(["t", [len(table["nodes"])]]),
    lambda table: table["nodes"].append(["b", 0, 100]),  # those bytes are another value's
    _doubling("s"),
    _doubling("f"),
    _doubling("d", 1),
    _doubling("p", 0),
    lambda table: table["nodes"].append(["?"]),
    lambda table: table["nodes"].append([]),
    lambda table: table["nodes"].append(7),
    lambda table: table.pop("nodes"),
    lambda table: table.clear(),
    _replace_root(["l"]),
    _replace_root(["d"]),
    _replace_root(["d", "models", 1]),
]


@pytest.mark.parametrize("change", HOSTILE)
def test_a_hostile_file_ends_in_an_error_and_changes_nothing(
    change: Callable[[dict[str, Any]], None],
) -> None:
    machine = machine_with(WATCHED)
    before = machine.save()
    with pytest.raises(RenodeWifiError):
        machine.restore(changed(before, change))
    assert machine.save() == before


def test_an_array_of_another_size_is_refused() -> None:
    machine = machine_with(WATCHED)
    before = machine.save()

    def shorten(table: dict[str, Any]) -> None:
        for node in table["nodes"]:
            if node[0] == "a":
                node[3] -= 8

    with pytest.raises(RenodeWifiError, match="doesn't fit this board"):
        machine.restore(changed(before, shorten))
    assert machine.save() == before


def test_registers_without_values_are_refused() -> None:
    machine = machine_with(WATCHED)
    before = machine.save()

    def forget(table: dict[str, Any]) -> None:
        nodes = table["nodes"]
        kept = {number for number, node in enumerate(nodes) if node[0] == "a"}
        for node in nodes:
            if node[0] in "oZ":
                node[2:] = [
                    None if isinstance(item, list) and item[0] in kept else item
                    for item in node[2:]
                ]

    with pytest.raises(RenodeWifiError, match="doesn't fit this board"):
        machine.restore(changed(before, forget))
    assert machine.save() == before


@pytest.mark.parametrize("pair", [(1,), (1, 2, 3), (1, -1), (1, 1 << 32), "ab", {1: 0, 2: 0}])
def test_an_exclusive_monitor_that_no_core_has_is_refused(pair: object) -> None:
    machine = machine_with(WATCHED)
    before, state = machine.save(), machine.state()
    core = Decoder(memoryview(state["core"]), Known()).decode()
    assert isinstance(core, dict)
    state["core"] = Encoder(Known()).encode(core | {"exclusive": pair})
    with pytest.raises(RenodeWifiError):
        machine.restore(snapshot.dump(state, machine.known()))
    assert machine.save() == before


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_damaged_file_ends_in_an_error_and_changes_nothing(data: st.DataObject) -> None:
    machine = machine_with(WATCHED)
    before = machine.save()
    damaged = bytearray(before)
    place = data.draw(st.integers(0, len(before) - 1))
    if data.draw(st.booleans()):
        del damaged[place:]
    else:
        damaged[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RenodeWifiError):
        machine.restore(bytes(damaged))
    assert machine.save() == before


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32))
def test_a_file_with_other_values_is_taken_or_refused(seed: int) -> None:
    machine = machine_with(WATCHED)
    before = machine.save()
    source = random.Random(seed)

    def change(table: dict[str, Any]) -> None:
        for _ in range(source.choice([1, 1, 3])):
            node = source.choice(table["nodes"])
            other = source.choice(table["nodes"])
            place = source.randrange(len(node))
            node[place] = source.choice([*other, [source.randrange(len(table["nodes"]))], -1])

    try:
        machine.restore(changed(before, change))
    except RenodeWifiError:
        assert machine.save() == before


def test_a_snapshot_is_of_its_world(tmp_path: Path) -> None:
    name = "b_l475e_iot01a"
    world = tmp_path / "world.yaml"
    world.write_text("access_points: [{ssid: other, security: open}]\n")
    with Board(name) as first, Board(name, world=world) as second:
        state = first.snapshot()
        with pytest.raises(RenodeWifiError, match="another board, world or version"):
            second.restore(state)


def test_saving_is_whole_or_not_at_all(tmp_path: Path) -> None:
    monitor = counting_monitor(tmp_path)
    path = tmp_path / "state.snapshot"
    monitor.execute(f"Save @{path}")
    kept = path.read_bytes()
    target = tmp_path / "link"
    target.symlink_to(path)
    monitor.execute(f"Save @{target}")
    assert not target.is_symlink()
    assert path.read_bytes() == kept
    monitor.execute(f"Load @{path}")


OWN = """
from renode_wifi import TcpServer


class Counted:
    def __init__(self):
        self.opened = 0


class Own(TcpServer):
    def __init__(self, context, settings):
        super().__init__(context, settings)
        self.counted = Counted()
"""


def test_servers_of_the_users_own_are_saved(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(OWN)
    world = tmp_path / "world.yaml"
    world.write_text(
        "access_points: [{ssid: a, security: open}]\n"
        "servers: {own: {type: python, class: 'own.py:Own', port: 502}}\n"
    )
    with Board("b_l475e_iot01a", world=world) as board:
        server: Any = board.world.server("own")
        server.counted.opened = 7
        state = board.snapshot()
        server.counted.opened = 8
        board.restore(state)
        server = board.world.server("own")
        assert server.counted.opened == 7
