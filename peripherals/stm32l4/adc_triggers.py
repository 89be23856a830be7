# ironpython: executed by Renode
"""External triggers of the converters (RM0351 tables 107 to 110): a timer and its line, by code.

None stands for EXTI lines.
"""

from renode_wifi.peripherals.base.block import output_of

REGULAR = (
    ("tim1", "CC1"),
    ("tim1", "CC2"),
    ("tim1", "CC3"),
    ("tim2", "CC2"),
    ("tim3", "TRGO"),
    ("tim4", "CC4"),
    None,
    ("tim8", "TRGO"),
    ("tim8", "TRGO2"),
    ("tim1", "TRGO"),
    ("tim1", "TRGO2"),
    ("tim2", "TRGO"),
    ("tim4", "TRGO"),
    ("tim6", "TRGO"),
    ("tim15", "TRGO"),
    ("tim3", "CC4"),
)
INJECTED = (
    ("tim1", "TRGO"),
    ("tim1", "CC4"),
    ("tim2", "TRGO"),
    ("tim2", "CC1"),
    ("tim3", "CC4"),
    ("tim4", "TRGO"),
    None,
    ("tim8", "CC4"),
    ("tim1", "TRGO2"),
    ("tim8", "TRGO"),
    ("tim8", "TRGO2"),
    ("tim3", "CC3"),
    ("tim3", "TRGO"),
    ("tim3", "CC1"),
    ("tim6", "TRGO"),
    ("tim15", "TRGO"),
)


def line(machine, source):
    # type: (typing.Any, tuple[str, str] | None) -> typing.Any
    """The output of another block that is a trigger; None: it isn't modelled."""
    return None if source is None else output_of(machine, source[0], source[1])


MYPY = False
if MYPY:
    import typing  # noqa: F401
