"""Arguments by Renode's rules."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.frontends.robot.arguments import (
    CONVERTERS,
    Parameters,
    TextArgument,
)
from renode_wifi.emulation.frontends.robot.errors import KeywordException


class Sample:
    def method(
        self,
        content: str,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        machine: str | None = None,
    ) -> None:
        """A keyword."""


SAMPLE = Parameters(Sample.method)


def test_places_and_names() -> None:
    assert SAMPLE.bind(("a", 1.0), {"machine": "two"}) == {
        "content": "a",
        "timeout": 1.0,
        "machine": "two",
    }


def test_texts_name_arguments_wherever_they_stand() -> None:
    assert SAMPLE.bind(
        ("a", TextArgument("treatAsRegex=true"), "machine=two", "timeout=2"), {}
    ) == {
        "content": "a",
        "treatAsRegex": True,
        "machine": "two",
        "timeout": 2.0,
    }
    for nothing in ("None", "null"):
        bound = SAMPLE.bind(("a", f"testerId={nothing}"), {})
        assert bound == {"content": "a", "testerId": None}


def test_a_content_may_look_like_a_name() -> None:
    assert SAMPLE.bind(("value=42",), {}) == {"content": "value=42"}


@pytest.mark.parametrize("argument", [TextArgument("timeot=2"), "treatAsRegexp=true"])
def test_other_names_are_refused(argument: object) -> None:
    with pytest.raises(KeywordException, match="there is no argument"):
        SAMPLE.bind(("a", argument), {})


def test_a_text_in_the_place_of_a_boolean_is_refused() -> None:
    for given in ({"treatAsRegex": "perhaps"}, {"timeout": "soon"}):
        with pytest.raises(KeywordException, match="give "):
            SAMPLE.bind(("a",), given)


def test_what_is_missing_or_wrong_is_an_error() -> None:
    with pytest.raises(KeywordException, match="content is missing"):
        SAMPLE.bind(("timeout=2",), {})
    with pytest.raises(KeywordException, match="treatAsRegex=maybe: give true or false"):
        SAMPLE.bind(("a", "treatAsRegex=maybe"), {})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [(bool, "True", True), (bool, "false", False), (int, "0x1F", 31), (float, "0.5", 0.5)],
)
def test_conversions(kind: type, text: str, value: object) -> None:
    assert CONVERTERS[kind](text) == value


@pytest.mark.parametrize("kind", [bool, int, float])
def test_what_cannot_be_converted(kind: type) -> None:
    with pytest.raises(ValueError, match="give"):
        CONVERTERS[kind]("maybe")
    assert CONVERTERS[kind]("name=maybe") == TextArgument("name=maybe")
