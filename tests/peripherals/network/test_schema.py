"""The schema of world files means what JSON Schema says it means."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.network.schema import Schema
from renode_wifi.peripherals.network.world_schema import DOCUMENT, FORMATS

SCHEMA = json.loads(DOCUMENT.read_text(encoding="utf-8"))
CHECKER = jsonschema.FormatChecker(formats=())
for _name, _check in FORMATS.items():
    CHECKER.checks(_name)(lambda data, check=_check: not isinstance(data, str) or check(data))
REFERENCE = jsonschema.Draft202012Validator(SCHEMA, format_checker=CHECKER)

WORDS = st.sampled_from(
    ["lab", "/x", "echo", "10.10.0.1", "10.0.0.0/24", "10.0.0.1:80", "5 ms", "a.test", "", "rsa"]
)
KEYS = st.sampled_from(
    sorted(
        {*SCHEMA["properties"]}.union(*(d.get("properties", ()) for d in SCHEMA["$defs"].values()))
    )
)
# A float without a fraction is an integer to JSON Schema, which has one kind of numbers; not here.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 70_000) | st.just(0.5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | WORDS, inner, max_size=4),
    max_leaves=12,
)


def places(found: Any) -> set[tuple[Any, ...]]:
    return {tuple(violation.path) for violation in found}


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@given(data=st.dictionaries(KEYS, VALUES, max_size=5))
def test_it_finds_what_a_full_validator_finds(data: dict[str, Any]) -> None:
    own = list(Schema(SCHEMA, FORMATS).violations(data))
    theirs = list(REFERENCE.iter_errors(data))
    assert bool(own) == bool(theirs)
    deeper = {tuple(e.absolute_path) for error in theirs for e in error.context or ()}
    assert places(own) <= {tuple(e.absolute_path) for e in theirs} | deeper
    simple = [error for error in theirs if error.validator != "anyOf"]
    assert {(tuple(e.absolute_path), e.validator) for e in simple} <= {
        (found.path, found.keyword) for found in own
    }


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer"}, 1, True),
        ({"type": "number"}, 0.5, True),
        ({"type": ["boolean", "object"]}, True, 1),
        ({"minimum": 2, "maximum": 3}, 3, 4),
        ({"minimum": 2}, "text", 1),
        ({"minLength": 1}, "x", ""),
        ({"minItems": 1}, [0], []),
        ({"pattern": "^/"}, "/x", "x/"),
        ({"enum": ["a"]}, "a", "b"),
        ({"items": {"type": "string"}}, ["a"], ["a", 1]),
        ({"required": ["a"]}, {"a": 1}, {"b": 1}),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"b": 1}),
        ({"additionalProperties": {"type": "string"}}, {"b": "x"}, {"b": 1}),
        ({"propertyNames": {"pattern": "^a"}}, {"ab": 1}, {"ba": 1}),
        ({"anyOf": [{"type": "string"}, {"items": {"type": "string"}}]}, ["a"], [1]),
        ({"format": "date"}, "2020-01-02", "2020-13-02"),
    ],
)
def test_keywords(schema: dict[str, Any], good: Any, bad: Any) -> None:
    own = Schema(schema, FORMATS)
    reference = jsonschema.Draft202012Validator(schema, format_checker=CHECKER)
    assert reference.is_valid(good)
    assert not reference.is_valid(bad)
    assert not list(own.violations(good))
    assert list(own.violations(bad))
