"""Violations of a schema are told with their place."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from renode_wifi.peripherals.network.worldfile.schema import Schema
from renode_wifi.peripherals.network.worldfile.schema_check import DOCUMENT

FORMATS = {"shout": str.isupper}


def found(schema: dict[str, Any], data: Any) -> list[tuple[tuple[Any, ...], str, bool]]:
    violations = Schema(schema, FORMATS).violations(data)
    return [(each.path, each.keyword, each.key_at_fault) for each in violations]


def test_the_schema_of_world_files_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(DOCUMENT.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("schema", "data", "expected"),
    [
        ({"items": {"type": "string"}}, ["a", 1], [((1,), "type", False)]),
        ({"properties": {"a": {"minimum": 2}}}, {"a": 1}, [(("a",), "minimum", False)]),
        ({"propertyNames": {"pattern": "^a"}}, {"ba": 1}, [((), "pattern", True)]),
        ({"format": "shout"}, "HO", []),
        ({"format": "shout"}, "ho", [((), "format", False)]),
        ({"format": "shout"}, 7, []),
    ],
)
def test_path_and_keyword(schema: dict[str, Any], data: Any, expected: list[Any]) -> None:
    assert found(schema, data) == expected


def test_choices_point_into_the_one_that_is_meant() -> None:
    schema = {"anyOf": [{"type": "string"}, {"items": {"type": "string"}}]}
    assert found(schema, ["a", 1]) == [((1,), "type", False)]
    assert found({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1) == [((), "anyOf", False)]


def test_references_are_resolved() -> None:
    schema = Schema({"$defs": {"port": {"type": "integer"}}}, {})
    assert schema.resolved({"$ref": "#/$defs/port"}) == {"type": "integer"}
    assert schema.resolved({"type": "string"}) == {"type": "string"}
