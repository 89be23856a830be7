"""The commands of the READMEs of examples/, run in copies of their folders."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
FOLDERS = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
EXTRAS = {"labgrid": "labgrid", "jumpstarter": "jumpstarter_driver_pyserial"}
"""Examples that need more than the package, and what that is."""

FOREIGN = ("hypothesispytest", "pytest_cov", "xdist", "cacheprovider")
"""Plugins of pytest that no example uses; loading them would take longer than the examples."""


def commands(readme: Path) -> list[str]:
    """What its console blocks type, without what the tests' environment has installed."""
    blocks = re.findall(r"^```console\n(.*?)^```", readme.read_text(encoding="utf-8"), re.M | re.S)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [line for line in lines if not line.startswith("pip install")]


@pytest.mark.parametrize("name", FOLDERS)
def test_an_example_runs_as_its_readme_says(name: str, tmp_path: Path) -> None:
    if name in EXTRAS and find_spec(EXTRAS[name]) is None:
        pytest.skip(f"pip install 'renode-wifi[{name}]'")
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    programs = Path(sys.executable).parent
    plugins = FOREIGN if name == "labgrid" else (*FOREIGN, "labgrid")
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTEST_ADDOPTS": " ".join(f"-p no:{plugin}" for plugin in plugins),
    }
    typed = commands(folder / "README.md")
    assert typed
    for line in typed:
        done = subprocess.run(
            shlex.split(line),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_every_example_is_linked() -> None:
    listing = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in FOLDERS if f"({name}/README.md)" not in listing] == []
    assert "](examples/README.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
