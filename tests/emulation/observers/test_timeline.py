"""Lanes of a run, and the Perfetto trace of them, parsed again."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.observers.timeline.activity import ActivityLanes
from renode_wifi.emulation.observers.timeline.lanes import Details, Lane, Pool
from renode_wifi.emulation.observers.timeline.perfetto import PerfettoTrace
from renode_wifi.emulation.observers.timeline.processor import HANDLERS, ProcessorLanes
from renode_wifi.emulation.observers.timeline.timeline import Timeline
from renode_wifi.emulation.platform.core import ExceptionListener
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.trace import TraceFields

ROOT = Path(__file__).parents[3]
ST, TI = "b_l475e_iot01a", "cc3220sf_launchxl"
Slice = tuple[str, str, int, int, dict[str, object]]
"""Lane, name, begin, end, details of both."""


class Lanes:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.open: dict[Lane, list[tuple[int, str]]] = {}
        self.slices: list[tuple[str, str, int, int]] = []
        self.instants: list[tuple[str, str]] = []

    def begin(self, lane: Lane, time: int, name: str, details: Details) -> None:
        self.open.setdefault(lane, []).append((time, name))

    def end(self, lane: Lane, time: int, details: Details) -> None:
        began, name = self.open[lane].pop()
        self.slices.append((lane.name, name, began, time))

    def instant(self, lane: Lane, time: int, name: str, details: Details) -> None:
        self.instants.append((lane.name, name))

    @property
    def is_balanced(self) -> bool:
        return not any(self.open.values())


def parsed(data: bytes) -> tuple[list[Slice], list[tuple[str, str]]]:
    """Slices and events of a Perfetto trace, as its trace processor makes them of it: by track, in
    the order of time, ends closing what began last."""
    trace = Trace()
    trace.ParseFromString(data)
    names: dict[int, str] = {}
    groups: set[str] = set()
    slices: list[Slice] = []
    instants: list[tuple[str, str]] = []
    stacks: dict[int, list[tuple[int, str, dict[str, object]]]] = {}
    for packet in trace.packet:
        if packet.HasField("track_descriptor"):
            track = packet.track_descriptor
            names[track.uuid] = track.name
            if not track.parent_uuid:
                groups.add(track.name)
            else:
                assert names[track.parent_uuid] in groups
    for packet in sorted(trace.packet, key=lambda packet: int(packet.timestamp)):
        event = packet.track_event
        if not packet.HasField("track_event"):
            continue
        details = {
            each.name: each.string_value or each.int_value for each in event.debug_annotations
        }
        lane = names[event.track_uuid]
        stack = stacks.setdefault(event.track_uuid, [])
        if event.type == TrackEvent.TYPE_SLICE_BEGIN:
            stack.append((packet.timestamp, event.name, details))
        elif event.type == TrackEvent.TYPE_SLICE_END:
            began, name, first = stack.pop()
            slices.append((lane, name, began, packet.timestamp, first | details))
        else:
            instants.append((lane, event.name))
    assert not any(stacks.values())
    return slices, instants


def perfetto(board: str, image: str, until: Callable[[Board], object]) -> tuple[Any, Any]:
    file = io.BytesIO()
    path = ROOT / f"firmware/{image}.elf"
    with Board(board, path, engine="embedded") as running:
        trace = PerfettoTrace(file)
        timeline = Timeline(running, trace)
        until(running)
        timeline.finish()
        trace.close()
    return parsed(file.getvalue())


def test_calls_of_the_network_api_are_found_with_what_they_took_and_gave() -> None:
    slices, _ = perfetto(ST, "calls/calls", lambda board: board.run(0.1))
    sockets = [each for each in slices if each[1].startswith("SOCKETS_")]
    (connect,) = [each for each in sockets if each[1] == "SOCKETS_Connect"]
    assert connect[0] == "one"
    assert connect[4]["pxAddress"] == "10.10.0.1:9001"
    assert connect[4]["result"] == "SOCKETS_ERROR_NONE"
    blocked = [each for each in sockets if each[1] == "SOCKETS_Recv"]
    assert {lane for lane, *_ in blocked} == {"one", "two"}
    assert all(began <= ended for _, _, began, ended, _ in slices)


@pytest.mark.parametrize(
    ("board", "lane", "command"), [(ST, "ism43362", "I?"), (TI, "nwp", "DEVICE_GET")]
)
def test_transactions_of_the_radio_last_as_long_as_it_takes(
    board: str, lane: str, command: str
) -> None:
    slices, instants = perfetto(
        board, f"probe/{board}", lambda running: running.wait_for_line("radio: ok")
    )
    found = [each for each in slices if each[:2] == (lane, command)]
    assert found, [each[:2] for each in slices]
    assert all(ended > began for _, _, began, ended, _ in found)
    assert any(where == "console" and "radio: ok" in text for where, text in instants)


def test_sockets_connections_and_servers_have_lanes() -> None:
    sink = Lanes()
    with Board(ST, ROOT / f"firmware/probe/{ST}.elf", engine="embedded") as board:
        timeline = Timeline(board, sink)
        board.wait_for_line("^tcp: ok", timeout=30)
        timeline.finish()
    assert sink.is_balanced
    assert ("wlan", "joined") in sink.instants
    states = [name for lane, name, *_ in sink.slices if lane == "ism43362 socket 0"]
    assert states[0] == "connecting"
    assert "open" in states
    assert any(lane.startswith("TCP ") for lane, *_ in sink.slices)
    assert any(lane.startswith("TCP ") and "data" in name for lane, name in sink.instants)


def test_handlers_are_nested_and_ticks_left_out() -> None:
    sink = Lanes()
    with Board(ST, ROOT / "firmware/blocks/tim_vectors.elf", engine="embedded") as board:
        timeline = Timeline(board, sink)
        board.run(0.2)
        timeline.finish()
    assert sink.is_balanced
    names = {name for lane, name, *_ in sink.slices if lane == HANDLERS.name}
    assert len(names) >= 1
    assert not any("SysTick" in name for name in names)


class FakeCore:
    """Exceptions as a test says."""

    def __init__(self) -> None:
        self.now = 0
        self.images: list[object] = []
        self.core = self
        self.reset_listeners: list[Callable[[], None]] = []
        self.listeners: list[ExceptionListener] = []

    def log_exceptions(self, ignored: int, task: int, name: int) -> FakeCore:
        return self

    def flush(self) -> None: ...

    def take(self, place: int, current: int, returned: int = 0, name: bytes = b"") -> None:
        self.now += 10
        for listener in self.listeners:
            listener([(self.now, place, current, returned, name)])


def test_a_task_runs_until_another_does() -> None:
    machine, sink = FakeCore(), Lanes()
    lanes = ProcessorLanes(cast(Machine, machine), sink)
    for task in (0x100, 0x200, 0x200, 0x100):
        machine.take(0x8000, 14)
        machine.take(task, 0, 14, f"task {task >> 8}\0?".encode())
    lanes.finish()
    running = [(lane, began, ended) for lane, _, began, ended in sink.slices if "task" in lane]
    assert running == [("task 1", 20, 40), ("task 2", 40, 80), ("task 1", 80, 80)]


def test_what_events_have_in_common_is_no_more_than_is_equal() -> None:
    file, lane = io.BytesIO(), Lane("tasks", "one")
    trace = PerfettoTrace(file)
    shown: list[dict[str, object]] = [
        {},
        {"a": 1},
        {"a": True},
        {"a": 1},
        {"a": "1"},
        {"a": 1, "b": 2},
        {"a": "x" * 200},
    ]
    for time, details in enumerate(shown):
        trace.instant(lane, time, "name", details)
    trace.close()
    read = Trace.FromString(file.getvalue())
    events = [(p.timestamp, p.track_event) for p in read.packet if p.HasField("track_event")]
    assert [time for time, _ in events] == list(range(len(shown)))
    assert all(event.name == "name" and event.categories == ["tasks"] for _, event in events)
    found = [
        {
            each.name: getattr(each, str(each.WhichOneof("value")))
            for each in event.debug_annotations
        }
        for _, event in events
    ]
    assert list(map(repr, found)) == list(map(repr, shown))


def test_two_timelines_of_a_board_see_the_same() -> None:
    first, second = Lanes(), Lanes()
    with Board(ST, ROOT / "firmware/blocks/tim_vectors.elf", engine="embedded") as board:
        timelines = [Timeline(board, first), Timeline(board, second)]
        board.run(0.2)
        for timeline in timelines:
            timeline.finish()
    assert first.slices == second.slices != []


def test_overlapping_slices_have_lanes_of_their_own() -> None:
    pool = Pool("radio", "nwp")
    assert [pool.take(key).name for key in "abc"] == ["nwp", "nwp 2", "nwp 3"]
    assert pool.give_back("b") == Lane("radio", "nwp 2")
    assert pool.give_back("b") is None
    assert pool.take("d").name == "nwp 2"


def test_commands_of_the_network_processor_end_with_their_answers() -> None:
    sink = Lanes()
    lanes = ActivityLanes(sink)
    messages = [("command", "SEND"), ("command", "RECV"), ("event", "RECV_ASYNC")]
    messages += [("command", "CONNECT"), ("response", "CONNECT"), ("event", "CONNECT_ASYNC")]
    for time, (direction, opcode) in enumerate(messages):
        fields: TraceFields = {"direction": direction, "opcode": opcode, "body": b""}
        lanes.on_trace(time, "nwp", "message", fields)
    lanes.finish(9)
    assert sink.slices == [("nwp", "RECV", 1, 2), ("nwp", "CONNECT", 3, 4)]
    assert sink.instants == [("nwp", "SEND"), ("nwp events", "CONNECT_ASYNC")]


def test_a_socket_that_fails_says_why() -> None:
    sink = Lanes()
    lanes = ActivityLanes(sink)
    lanes.on_trace(1, "nwp", "socket", {"socket": 3, "state": "handshake"})
    problem = {"problem": "no trusted root", "version": "", "cipher": ""}
    lanes.on_trace(2, "nwp", "tls", {"socket": 3, **problem})
    lanes.on_trace(3, "nwp", "socket", {"socket": 3, "state": "closed"})
    lanes.finish(4)
    assert sink.slices == [("nwp socket 3", "handshake", 1, 3)]
    assert ("nwp socket 3", "TLS failed: no trusted root") in sink.instants
