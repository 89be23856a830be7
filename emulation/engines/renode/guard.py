"""The process that tidies up where the one that started a Renode can't any more: it was killed.

    python guard.py RENODE OWNER

Its standard input is a pipe from OWNER, which ends with OWNER at the latest. RENODE is OWNER itself
where that has loaded Renode, and then ends with it; else it is a process that ends soon after its
OWNER, and is ended if it does not. A Renode that was killed leaves a temporary folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

MAX_WAIT = 15.0
"""Seconds; the driver in a Renode that is busy gives up after ten."""
INTERVAL = 0.05


def runs(process: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def tidy(renode: int, owner: int) -> None:
    """See to it that nothing is left of Renode."""
    deadline = time.monotonic() + MAX_WAIT
    while runs(renode):
        if renode != owner and time.monotonic() > deadline:
            os.kill(renode, signal.SIGKILL)
            break
        time.sleep(INTERVAL)
    remove_leftovers(renode)


def folder_of(renode: int) -> Path:
    """Where a Renode has its temporary files."""
    return Path(tempfile.gettempdir()) / f"renode-{renode}"


RUNTIME_FILES = ("clr-debug-pipe-{}-*", "dotnet-diagnostic-{}-*")
"""What .NET has in the temporary folder, unless DOTNET_EnableDiagnostics is 0."""


def leftovers(renode: int) -> list[Path]:
    """What a Renode has in the temporary folder."""
    folder = folder_of(renode)
    found = [folder] if folder.is_dir() else []
    for pattern in RUNTIME_FILES:
        found += folder.parent.glob(pattern.format(renode))
    return found


def remove_leftovers(renode: int) -> None:
    """The temporary files of a Renode that has ended."""
    for path in leftovers(renode):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    renode, owner = map(int, arguments)
    while sys.stdin.read(4096):
        pass
    tidy(renode, owner)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
