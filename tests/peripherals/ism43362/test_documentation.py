"""The module's page lists every option and fault, with today's defaults."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from renode_wifi.peripherals.ism43362.firmware import quirks_of
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.timing import TIMINGS
from tests.peripherals.option_tables import default_of, first_column, numbers, snake

PAGE = (Path(__file__).parents[3] / "docs" / "ism43362.md").read_text(encoding="utf-8")

NUMBERS = [field for field in numbers(ModuleProfile) if field.name != "clock_hz"]


def test_the_page_has_every_option() -> None:
    documented = first_column(PAGE.partition("## Faults")[0])
    options = [field.name for field in dataclasses.fields(ModuleProfile)]
    assert sorted(map(snake, documented)) == sorted(options)


def test_the_page_has_the_quirks_of_every_version() -> None:
    head = re.search(r"^\| option \| (C3.*?) \| meaning \|$", PAGE, re.MULTILINE)
    assert head is not None
    versions = head[1].split(" | ")
    documented: dict[str, dict[str, bool]] = {version: {} for version in versions}
    for option, values in re.findall(
        r"^\| `(\w+)` \| ((?:(?:true|false) \| )+)", PAGE, re.MULTILINE
    ):
        given = values.removesuffix(" | ").split(" | ")
        if len(given) == len(versions):
            name = snake(option)
            for version, value in zip(versions, given, strict=True):
                documented[version][name] = value == "true"
    assert documented == {version: quirks_of(version) for version in versions}


def test_the_page_has_the_typical_times() -> None:
    typical = re.search(r"`typical`: ([\d, ]+\d)", PAGE)
    assert typical is not None
    assert list(map(int, typical[1].split(", "))) == list(TIMINGS["typical"].values())


@pytest.mark.parametrize("field", NUMBERS, ids=[field.name for field in NUMBERS])
def test_the_page_has_defaults_that_are_numbers(field: dataclasses.Field[object]) -> None:
    assert default_of(PAGE, field) == field.default
