"""Tables of a radio's options in its page, `| option | default | meaning |`."""

from __future__ import annotations

import dataclasses
import re


def snake(option: str) -> str:
    return re.sub("([A-Z])", r"_\1", option).lower()


def first_column(section: str) -> list[str]:
    rows = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(.*?)`", row)]


def numbers(profile: type) -> list[dataclasses.Field[object]]:
    """The options whose defaults are numbers."""
    return [field for field in dataclasses.fields(profile) if type(field.default) is int]


def default_of(page: str, field: dataclasses.Field[object]) -> int:
    option = re.sub("_([a-z])", lambda match: match[1].upper(), field.name)
    row = re.search(rf"^\| (.*`{option}`.*?) \| (.*?) \|", page, re.MULTILINE)
    assert row is not None, option
    names, defaults = re.findall(r"`(.*?)`", row[1]), re.findall(r"`.*?`|[^, ]+", row[2])
    return int(defaults[names.index(option)], 0)
