"""How a method becomes a keyword: recorded for `Requires`, arguments bound, crashes reported."""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import Enum
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from robot.api.deco import keyword as robot_keyword

from renode_wifi.emulation.frontends.robot.arguments import Parameters


class Replay(Enum):
    """When `Requires` carries a keyword out again (Renode 1.16, RobotFrameworkKeywordAttribute)."""

    ALWAYS = "also after the state was loaded from a file"
    REEXECUTION = "where the state is reached by doing all again"
    NEVER = "never"


Recorded = tuple[str, dict[str, object], Replay]
"""Name of the method, arguments by name, when it is done again."""


class Library(Protocol):
    """What the keywords of this package are methods of."""

    events: list[Recorded]
    recording: bool

    def fail_on_crash(self) -> None: ...


P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K", bound=Library)
Method = Callable[Concatenate[K, P], R]


def keyword(replay: Replay = Replay.REEXECUTION) -> Callable[[Method[K, P, R]], Method[K, P, R]]:
    """Decorates the methods that Robot Framework sees."""

    def decorate(method: Method[K, P, R]) -> Method[K, P, R]:
        parameters = Parameters(method)

        @functools.wraps(method)
        def call(self: K, *arguments: Any, **named: Any) -> R:
            values = parameters.bind(arguments, named)
            if replay is not Replay.NEVER and self.recording:
                self.events.append((method.__name__, values, replay))
            result = cast(Callable[..., R], method)(self, **values)
            self.fail_on_crash()
            return result

        return cast(Method[K, P, R], robot_keyword(call))

    return decorate
