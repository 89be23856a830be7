"""The language of faults: `{at | after | nth, do, for, …}`, for network and radio alike.

A fault happens `at` a virtual time, or `after` an event of the network (the `nth`, and `delay`
later). A radio's fault strikes the `nth` command named `command` from then on, or from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from renode_wifi.peripherals.base.errors import RenodeWifiError, close_matches
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.fault_kinds import (
    KINDS,
    OLD_NAMES,
    POOL_UNIT,
    Kind,
    Target,
)
from renode_wifi.peripherals.network.worldfile.rules import (
    Mistake,
    ValueRule,
    not_right,
    plain,
    text_of,
    whole,
    words,
)
from renode_wifi.peripherals.network.worldfile.values import DURATION, TEXT

DESCRIPTION = "a fault such as {at: 30 s, do: dns-fails} or {do: hang, command: S3, nth: 2}"

EVENTS = ("joined", "connected", "data", "tls", "tls-data", "dns", "datagram", "ping")
NTH = whole("a number, 1 for the first", 1)
COMMON: dict[str, ValueRule] = {
    "at": DURATION,
    "after": words(f"an event: one of {', '.join(EVENTS)}", *EVENTS),
    "nth": NTH,
    "delay": DURATION,
    "for": DURATION,
}
"""Keys of every fault, beside `do`."""
RADIO: dict[str, ValueRule] = {
    "command": TEXT,
    "times": whole("how many commands it strikes, 0 for all", 0),
}
"""Keys of faults that strike: of a radio, and of the flash, whose commands are `program` and
`erase`."""

STRIKING = (Target.RADIO, Target.FLASH)
"""Targets whose faults strike a command or operation of theirs."""

Places = Mapping[str, list[str]]
"""The names of access points and TCP servers, by `Target`."""


@late_dataclass(frozen=True)
class FaultSettings:
    """A fault to come, of the network or of the radio. Times are ns."""

    do: str
    at: int | None = None
    after: str | None = None
    nth: int = 1
    delay: int = 0
    duration: int | None = None
    command: str | None = None
    times: int = 1
    arguments: dict[str, object] = field(default_factory=dict)
    where: str = ""

    @property
    def kind(self) -> Kind:
        return KINDS[self.do]

    def number(self, name: str) -> float | None:
        """An argument that is a number; None where there is none."""
        value = self.arguments.get(name)
        return value if isinstance(value, int | float) else None

    def text(self, name: str) -> str:
        """An argument that is a name."""
        return str(self.arguments[name])

    @property
    def strikes(self) -> bool:
        """It strikes what its target does, from the start where nothing says when."""
        return self.kind.target in STRIKING

    def summary(self) -> str:
        when = "from the start"
        if self.at is not None:
            when = f"at {self.at / 1e9:g} s"
        elif self.after is not None:
            when = f"after {self.after}"
        return f"fault {self.kind.name}: {when}"


def read_fault(
    raw: object,
    places: Places,
    note: Callable[[Mistake], None],
    notice: Callable[[str, str], None],
    *,
    now: bool = False,
) -> FaultSettings | None:
    """The fault that an entry describes; None where it has mistakes, which `note` gets.

    notice: gets a key in an old spelling, and what to write. now: it happens at once, so that
    nothing need say when.
    """
    reader = _Reader(places, note, notice, now)
    fault = reader.read(raw)
    return None if reader.failed else fault


class _Reader:
    def __init__(
        self,
        places: Places,
        note: Callable[[Mistake], None],
        notice: Callable[[str, str], None],
        now: bool,
    ) -> None:
        self.places = places
        self.failed = False
        self.now = now
        self._note = note
        self._notice = notice

    def note(self, mistake: Mistake) -> None:
        self.failed = True
        self._note(mistake)

    def read(self, raw: object) -> FaultSettings | None:
        if not isinstance(raw, Mapping):
            self.note(not_right(raw, DESCRIPTION))
            return None
        entry = dict(raw)
        kind = self._kind(entry)
        if kind is None:
            return None
        self._old_spellings(entry, kind)
        values = self._values(entry, kind)
        fault = FaultSettings(
            kind.name,
            values.pop("at", None),
            values.pop("after", None),
            values.pop("nth", 1),
            values.pop("delay", 0),
            values.pop("for", kind.duration),
            values.pop("command", None),
            values.pop("times", 1 if kind.duration is not None or "for" not in entry else 0),
            values,
        )
        self._check(fault, entry)
        self._name_target(fault)
        return fault

    def _kind(self, entry: dict[str, Any]) -> Kind | None:
        if "kind" in entry and "do" not in entry:
            self._notice("kind", "`do:`")
            entry["do"] = entry.pop("kind")
        if "do" not in entry:
            self.note(Mistake("lacks the key `do`", f"add it with one of {', '.join(KINDS)}"))
            return None
        raw = entry.pop("do")
        try:
            name = text_of(raw)
        except ValueError:
            name = str(plain(raw))
        if name in OLD_NAMES:
            self._notice("do", f"`do: {OLD_NAMES[name]}`")
            name = OLD_NAMES[name]
        kind = KINDS.get(name)
        if kind is None:
            near = close_matches(name, KINDS)
            cure = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(KINDS)}"
            self.note(Mistake(f"there is no fault {name!r}", cure, path=("do",)))
        return kind

    def _old_spellings(self, entry: dict[str, Any], kind: Kind) -> None:
        if "count" in entry and "nth" not in entry:
            self._notice("count", "`nth:`")
            entry["nth"] = entry.pop("count")
        if "amount" in entry and kind.target is Target.RADIO:
            raw = entry.pop("amount")
            value = plain(raw)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                self.note(_at(not_right(raw, "a number", number=True), "amount"))
            elif kind.duration is not None:
                self._notice("amount", f"`for: {value} ms`")
                entry["for"] = value * POOL_UNIT
            elif kind.parameters:
                parameter = kind.parameters[0]
                shown = f"{value} us" if parameter.rule is DURATION else str(value)
                self._notice("amount", f"`{parameter.name}: {shown}`")
                entry[parameter.name] = value * parameter.unit

    def _values(self, entry: dict[str, Any], kind: Kind) -> dict[str, Any]:
        rules = {**COMMON, **(RADIO if kind.target in STRIKING else {})}
        rules |= {parameter.name: parameter.rule for parameter in kind.parameters}
        if kind.target in (Target.SERVER, Target.ACCESS_POINT):
            rules[kind.target.value] = TEXT
        values: dict[str, Any] = {
            parameter.name: parameter.default
            for parameter in kind.parameters
            if parameter.default is not None
        }
        for name, raw in entry.items():
            if name not in rules:
                self.note(
                    Mistake(
                        f"{kind.name} does not take {name}",
                        f"it takes {', '.join(rules)}",
                        path=(name,),
                        key=True,
                    )
                )
                continue
            try:
                values[name] = rules[name].read(raw)
            except Mistake as mistake:
                self.note(_at(mistake, name))
        return values

    def _check(self, fault: FaultSettings, entry: Mapping[str, Any]) -> None:
        kind = fault.kind
        timed, awaited = "at" in entry, "after" in entry
        if (timed and awaited) or not (timed or awaited or fault.strikes or self.now):
            self.note(Mistake("wants either `at` or `after`", "at: 30 s, or after: connected"))
        counts = "nth" in entry and not fault.strikes
        if not awaited and (counts or "delay" in entry):
            self.note(Mistake("nth and delay belong to `after`", "drop them"))
        if "for" in entry and not kind.lasting:
            self.note(
                Mistake(f"{kind.name} has no end that `for` could say", "drop it", path=("for",))
            )
        given = [parameter.name for parameter in kind.parameters if parameter.name in entry]
        if kind.at_least_one and not given:
            names = ", ".join(parameter.name for parameter in kind.parameters)
            self.note(Mistake("changes nothing", f"add one of {names}"))

    def _name_target(self, fault: FaultSettings) -> None:
        """The only access point or server there is need not be named."""
        key = fault.kind.target.value
        if key not in self.places:
            return
        known = self.places[key]
        name = fault.arguments.setdefault(key, known[0] if len(known) == 1 else None)
        choices = f"there are: {', '.join(known) or 'none'}"
        if name is None:
            self.note(Mistake(f"lacks the key `{key}`", f"add it; {choices}"))
        elif name not in known:
            near = close_matches(str(name), known)
            cure = f"did you mean `{near[0]}`?" if near else choices
            what = key.replace("_", " ")
            self.note(Mistake(f"there is no such {what}: {name}", cure, path=(key,)))


def _at(mistake: Mistake, name: str) -> Mistake:
    return Mistake(mistake.message, mistake.cure, path=(name, *mistake.path))


def fault_of(
    do: str,
    entry: Mapping[str, object],
    places: Places | None = None,
    notice: Callable[[str, str], None] | None = None,
    *,
    now: bool = True,
) -> FaultSettings:
    """The fault that a test, a suite or the monitor names. Raises RenodeWifiError."""
    mistakes: list[Mistake] = []
    fault = read_fault(
        {"do": do, **entry}, places or {}, mistakes.append, notice or _unnoticed, now=now
    )
    if fault is None:
        first = mistakes[0]
        place = "" if first.path == ("do",) else f"{': '.join((do, *map(str, first.path)))}: "
        raise RenodeWifiError(f"{place}{first.message}", cure=first.cure)
    return fault


def _unnoticed(key: str, cure: str) -> None:
    """Nobody wants to know of old spellings."""
