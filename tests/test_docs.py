"""What docs/ say of the code."""

from __future__ import annotations

from tests import docs


def test_the_tables_of_models_are_those_of_the_catalogue() -> None:
    document = docs.MODELS.read_text(encoding="utf-8")
    assert document == docs.with_tables(document), "write them anew: python -m tests.docs"
