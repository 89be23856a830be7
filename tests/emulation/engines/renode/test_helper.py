from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

import renode_wifi
from renode_wifi.emulation.engines.renode import helper, protocol
from renode_wifi.emulation.engines.renode.lines import read_line
from renode_wifi.emulation.engines.renode.service import LogForwarder, Service
from renode_wifi.emulation.platform.boards import PLATFORMS

HOME = str(PLATFORMS / "worlds" / "home.yaml")
BOOT_NS = 200_000_000


def ask(service: Service, *fields: str) -> list[list[str]]:
    return [protocol.decode(line) for line in service.answer(protocol.encode(fields))]


def joined_service() -> Service:
    service = Service()
    ask(service, protocol.WORLD, HOME, "7")
    ask(service, protocol.MACHINE, "one", "")
    ask(service, protocol.RADIO, "one", "ism43362", "ISM43362", "")
    return service


def test_a_world_has_its_seed() -> None:
    assert ask(Service(), protocol.WORLD, HOME, "")[-1] == ["done", "-", "i1"]
    assert ask(Service(), protocol.WORLD, HOME, "7")[-1] == ["done", "-", "i7"]


def test_a_reset_release_boots_the_module_at_its_time() -> None:
    service = joined_service()
    answer = ask(service, protocol.INPUT, "1000", "one", "reset", "f0")
    kind, due = answer[-1]
    assert (kind, int(due)) == ("done", 1000 + BOOT_NS)
    assert ask(service, protocol.ADVANCE, str(int(due) - 1)) == [["done", due]]
    assert ask(service, protocol.ADVANCE, due)[0] == [
        "call",
        "one",
        "ism43362",
        "booted",
        "b15150d0a3e20",
    ]


def test_a_command_is_answered_by_a_call() -> None:
    service = joined_service()
    ask(service, protocol.INPUT, "0", "one", "reset", "f0")
    ask(service, protocol.ADVANCE, str(BOOT_NS))
    due = ask(service, protocol.INPUT, str(BOOT_NS + 5), "one", "execute", "b" + b"I?\r".hex())[-1][
        1
    ]
    call = ask(service, protocol.ADVANCE, due)[0]
    assert call[:4] == ["call", "one", "ism43362", "reply"]
    assert b"ISM43362" in protocol.unpack(call[4])


def test_time_never_runs_back() -> None:
    service = joined_service()
    ask(service, protocol.ADVANCE, "500")
    ask(service, protocol.ADVANCE, "400")
    assert service.clock.now == 500


def test_a_fault_reaches_the_link() -> None:
    service = joined_service()
    ask(service, protocol.INPUT, "0", "one", "reset", "f0")
    ask(service, protocol.ADVANCE, str(BOOT_NS))
    ask(service, protocol.FAULT, str(BOOT_NS), "one", "stuck-low", "")
    answer = ask(service, protocol.INPUT, str(BOOT_NS), "one", "execute", "b" + b"I?\r".hex())
    assert ["call", "one", "ism43362", "fail", "tstuck-low"] in answer


def test_a_server_is_described() -> None:
    answer = ask(joined_service(), protocol.SERVER, "0", "echo")
    assert json.loads(protocol.unpack(answer[-1][2]))["open"] == 0


def test_random_words_are_those_of_the_embedded_engine() -> None:
    service = joined_service()
    words = [
        protocol.unpack(field) for field in ask(service, protocol.RANDOM, "0", "one", "rng")[-1][2:]
    ]
    words += [
        protocol.unpack(field) for field in ask(service, protocol.RANDOM, "0", "one", "rng")[-1][2:]
    ]
    source = service.machines["one"].random("rng")
    assert words == [source.getrandbits(32) for _ in range(2 * protocol.RANDOM_WORDS)]


def test_traces_of_models_in_renode_reach_listeners() -> None:
    service = joined_service()
    seen: list[Any] = []
    service.listeners.append(lambda *event: seen.append(event))
    ask(service, protocol.TRACE, "9", "one", "flash", "flash-erase", "pages", "i2")
    assert seen == [(9, "flash", "flash-erase", {"pages": 2})]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ((protocol.WORLD, "nowhere.yaml", ""), "nowhere.yaml"),
        ((protocol.RADIO, "one", "r", "Nonsense", ""), "no radio is called Nonsense"),
        ((protocol.INPUT, "0", "one", "__class__", "i0"), "no radio has an input"),
        ((protocol.SERVER, "0", "nobody"), "no server 'nobody'"),
        ((protocol.FAULT, "0", "one", "nonsense", ""), "nonsense"),
        ((protocol.ADVANCE, "soon"), "soon"),
        ((protocol.RADIO, "two", "r", "ISM43362", ""), "no machine is called 'two'"),
        (("nonsense",), "no request is called"),
    ],
)
def test_what_cannot_be_done_is_an_error_line(fields: tuple[str, ...], problem: str) -> None:
    service = joined_service()
    (answer,) = ask(service, *fields)
    assert answer[0] == protocol.ERROR
    assert problem in answer[1]


class Process:
    """The helper as Renode starts it."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(30)
        source = str(Path(renode_wifi.__file__).resolve().parent.parent)
        port = self.server.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", helper.__name__, str(port), str(os.getpid())],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": source},
        )
        assert self.process.stdin is not None
        self.process.stdin.write(b"secret\n")
        self.process.stdin.flush()
        self.connection, _ = self.server.accept()
        self.connection.settimeout(30)
        self.greeting = read_line(self.connection)

    def close(self) -> None:
        self.connection.close()
        self.server.close()
        self.process.kill()
        self.process.communicate()


def test_the_process_serves_and_ends_with_the_connection() -> None:
    process = Process()
    try:
        protocol.check_greeting(process.greeting, "secret")
        process.connection.sendall(f"{protocol.greeting('secret')}\n".encode())
        process.connection.sendall(protocol.encode([protocol.WORLD, HOME, ""]).encode() + b"\n")
        assert read_line(process.connection) == "done\t-\ti1"
        process.connection.close()
        assert process.process.wait(30) == 0
    finally:
        process.close()


def test_the_process_ends_with_its_input() -> None:
    process = Process()
    try:
        process.connection.sendall(f"{protocol.greeting('secret')}\n".encode())
        assert process.process.stdin is not None
        process.process.stdin.close()
        process.process.stdin = None
        assert process.process.wait(30) == 0
    finally:
        process.close()


def test_the_process_outlives_the_signals_that_end_renode() -> None:
    process = Process()
    try:
        process.connection.sendall(f"{protocol.greeting('secret')}\n".encode())
        process.process.send_signal(signal.SIGINT)
        process.process.send_signal(signal.SIGTERM)
        process.connection.sendall(f"{protocol.WORLD}\t{HOME}\t\n".encode())
        assert read_line(process.connection) == "done\t-\ti1"
        process.connection.close()
        assert process.process.wait(30) == 0
    finally:
        process.close()


def test_the_process_leaves_an_unknown_client() -> None:
    process = Process()
    try:
        process.connection.sendall(f"{protocol.greeting('guess!')}\n".encode())
        assert process.process.wait(30) == 1
        assert process.process.stderr is not None
        assert b"does not know the token" in process.process.stderr.read()
    finally:
        process.close()


def test_machines_in_one_world_have_sources_and_seeds_of_their_own() -> None:
    service = joined_service()
    ask(service, protocol.MACHINE, "two", "two/")
    ask(service, protocol.RADIO, "two", "ism43362", "ISM43362", "")
    seen: list[Any] = []
    service.listeners.append(lambda *event: seen.append(event))
    ask(service, protocol.TRACE, "9", "two", "flash", "flash-erase")
    assert seen == [(9, "two/flash", "flash-erase", {})]
    words = [ask(service, protocol.RANDOM, "9", name, "rng")[-1] for name in ("one", "two")]
    assert words[0] != words[1]
    ask(service, protocol.INPUT, "9", "two", "reset", "f0")
    call = ask(service, protocol.ADVANCE, str(9 + BOOT_NS))[-2]
    assert call[:4] == ["call", "two", "ism43362", "booted"]


def test_the_input_says_when_nobody_should_wait_for_the_host() -> None:
    service = joined_service()
    assert service.world is not None
    machines = [service.machines["one"], service.world.internet.machine]
    for text, stopping in (("stop\n", True), ("go\n", False), ("stop\ngo\nstop\n", True)):
        helper.follow_input(io.StringIO(text), service)
        assert [machine.is_stopping() for machine in machines] == [stopping] * 2


def test_a_wrong_call_prints_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert helper.main(["here"]) == 2
    assert "PORT RENODE" in capsys.readouterr().err


def test_what_models_log_goes_with_the_answer() -> None:
    service = joined_service()
    forwarder = LogForwarder(service)
    machine = service.machines["one"]
    machine.log.addHandler(forwarder)
    try:
        machine.request_reset("iwdg")
        machine.set_cpu_frequency(1)
        assert machine.peripheral("ism43362") is machine.radio
        assert any("iwdg" in line for line in service._answer)
    finally:
        machine.log.removeHandler(forwarder)
        service.close()


def test_what_a_killed_renode_leaves_is_removed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "renode-99999999"
    left.mkdir()
    helper.remove_leftovers(99999999)
    assert not left.exists()
    own = tmp_path / f"renode-{os.getppid()}"
    own.mkdir()
    monkeypatch.setattr(helper, "END_TIMEOUT", 0.1)
    helper.remove_leftovers(os.getppid())
    assert own.exists()
