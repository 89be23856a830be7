"""The tables of docs/ that follow from the code; `python -m tests.docs` writes them anew."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from renode_wifi.emulation.platform import catalogue, constructors
from renode_wifi.emulation.suites.compatibility import cell

MODELS = Path(__file__).resolve().parent.parent / "docs" / "models.md"
BEGIN, END = "<!-- catalogue: begin -->", "<!-- catalogue: end -->"
TITLES = {
    catalogue.STOCK: "Types of Renode's",
    catalogue.OWN: "Types of this package",
    catalogue.RADIO: "Radios",
    catalogue.EMBEDDED: "Types of the embedded engine only",
}


def tables() -> str:
    """All types of the catalogue, by where they run."""
    text = ""
    for where, title in TITLES.items():
        text += f"\n## {title}\n\n| type | what it is | attributes |\n|---|---|---|\n"
        for name in catalogue.names(where):
            text += f"| `{name}` | {cell(_summary(name))} | {_attributes(name)} |\n"
    return text


def _summary(name: str) -> str:
    """The first sentence about a type: its file's, where that is about it alone."""
    model = catalogue.BY_NAME[name]
    place = catalogue.load(model.implementation)
    shared = [
        other
        for other in catalogue.MODELS
        if other.implementation.partition(":")[0] == model.implementation.partition(":")[0]
        and other.implementation != model.implementation
    ]
    is_alone = not shared and model.where != catalogue.RADIO
    document = (sys.modules[place.__module__] if is_alone else place).__doc__
    paragraph = " ".join(document.strip().split("\n\n")[0].split())
    sentence = re.split(r"(?<=[^.].)\. |\.$", paragraph)[0]
    return sentence.removeprefix(f"`{name}`: ")


def _attributes(name: str) -> str:
    """Those that have to be given in bold."""
    constructor = constructors.find(name)
    assert constructor is not None
    if constructor.accepted is None:
        return "those of its profile"
    return ", ".join(
        f"**`{attribute}`**" if needed else f"`{attribute}`"
        for attribute, needed in constructor.accepted.items()
    )


def with_tables(document: str) -> str:
    """The document with its tables as they are to be."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, "docs/models.md has no place for the tables"
    assert end, "docs/models.md has no place for the tables"
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


if __name__ == "__main__":
    MODELS.write_text(with_tables(MODELS.read_text(encoding="utf-8")), encoding="utf-8")
