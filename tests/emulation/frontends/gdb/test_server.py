"""A debugger on a socket, and a machine that runs as the debugger wants it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends import gdb
from renode_wifi.emulation.frontends.gdb.server import MAX_REFUSED
from renode_wifi.emulation.platform.core import OnFault, Stop
from renode_wifi.peripherals.base.clock import MILLISECOND
from tests.emulation.frontends.gdb.client import (
    COUNTER,
    LOOP,
    Client,
    connected,
    counting_engine,
    stop_pc,
)

STORE = LOOP + 2
R0 = 0


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    made = counting_engine(tmp_path)
    yield made
    made.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


def let_run(pool: ThreadPoolExecutor, engine: EmbeddedEngine, time: int) -> Future[Stop]:
    return pool.submit(engine.run, time)


def state(engine: EmbeddedEngine) -> tuple[int, int, int, bytes]:
    core = engine.machine.core
    pc, count = core.read_register("pc"), core.read_register("r0")
    return engine.now, pc, count, engine.read_memory(COUNTER, 4)


@pytest.fixture
def undisturbed(tmp_path: Path) -> tuple[int, int, int, bytes]:
    """The machine after a millisecond without a debugger."""
    (tmp_path / "other").mkdir()
    engine = counting_engine(tmp_path / "other")
    engine.run(MILLISECOND)
    found = state(engine)
    engine.close()
    return found


def test_a_session_leaves_the_run_as_it_is_without(
    engine: EmbeddedEngine, pool: ThreadPoolExecutor, undisturbed: tuple[int, int, int, bytes]
) -> None:
    server = gdb.serve(engine, 0)
    run = let_run(pool, engine, MILLISECOND)
    with connected(server.port) as client:
        assert stop_pc(client.ask("?")) == LOOP - 4
        assert client.ask(f"Z0,{STORE:x},2") == "OK"
        for count in (1, 2, 3):
            reply = client.ask("vCont;c")
            assert "swbreak:;" in reply
            assert stop_pc(reply) == STORE
            assert client.register(R0) == count
            # As a debugger goes on from a breakpoint: a step without it.
            client.ask(f"z0,{STORE:x},2")
            assert stop_pc(client.ask("s")) == STORE + 2
            client.ask(f"Z0,{STORE:x},2")
        assert client.ask(f"z0,{STORE:x},2") == "OK"
        assert client.ask(f"Z2,{COUNTER:x},4") == "OK"
        reply = client.ask("c")
        assert f"watch:{COUNTER:x};" in reply
        assert stop_pc(reply) == STORE + 2
        assert client.ask(f"vCont;r{LOOP:x},{LOOP + 6:x}").startswith("T05")
        assert client.ask(f"z2,{COUNTER:x},4") == "OK"
        assert client.ask("D") == "OK"
        assert client.receive() == ""
    assert run.result(60) is Stop.TIME
    assert state(engine) == undisturbed


def test_a_range_is_stepped_through(engine: EmbeddedEngine, pool: ThreadPoolExecutor) -> None:
    server = gdb.serve(engine, 0)
    run = let_run(pool, engine, MILLISECOND)
    with connected(server.port) as client:
        reply = client.ask(f"vCont;r{LOOP - 4:x},{LOOP + 4:x}:1")
        assert stop_pc(reply) == LOOP + 4
        client.send("k")
        assert client.receive() == ""
    with pytest.raises(gdb.Killed, match="ended the run"):
        run.result(60)


def test_a_killed_program_begins_anew_or_ends_with_its_connection(
    engine: EmbeddedEngine, pool: ThreadPoolExecutor
) -> None:
    server = gdb.serve(engine, 0)
    run = let_run(pool, engine, 10**15)
    with connected(server.port) as client:
        assert client.ask("!") == "OK"
        assert client.ask("vKill;1") == "OK"
        assert client.ask("qfThreadInfo") == "l"
        assert stop_pc(client.ask("vAttach;1")) == LOOP - 4
        client.ask(f"Z0,{STORE:x},2")
        assert stop_pc(client.ask("c")) == STORE
        client.send("k")
        assert stop_pc(client.ask("vRun;")) == LOOP - 4
        assert client.ask("qfThreadInfo") == "m1"
        client.send("k")
        assert client.ask("qfThreadInfo") == "l"
    with pytest.raises(gdb.Killed, match="ended the run"):
        run.result(60)


def test_an_interrupt_at_a_stop_counts_when_the_machine_goes_on(
    engine: EmbeddedEngine, pool: ThreadPoolExecutor
) -> None:
    server = gdb.serve(engine, 0)
    run = let_run(pool, engine, 10**15)
    with connected(server.port) as client:
        client.ask(f"Z0,{STORE:x},2")
        assert "swbreak" in client.ask("c")
        client.interrupt()
        client.ask(f"z0,{STORE:x},2")
        reply = client.ask("c")
        assert reply.startswith("T02")
        assert stop_pc(reply) == STORE
        client.send("k")
    with pytest.raises(gdb.Killed):
        run.result(60)


def test_an_interrupt_halts_and_time_stands_still(
    engine: EmbeddedEngine, pool: ThreadPoolExecutor
) -> None:
    server = gdb.serve(engine, 0)
    run = let_run(pool, engine, 10**15)
    with connected(server.port) as client:
        client.send("c")
        client.interrupt()
        assert client.receive().startswith("T02")
        times = {client.monitor("time") for _ in range(3)}
        assert len(times) == 1
        client.send("k")
    with pytest.raises(gdb.Killed):
        run.result(60)


def test_a_debugger_that_goes_away_leaves_nothing_behind(
    engine: EmbeddedEngine, pool: ThreadPoolExecutor, undisturbed: tuple[int, int, int, bytes]
) -> None:
    server = gdb.serve(engine, 0)
    run = let_run(pool, engine, MILLISECOND)
    with connected(server.port) as client:
        client.ask(f"Z0,{STORE:x},2")
        client.ask(f"Z2,{COUNTER:x},4")
        client.ask("c")
    assert run.result(60) is Stop.TIME
    assert state(engine) == undisturbed
    again = let_run(pool, engine, 2 * MILLISECOND)
    assert again.result(60) is Stop.TIME


def test_a_fault_halts_the_machine_in_its_handler(
    engine: EmbeddedEngine, pool: ThreadPoolExecutor
) -> None:
    # HardFault's handler: bx lr, in RAM. It would return to the fault without end.
    handler = COUNTER + 0x100
    engine.execute(f"sysbus WriteWord {handler:#x} 0x4770")
    engine.execute(f"sysbus WriteDoubleWord 0x0800000C {handler + 1:#x}")
    server = gdb.serve(engine, 0)
    run = let_run(pool, engine, 10**15)
    with connected(server.port) as client:
        assert client.ask("Pf=00000060") == "OK"
        for _ in range(2):
            assert stop_pc(client.ask("c")) == handler
            assert client.register(16) & 0x1FF == 3  # xPSR: HardFault
        assert engine.on_fault is OnFault.STOP
        client.send("k")
    with pytest.raises(gdb.Killed):
        run.result(60)
    assert engine.on_fault is OnFault.REPORT


def test_a_second_debugger_is_refused(engine: EmbeddedEngine, pool: ThreadPoolExecutor) -> None:
    server = gdb.serve(engine, 0)
    run = let_run(pool, engine, MILLISECOND)
    with connected(server.port) as first:
        first.ask("?")
        with connected(server.port) as second:
            assert second.ask("qSupported") == "E.another debugger is connected already"
            assert second.ask("?") == "E.another debugger is connected already"
            others = [Client(server.port) for _ in range(MAX_REFUSED)]
            assert second.receive() == "", "there are not more than so many"
            for each in others:
                each.close()
        assert first.ask("?").startswith("T05")
        first.ask("D")
    assert run.result(60) is Stop.TIME


def test_a_stop_is_asked_for_while_nobody_has_come(
    engine: EmbeddedEngine, pool: ThreadPoolExecutor
) -> None:
    gdb.serve(engine, 0)
    running = threading.Event()
    run = pool.submit(lambda: (running.set(), engine.run(MILLISECOND))[1])
    assert running.wait(60)
    while not run.done():
        engine.request_stop()
    assert run.result() is Stop.REQUEST
    assert engine.now == 0


def test_a_machine_that_does_not_wait_runs_without_a_debugger(engine: EmbeddedEngine) -> None:
    gdb.serve(engine, 0, wait=False)
    assert engine.run(MILLISECOND) is Stop.TIME


def test_the_end_of_the_session_ends_the_program_for_the_debugger(
    engine: EmbeddedEngine, pool: ThreadPoolExecutor
) -> None:
    server = gdb.serve(engine, 0)
    run = let_run(pool, engine, MILLISECOND)
    with connected(server.port) as client:
        client.send("c")
        assert run.result(60) is Stop.TIME
        engine.close()
        assert client.receive() == "W00"
        assert client.receive() == ""


def test_a_port_that_is_taken_is_an_error(engine: EmbeddedEngine) -> None:
    server = gdb.serve(engine, 0)
    with pytest.raises(RenodeWifiError, match=f"no GDB server on 127.0.0.1:{server.port}"):
        gdb.serve(engine, server.port)
    with pytest.raises(RenodeWifiError, match="no GDB server"):
        gdb.serve(engine, 70000)


def test_scripts_start_and_stop_servers(engine: EmbeddedEngine) -> None:
    with pytest.raises(RenodeWifiError, match="nobody here serves debuggers"):
        engine.execute("machine StartGdbServer 0")
    gdb.offer(engine)
    printed = engine.execute("machine StartGdbServer 0")
    assert printed.startswith("GDB server on 127.0.0.1:")
    port = int(printed.rpartition(":")[2])
    assert not engine.script.requests.started
    assert engine.run(MILLISECOND // 2) is Stop.TIME
    with connected(port) as client:
        client.send("D")
        assert engine.run(MILLISECOND) is Stop.TIME
    assert engine.script.requests.started
    engine.execute(f"machine StopGdbServer {port}")
    assert engine.control is None
    with pytest.raises(ConnectionRefusedError):
        connected(port).__enter__()
