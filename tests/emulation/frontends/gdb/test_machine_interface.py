"""Sessions of editors: what Cortex-Debug and others send over GDB's machine interface.

Source: Marus/cortex-debug, src/gdb.ts, src/external.ts, mi2.ts.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from renode_wifi import Board
from renode_wifi.emulation.frontends.gdb import Killed, serve
from tests.emulation.frontends.gdb.machine_interface import MachineInterface
from tests.emulation.frontends.gdb.test_gdb import GDB, NODE

INIT = (
    "gdb-set mi-async on",
    'interpreter-exec console "set print demangle on"',
    "enable-pretty-printing",
    'interpreter-exec console "set output-radix 0xa"',
    f'file-exec-and-symbols "{NODE}"',
)
RESET = 'interpreter-exec console "monitor reset halt"'

pytestmark = pytest.mark.skipif(GDB is None, reason="no GDB for ARM: apt-get install gdb-multiarch")


@contextmanager
def session(ends: str = "MQTT connected") -> Iterator[MachineInterface]:
    """A debugger that is connected as Cortex-Debug connects. The test ends with that line."""
    assert GDB is not None
    board = Board("b_l475e_iot01a", "<node>")
    with board, ThreadPoolExecutor(1) as pool, MachineInterface(GDB) as gdb:
        server = serve(board.engine, 0)
        run = pool.submit(board.wait_for_line, ends, timeout=60)
        for command in INIT:
            gdb.done(command)
        gdb.run(f"target-select extended-remote localhost:{server.port}")
        yield gdb
        run.result(60)


def test_a_launch_of_cortex_debug() -> None:
    with session() as gdb:
        gdb.done(RESET)
        assert "+download" in gdb.done("target-download")
        gdb.done(RESET)
        gdb.done("break-insert -t main")
        assert 'reason="breakpoint-hit"' in (stop := gdb.run("exec-continue --all"))
        assert 'func="main"' in stop
        assert 'thread-ids={thread-id="1"}' in gdb.done("thread-list-ids")
        assert 'state="stopped"' in gdb.done("thread-info 1")
        assert 'depth="1"' in gdb.done("stack-info-depth --thread 1 10000")
        assert 'func="main"' in gdb.done("stack-list-frames --thread 1 0 0")
        variables = gdb.done("stack-list-variables --thread 1 --frame 0 --simple-values")
        assert "variables=[" in variables
        assert '"r0","r1"' in gdb.done("data-list-register-names")
        assert 'number="15"' in gdb.done("data-list-register-values N")
        assert 'type="hw breakpoint"' in gdb.done("break-insert -h print")
        assert 'args=[{name="words"' in gdb.run("exec-continue --thread 1")
        gdb.done("break-delete")
        assert "function-finished" in gdb.run("exec-finish --thread 1")
        for step in ("exec-next", "exec-step", "exec-next-instruction", "exec-step-instruction"):
            assert "end-stepping-range" in gdb.run(f"{step} --thread 1")
        gdb.done("target-disconnect")


def test_an_attach_with_watchpoints_memory_and_variables() -> None:
    with session() as gdb:
        gdb.done('interpreter-exec console "monitor halt"')
        gdb.done("break-watch milliseconds")
        assert 'reason="watchpoint-trigger"' in gdb.run("exec-continue --all")
        gdb.done("break-delete")
        gdb.done("break-watch -r milliseconds")
        assert 'reason="read-watchpoint-trigger"' in gdb.run("exec-continue --all")
        gdb.done("break-delete")
        gdb.done("break-watch -a milliseconds")
        assert 'reason="access-watchpoint-trigger"' in gdb.run("exec-continue --all")
        gdb.done("break-delete")
        assert 'value="' in gdb.done('var-create --thread 1 --frame 0 v * "milliseconds"')
        gdb.done("var-set-format v hexadecimal")
        gdb.done("var-update --all-values v")
        gdb.done("data-write-memory-bytes 0x20017000 01020304")
        assert 'contents="01020304"' in gdb.done("data-read-memory-bytes 0x20017000 4")
        printed = gdb.done('interpreter-exec console "monitor mdw 0x20017000"')
        assert "0x20017000: 04030201" in printed
        gdb.done("target-detach")


def test_a_restart_and_an_interrupt() -> None:
    with session("published 23") as gdb:
        gdb.done("break-insert -t board_start")
        gdb.run("exec-continue --all")
        gdb.done(RESET)
        gdb.done("break-insert -t board_start")
        assert 'func="board_start"' in gdb.run("exec-continue --all")
        gdb.done('dprintf-insert print "printed"')
        gdb.done("exec-continue --all")
        assert 'signal-name="SIGINT"' in gdb.run("exec-interrupt --all")
        gdb.done("break-delete")
        gdb.done("target-detach")


def test_attaching_again_and_running_anew_keep_the_board() -> None:
    with session() as gdb:
        gdb.run("target-attach 1")
        gdb.done("break-insert -t main")
        assert 'func="main"' in gdb.run("exec-run")
        gdb.done('interpreter-exec console "kill"')
        assert "threads=[]" in gdb.done("thread-info")
        gdb.done("break-insert -t main")
        assert 'func="main"' in gdb.run("exec-run")
        gdb.done("target-detach")


def kill_and_leave() -> None:
    with session() as gdb:
        gdb.done('interpreter-exec console "kill"')
        gdb.done("gdb-exit")


def test_leaving_a_killed_program_ends_the_run() -> None:
    with pytest.raises(Killed):
        kill_and_leave()
