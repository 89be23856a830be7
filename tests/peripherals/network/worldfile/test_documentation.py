"""The pages name every key, default, type of server and fault, as the models have them."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.peripherals.network.servers import TYPES as CLASSES
from renode_wifi.peripherals.network.worldfile.bridge import BridgeSettings
from renode_wifi.peripherals.network.worldfile.converter import Model, annotation, hints, keys_of
from renode_wifi.peripherals.network.worldfile.network import (
    AccessPointSettings,
    AirSettings,
    DhcpSettings,
    DnsSettings,
    LinkSettings,
    NetworkSettings,
)
from renode_wifi.peripherals.network.worldfile.radio import RadioSettings
from renode_wifi.peripherals.network.worldfile.rules import ValueRule
from renode_wifi.peripherals.network.worldfile.schema import WorldFile
from renode_wifi.peripherals.network.worldfile.servers import (
    TYPES,
    PageSettings,
    ServerSettings,
    TlsServerSettings,
)
from renode_wifi.peripherals.network.worldfile.tree import Scalar

DOCS = Path(__file__).parents[4] / "docs"
WORLD = (DOCS / "world.md").read_text(encoding="utf-8")


def table(page: str, heading: str) -> dict[str, str]:
    """The rows of the table under a head line, by each name of their first column."""
    lines = page.partition(heading)[2].splitlines()[2:]
    rows: dict[str, str] = {}
    for line in lines:
        if not line.startswith("| "):
            break
        first, _, rest = line.removeprefix("| ").partition(" | ")
        for name in re.findall(r"`(.*?)`", first):
            rows[name] = rest
    return rows


SECTIONS = table(WORLD, "| section | keys, with their defaults |")


def test_the_page_names_every_section() -> None:
    assert set(SECTIONS) == set(keys_of(WorldFile))


@pytest.mark.parametrize(
    ("section", "models"),
    [
        ("access_points", [AccessPointSettings]),
        ("network", [NetworkSettings, DhcpSettings]),
        ("air", [AirSettings]),
        ("link", [LinkSettings]),
        ("dns", [DnsSettings]),
        ("radio", [RadioSettings]),
    ],
)
def test_the_page_names_every_key_with_its_default(section: str, models: list[type[Model]]) -> None:
    spans = re.findall(r"`(.*?)`", SECTIONS[section])
    words = {word for span in spans for word in re.findall(r"\w+", span)}
    defaults = dict(pair for span in spans for pair in re.findall(r"(\w+): ([^,{}]+)", span))
    for model in models:
        for key, field in keys_of(model).items():
            assert key in words, key
            if key in defaults and field.default is not dataclasses.MISSING:
                assert read(model, field, defaults[key].strip()) == field.default, key


def read(model: type[Model], field: dataclasses.Field[Any], text: str) -> Any:
    rule = annotation(hints(model)[field.name])
    if not isinstance(rule, ValueRule):
        return field.default
    return rule.read(Scalar(text, False, Path()))


def test_the_page_names_every_key_of_a_server() -> None:
    options = {option for fields in TYPES.values() for option in fields}
    keys = {key for key, field in keys_of(ServerSettings).items() if field.name not in options}
    assert set(table(WORLD, "| key | meaning |")) == keys
    assert set(table(WORLD, "| key below `tls` | meaning |")) == set(keys_of(TlsServerSettings))
    assert "200 ms" in WORLD
    assert BridgeSettings().grace == 200_000_000


def test_the_page_names_every_type_of_server() -> None:
    types = table(WORLD, "| type | behaviour |")
    assert set(types) == set(TYPES) == {*CLASSES, "python"}
    keys = {field.name: key for key, field in keys_of(ServerSettings).items()}
    for name, options in TYPES.items():
        for option in options:
            assert f"`{keys[option]}: " in types[name]
    for key in keys_of(PageSettings):
        assert key in types["http"]
