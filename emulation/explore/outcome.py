"""What became of the firmware after a fault."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from renode_wifi.emulation.explore.plan import JsonObject


class Verdict(StrEnum):
    """From the best to the worst."""

    UNAFFECTED = "unaffected"
    """It prints what it prints without the fault, and as early."""
    RECOVERED = "recovered"
    DEGRADED = "degraded"
    """It does its work less often than without the fault, or says that it gave up."""
    ENDS = "ends"
    """It says something, and then does nothing more: it gave up."""
    FAILS = "fails"
    """It goes on and says so, and its work does not succeed any more."""
    HANG = "hang"
    """It is silent: it waits for what never comes, or is busy with nothing."""
    ASSERTION = "assertion"
    CRASH = "crash"
    CORRUPTION = "corruption"
    """It works, and a server got what it would not have got without the fault."""
    LOST = "lost"
    """The emulator came to no verdict: its process ended, or it met an error."""


FAILING = (
    Verdict.ENDS,
    Verdict.FAILS,
    Verdict.HANG,
    Verdict.ASSERTION,
    Verdict.CRASH,
    Verdict.CORRUPTION,
    Verdict.LOST,
)


@dataclass(frozen=True)
class CellOutcome:
    """Of one cell. after: virtual seconds from the end of the fault to the first line that shows
    that the firmware works; None: none came. by: "itself" or "reset". where: the firmware is, for
    those that work no more. note: what there is to say. last: the end of the console.
    """

    cell: str
    point: str
    family: str
    fault: str
    entry: JsonObject
    verdict: Verdict
    after: float | None = None
    by: str = ""
    where: str = ""
    note: str = ""
    last: tuple[str, ...] = ()

    @property
    def failing(self) -> bool:
        return self.verdict in FAILING

    def as_json(self) -> JsonObject:
        return {**asdict(self), "last": list(self.last)}

    @classmethod
    def from_json(cls, values: JsonObject) -> CellOutcome:
        values = {key: value for key, value in values.items() if key != "smallest"}
        return cls(
            **{**values, "verdict": Verdict(values["verdict"]), "last": tuple(values["last"])}
        )
