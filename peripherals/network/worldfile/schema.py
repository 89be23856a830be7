"""What of data doesn't hold to a JSON Schema: where, and which keyword says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from renode_wifi.peripherals.network.worldfile.tree import KeyPath

Formats = Mapping[str, Callable[[str], bool]]


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
    """A schema document. formats: what `format` means for a text."""

    def __init__(self, document: dict[str, Any], formats: Formats) -> None:
        self.document = document
        checker = FormatChecker(formats=())
        for name, check in formats.items():
            checker.checks(name)(partial(_holds, check))
        self._validator = Draft202012Validator(document, format_checker=checker)

    def violations(self, data: Any) -> Iterator[Violation]:
        for error in self._validator.iter_errors(data):
            yield from _violations(error)

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The definition that a `$ref` stands for."""
        if "$ref" not in schema:
            return schema
        found: dict[str, Any] = self.document["$defs"][schema["$ref"].rpartition("/")[2]]
        return found


def _holds(check: Callable[[str], bool], data: object) -> bool:
    return not isinstance(data, str) or check(data)


def _violations(error: ValidationError) -> Iterator[Violation]:
    # Within the choice of the right type there is something to point at.
    deeper = [part for part in error.context or () if part.path]
    for part in deeper:
        yield from _violations(part)
    if not deeper:
        yield Violation(
            tuple(error.absolute_path),
            error.instance,
            str(error.validator),
            dict(error.schema) if isinstance(error.schema, dict) else {},
            "propertyNames" in error.absolute_schema_path,
        )
