"""Where a Renode to compare with is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def find_renode() -> str | None:
    """The launcher that RENODE_PATH names (file or folder), else the one on PATH."""
    named = os.environ.get("RENODE_PATH")
    if named:
        path = Path(named)
        path = path / "renode" if path.is_dir() else path
        return str(path) if path.is_file() else None
    return shutil.which("renode")
