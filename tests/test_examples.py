"""The commands of the READMEs of examples/ and of the tutorial, run in folders of their own."""

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


TUTORIAL = ROOT / "docs" / "tutorial.md"
INSTALLING = ("pip install", "python3 -m venv", ". .venv")
"""What the environment of the tests has behind it."""
STEP = re.compile(
    r"^```console\n(?P<console>.*?)^```|^```text\n(?P<shown>.*?)^```"
    r"|`(?P<name>[\w.]+)`:\n\n```\w+\n(?P<text>.*?)^```",
    re.M | re.S,
)


def follow(document: Path, folder: Path, plugins: tuple[str, ...]) -> int:
    """Write the files that it names and type its commands, in that order; returns how many.

    A console that is shown behind a command has the lines that the command prints.
    """
    programs = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTEST_ADDOPTS": " ".join(f"-p no:{plugin}" for plugin in plugins),
    }
    count = 0
    printed: list[str] = []
    for step in STEP.finditer(document.read_text(encoding="utf-8")):
        if step["name"] is not None:
            (folder / step["name"]).write_text(step["text"])
            continue
        if step["shown"] is not None:
            console = [line for line in step["shown"].splitlines() if line.startswith("[")]
            assert [line for line in console if line not in printed] == []
            continue
        for line in step["console"].splitlines():
            typed = line.removeprefix("$ ")
            if typed == line or typed.startswith(INSTALLING):
                continue
            done = subprocess.run(
                shlex.split(typed),
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{typed}\n{done.stdout}{done.stderr}"
            printed = done.stdout.splitlines()
            count += 1
    return count


@pytest.mark.parametrize("name", FOLDERS)
def test_an_example_runs_as_its_readme_says(name: str, tmp_path: Path) -> None:
    if name in EXTRAS and find_spec(EXTRAS[name]) is None:
        pytest.skip(f"pip install 'renode-wifi[{name}]'")
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    plugins = FOREIGN if name == "labgrid" else (*FOREIGN, "labgrid")
    assert follow(folder / "README.md", folder, plugins) > 0


def test_the_tutorial_leads_where_it_says(tmp_path: Path) -> None:
    assert follow(TUTORIAL, tmp_path, (*FOREIGN, "labgrid")) >= 5


def test_every_example_is_linked() -> None:
    listing = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in FOLDERS if f"({name}/README.md)" not in listing] == []
    assert "](examples/README.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
