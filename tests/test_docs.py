"""What docs/ say of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from renode_wifi.emulation.suites.report import as_text
from tests import docs
from tests.words import FOLDERS

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in docs.DOCS.glob("*.md")))
OUR_PATH = re.compile(rf"(?<![\w/.-])(?:{'|'.join(FOLDERS)}|examples|fuzz|src)/[\w./-]*\w")
ELSEWHERE = {
    "peripherals/stm32l4/aes.py": "what the example adds",
    "platforms/NAME.resc": "of any name",
    "platforms/cpus/stm32f4.repl": "Renode's",
    "platforms/boards/stm32f4_discovery-kit.repl": "Renode's",
    "tests/common/ota/test_files": "of Amazon FreeRTOS",
}


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_are_there(page: str) -> None:
    named = set(OUR_PATH.findall((ROOT / page).read_text(encoding="utf-8")))
    assert [path for path in named - ELSEWHERE.keys() if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_python_of_a_page_comes_through_the_front_door(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8").partition("## Adding")[0]
    assert re.findall(r"^ *(?:from|import) renode_wifi\..*$", text, re.MULTILINE) == []


def test_tables_that_follow_from_the_code_are_current() -> None:
    for path, document in docs.documents().items():
        assert path.read_text(encoding="utf-8") == document, "write them anew: python -m tests.docs"


def test_reports_have_a_line_for_each_test() -> None:
    for path in sorted(docs.RESULTS.rglob("*.json")):
        text = path.read_text(encoding="utf-8")
        assert text == as_text(json.loads(text)), f"{path} isn't as `qualify --json` writes it"
