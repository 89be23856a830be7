"""The chip's page lists every option of the network processor, with today's defaults."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from renode_wifi.peripherals.simplelink.profile import NwpProfile
from tests.peripherals.option_tables import default_of, first_column, numbers, snake

PAGE = (Path(__file__).parents[3] / "docs" / "cc3220sf.md").read_text(encoding="utf-8")
NUMBERS = numbers(NwpProfile)


def test_the_page_has_every_option() -> None:
    table = PAGE.partition("| option | default | meaning |")[2].partition("\n\n")[0]
    options = [field.name for field in dataclasses.fields(NwpProfile)]
    assert sorted(map(snake, first_column(table))) == sorted(options)


@pytest.mark.parametrize("field", NUMBERS, ids=[field.name for field in NUMBERS])
def test_the_page_has_defaults_that_are_numbers(field: dataclasses.Field[object]) -> None:
    assert default_of(PAGE, field) == field.default
