"""What docs/ say of the code."""

from __future__ import annotations

import json

from renode_wifi.emulation.suites.report import as_text
from tests import docs


def test_tables_that_follow_from_the_code_are_current() -> None:
    for path, document in docs.documents().items():
        assert path.read_text(encoding="utf-8") == document, "write them anew: python -m tests.docs"


def test_reports_have_a_line_for_each_test() -> None:
    for path in sorted(docs.RESULTS.rglob("*.json")):
        text = path.read_text(encoding="utf-8")
        assert text == as_text(json.loads(text)), f"{path} isn't as `qualify --json` writes it"
