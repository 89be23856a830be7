"""The tables of docs/ that follow from the code; `python -m tests.docs` writes them anew."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.observers.contract.rules import rules as contract_rules
from renode_wifi.emulation.platform import boards, catalogue, constructors
from renode_wifi.emulation.script import absent
from renode_wifi.emulation.suites.compatibility import cell, read_report, render
from renode_wifi.peripherals.network.worldfile.fault_kinds import (
    ISM43362,
    KINDS,
    NWP,
    Kind,
    Target,
    radio_kinds,
)
from tests import reference

DOCS = Path(__file__).resolve().parent.parent / "docs"
MODELS, MONITOR = DOCS / "models.md", DOCS / "monitor.md"
API, KEYWORDS = DOCS / "api.md", DOCS / "keywords.md"
CHIPS = {"b_l475e_iot01a": DOCS / "stm32l475.md", "cc3220sf_launchxl": DOCS / "cc3220sf.md"}
"""Boards, and the page of the chip of each."""
CONTRACT = DOCS / "contract.md"
WORLD, MODULE = DOCS / "world.md", DOCS / "ism43362.md"
QUALIFICATION, RESULTS = DOCS / "qualification.md", DOCS / "results"
NWP_TESTS = Path(__file__).resolve().parent / "peripherals" / "simplelink"
RULE = re.compile(r"(SWR[AU]\d+[A-Z]?)[, ]+([^:]+): (.*)")
TITLES = {
    catalogue.STOCK: "Types of Renode's",
    catalogue.OWN: "Types of this package",
    catalogue.RADIO: "Radios",
    catalogue.EMBEDDED: "Types of the embedded engine only",
}


def models() -> str:
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
    document = (sys.modules[place.__module__] if is_alone else place).__doc__ or ""
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


def blocks(board: str) -> str:
    """What the board's chip has on its bus, by address."""
    engine = EmbeddedEngine.of_board(boards.find(board), None, None)
    machine = engine.machine
    rows = []
    for name, places in machine.places.items():
        model = machine.peripherals.get(name)
        for place in places:
            status = getattr(model, "STATUS", "memory")
            missing = getattr(model, "MISSING", "")
            rows.append((place.start, place.end - 1, name, status, missing))
    engine.close()
    text = "\n| addresses | block | how much | missing |\n|---|---|---|---|\n"
    for start, last, name, status, missing in sorted(rows):
        text += f"| 0x{start:08X}…0x{last:08X} | `{name}` | {status} | {missing} |\n"
    return text


def rules(folder: Path) -> str:
    """Documented rules, by section of the manual, and the tests that hold them.

    A test names its rule in its docstring: `SWRU455M 10.4: what the section says.`
    """
    found = []
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                rule = RULE.match(" ".join((ast.get_docstring(node) or "").split()))
                if rule is not None:
                    place = f"{path.relative_to(folder).as_posix()}::{node.name}"
                    found.append((_order(rule[1], rule[2]), rule[1], rule[2], rule[3], place))
    text = "\n| manual | section | rule | test |\n|---|---|---|---|\n"
    for _, manual, section, sentence, place in sorted(found):
        text += f"| {manual} | {section} | {cell(sentence.rstrip('.'))} | `{place}` |\n"
    return text


def _order(manual: str, section: str) -> tuple[str, list[int], str]:
    return manual, [int(number) for number in re.findall(r"\d+", section)], section


def results() -> str:
    """Images and suites, from the reports of docs/results."""
    return f"\n{render(map(read_report, sorted(RESULTS.rglob('*.json'))))}"


def absentees() -> str:
    """What Renode's monitor has and this one hasn't."""
    text = ""
    for title, entries in (("command", absent.COMMANDS), ("member", absent.MEMBERS)):
        text += f"\n| {title} | instead |\n|---|---|\n"
        text += "".join(f"| `{name}` | {cell(cure)} |\n" for name, cure in sorted(entries.items()))
    return text


def contract() -> str:
    """The rules of the port contract, by port."""
    text = "\n| rule | level | found is | rests on |\n|---|---|---|---|\n"
    for rule in contract_rules():
        basis: dict[tuple[str, str], list[str]] = {}
        for port, each in rule.basis.items():
            basis.setdefault((each.sentence, each.source), []).append(port.upper())
        sentences = "; ".join(
            f"{', '.join(ports)}: {sentence} ({source})"
            for (sentence, source), ports in basis.items()
        )
        text += f"| `{rule.id}` | {rule.level} | {cell(rule.title)} | {cell(sentences)} |\n"
    return text


def faults(kinds: Iterable[Kind]) -> str:
    """Kinds of faults, as world files name them."""
    text = "\n| do | keys | effect | with `for`, when that is over |\n|---|---|---|---|\n"
    for kind in kinds:
        parameters = ", ".join(f"`{parameter.name}`" for parameter in kind.parameters)
        text += f"| `{kind.name}` | {parameters} | {kind.effect} | {kind.lasting} |\n"
    return text


def with_table(document: str, name: str, table: str) -> str:
    """The document with the part between the marks of that name as it is to be."""
    first, last = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = document.partition(first)
    _, end, after = rest.partition(last)
    assert begin, f"there is no {first}"
    assert end, f"there is no {last}"
    return f"{before}{first}\n{table}\n{last}{after}"


def documents() -> dict[Path, str]:
    """Each document with tables from the code, as it is to be."""
    pages = {MODELS: with_table(MODELS.read_text(encoding="utf-8"), "catalogue", models())}
    for board, page in CHIPS.items():
        pages[page] = with_table(page.read_text(encoding="utf-8"), "blocks", blocks(board))
    page = CHIPS["cc3220sf_launchxl"]
    pages[page] = with_table(pages[page], "rules", rules(NWP_TESTS))
    page = QUALIFICATION
    pages[page] = with_table(page.read_text(encoding="utf-8"), "compatibility", results())
    text = MONITOR.read_text(encoding="utf-8")
    text = with_table(text, "works", reference.monitor())
    pages[MONITOR] = with_table(text, "absent", absentees())
    for page, name, made in (
        (API, "api", reference.api),
        (KEYWORDS, "keywords", reference.keywords),
        (CONTRACT, "contract", contract),
    ):
        pages[page] = with_table(page.read_text(encoding="utf-8"), name, made())
    elsewhere = [kind for kind in KINDS.values() if kind.target is not Target.RADIO]
    for page, kinds in (
        (WORLD, elsewhere),
        (MODULE, radio_kinds(ISM43362).values()),
        (CHIPS["cc3220sf_launchxl"], radio_kinds(NWP).values()),
    ):
        text = pages[page] if page in pages else page.read_text(encoding="utf-8")
        pages[page] = with_table(text, "faults", faults(kinds))
    return pages


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
