"""What docs/ say of the code."""

from __future__ import annotations

from tests import docs


def test_tables_that_follow_from_the_code_are_current() -> None:
    for path, document in docs.documents().items():
        assert path.read_text(encoding="utf-8") == document, "write them anew: python -m tests.docs"
