"""JSON Schema (draft 2020-12), as much of it as the schema of world files uses.

A library for all of it takes longer to load than a board takes to build. The tests hold this one
against such a library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from renode_wifi.peripherals.network.yaml_tree import KeyPath

Formats = Mapping[str, Callable[[str], bool]]

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


@dataclass(frozen=True)
class Violation:
    """What doesn't hold: `keyword` of `schema` for the `instance` at `path`."""

    path: KeyPath
    instance: Any
    keyword: str
    schema: dict[str, Any]
    key_at_fault: bool = False
    """The instance is a key of the mapping at `path`."""


class Schema:
    """A schema document. formats: what `format` means."""

    def __init__(self, document: dict[str, Any], formats: Formats) -> None:
        self.document = document
        self.formats = formats

    def violations(self, data: Any) -> Iterator[Violation]:
        return self._check(self.document, data, ())

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The definition that a `$ref` stands for."""
        if "$ref" not in schema:
            return schema
        found: dict[str, Any] = self.document["$defs"][schema["$ref"].rpartition("/")[2]]
        return found

    def _check(self, schema: dict[str, Any], data: Any, path: KeyPath) -> Iterator[Violation]:
        schema = self.resolved(schema)
        for keyword in schema:
            if not self._holds(schema, keyword, data):
                yield Violation(path, data, keyword, schema)
        if "anyOf" in schema:
            yield from self._any_of(schema, data, path)
        if isinstance(data, dict):
            yield from self._mapping(schema, data, path)
        elif isinstance(data, list) and "items" in schema:
            for index, item in enumerate(data):
                yield from self._check(schema["items"], item, (*path, index))

    def _holds(self, schema: dict[str, Any], keyword: str, data: Any) -> bool:
        """Whether a keyword that looks at nothing but the value itself holds."""
        setting = schema[keyword]
        match keyword, data:
            case "type", _:
                kinds = [setting] if isinstance(setting, str) else setting
                return any(is_type(kind, data) for kind in kinds)
            case "enum", _:
                return bool(data in setting)
            case (("minimum" | "maximum"), (int() | float())):
                return bool(data >= setting if keyword == "minimum" else data <= setting)
            case ("minLength", str()) | ("minItems", list()):
                return bool(len(data) >= setting)
            case "pattern", str():
                return re.search(setting, data) is not None
            case "format", str():
                return self.formats[setting](data)
            case "required", dict():
                return all(key in data for key in setting)
            case "additionalProperties", dict() if setting is False:
                return all(key in schema["properties"] for key in data)
        return True

    def _any_of(self, schema: dict[str, Any], data: Any, path: KeyPath) -> Iterator[Violation]:
        choices = [list(self._check(choice, data, path)) for choice in schema["anyOf"]]
        if all(choices):
            # Within the choice of the right type there is something to point at.
            deeper = [found for choice in choices for found in choice if found.path != path]
            yield from deeper or [Violation(path, data, "anyOf", schema)]

    def _mapping(
        self, schema: dict[str, Any], data: dict[str, Any], path: KeyPath
    ) -> Iterator[Violation]:
        names = schema.get("propertyNames")
        others = schema.get("additionalProperties") or {}
        for key, value in data.items():
            if names is not None:
                for found in self._check(names, key, path):
                    yield Violation(path, key, found.keyword, found.schema, key_at_fault=True)
            yield from self._check(
                schema.get("properties", {}).get(key, others), value, (*path, key)
            )


def is_type(name: str, data: Any) -> bool:
    """Whether data is of a schema's type; truth values are no numbers."""
    return isinstance(data, TYPES[name]) and (name == "boolean" or not isinstance(data, bool))
