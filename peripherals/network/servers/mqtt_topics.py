"""Topic names and filters (OASIS MQTT Version 5.0, section 4.7; the same in 3.1.1)."""

from __future__ import annotations

SHARED = "$share/"
"""How filters of shared subscriptions begin (section 4.8.2)."""


def shared_filter(topic_filter: str) -> str | None:
    """The filter of a shared subscription without its group; None where it is not shared."""
    if not topic_filter.startswith(SHARED):
        return None
    return topic_filter.removeprefix(SHARED).partition("/")[2]


def filter_is_valid(topic_filter: str) -> bool:
    """Section 4.7.1: `#` is last and alone on its level, `+` alone on its. Section 4.8.2: the group
    of a shared subscription has a name without wildcards, and a filter follows it.
    """
    if topic_filter.startswith(SHARED):
        group, _, topic_filter = topic_filter.removeprefix(SHARED).partition("/")
        if not group or "+" in group or "#" in group:
            return False
    levels = topic_filter.split("/")
    for index, level in enumerate(levels):
        if "#" in level and (level != "#" or index != len(levels) - 1):
            return False
        if "+" in level and level != "+":
            return False
    return bool(topic_filter)


def matches(topic_filter: str, topic: str) -> bool:
    """Whether a topic name falls under a filter, sections 4.7.1 and 4.7.2."""
    wanted, have = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in ("#", "+"):
        return False
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(have) or level not in ("+", have[index]):
            return False
    return len(wanted) == len(have)
