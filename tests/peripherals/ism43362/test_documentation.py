"""The module's page tells every option and fault, with today's defaults."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from renode_wifi.peripherals.ism43362.faults import FaultKind
from renode_wifi.peripherals.ism43362.profile import ModuleProfile

PAGE = (Path(__file__).parents[3] / "docs" / "ism43362.md").read_text(encoding="utf-8")

NUMBERS = [
    field
    for field in dataclasses.fields(ModuleProfile)
    if type(field.default) is int and field.name != "clock_hz"
]


def first_column(section: str) -> list[str]:
    rows = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(.*?)`", row)]


def test_the_page_tells_every_option() -> None:
    told = first_column(PAGE.partition("## Faults")[0])
    options = [field.name for field in dataclasses.fields(ModuleProfile)]
    assert sorted(re.sub("([A-Z])", r"_\1", name).lower() for name in told) == sorted(options)


def test_the_page_tells_every_fault() -> None:
    told = first_column(PAGE.partition("## Faults")[2])
    assert sorted(told) == sorted(kind.value for kind in FaultKind)


@pytest.mark.parametrize("field", NUMBERS, ids=[field.name for field in NUMBERS])
def test_the_page_tells_defaults_that_are_numbers(field: dataclasses.Field[object]) -> None:
    option = re.sub("_([a-z])", lambda match: match[1].upper(), field.name)
    row = re.search(rf"^\| (.*`{option}`.*?) \| (.*?) \|", PAGE, re.MULTILINE)
    assert row is not None
    names, defaults = re.findall(r"`(.*?)`", row[1]), re.findall(r"`.*?`|[^, ]+", row[2])
    assert defaults[names.index(option)] == str(field.default)
