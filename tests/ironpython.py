"""Holds the files that Renode executes to Python 2.7; `python -m tests.ironpython`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MARK = "# ironpython: executed by Renode"
ROOT = Path(__file__).resolve().parent.parent


def marked_files() -> list[Path]:
    """Every file that says of itself that Renode executes it."""
    found = []
    for folder in ("peripherals", "platforms", "emulation"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.read_text(encoding="utf-8").startswith(MARK):
                found.append(path)
    return found


def main() -> int:
    files = marked_files()
    if not files:
        print("no file is marked as executed by Renode", file=sys.stderr)
        return 1
    vermin = str(Path(sys.executable).with_name("vermin"))
    command = [vermin, "--target=2.7-", "--violations", "--no-tips"]
    # `typing` is imported for type checkers alone, under a condition that is false when run.
    command += ["--exclude", "typing"]
    return subprocess.run([*command, *map(str, files)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
