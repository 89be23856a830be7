"""Workers end with their parent, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PARENT = """
import sys
from renode_wifi.emulation.explore.workers import Workers, processes
from tests.emulation.explore.endless import work
if __name__ == "__main__":
    workers = Workers(work, lambda: (processes(2), 2))
    try:
        for answer in workers.answers([1, 2]):
            pass
    finally:
        workers.close()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_is_left(tmp_path: Path, number: signal.Signals) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    path = os.pathsep.join(map(str, (ROOT / "src", ROOT)))
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
    )
    assert process.stdout is not None
    assert {process.stdout.readline() for _ in range(2)} == {"working on 1\n", "working on 2\n"}
    process.send_signal(number)
    # The end of the output: nobody holds it any more.
    assert process.stdout.read() == ""
    assert process.wait() == -number
    process.stdout.close()
