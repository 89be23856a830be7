"""Text of the firmware as data, for terminals, pages and logs."""

from __future__ import annotations

import logging

from renode_wifi.peripherals.base.errors import visible as visible


def as_html(text: str) -> str:
    """`visible` text for a page: no tag, no entity, no change of direction."""
    # Imported late: its table of entities is slow to import, and most runs write no page.
    import html

    return html.escape(visible(text))


class _Visible(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = visible(record.getMessage()), ()
        return True


_FILTER = _Visible()


def visible_log(name: str) -> logging.Logger:
    """The logger of that name. What firmware and its peers have a say in reaches its handlers as
    `visible` text."""
    log = logging.getLogger(name)
    log.addFilter(_FILTER)
    return log
