"""Swim lanes, drawn by plotly.

A lane is one line, broken between its slices: an element for each would take the browser seconds.
Neighbours that are closer than a pixel are drawn as one, and what is shorter than a pixel is as
long as that; `zoom.js` draws those of the time that is looked at anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import plotly.io

from renode_wifi.emulation.observers.report.history import Track
from renode_wifi.emulation.observers.timeline.lanes import Details, Lane
from renode_wifi.emulation.visible import as_html
from renode_wifi.peripherals.base.clock import SECOND

COLOURS = {
    "tasks": "#4c78a8",
    "processor": "#9d755d",
    "calls": "#f58518",
    "radio": "#54a24b",
    "sockets": "#e45756",
    "network": "#72b7b2",
    "servers": "#b279a2",
    "world": "#666666",
}
"""Groups of lanes, from the top down."""
OTHER, EVENT = "#999999", "#222222"
ROW, MARGIN, BAR = 24, 110, 12
"""Heights in pixels: of a lane, of what is around them all, of a slice."""
TICK, TICK_WIDTH = 0.3, 2
"""Of an event: half its height in lanes, and pixels."""
HOVER_DETAILS = 4
MAX_DRAWN = 1000
"""Slices or events of a lane that are drawn at once."""
_begin = attrgetter("begin")
ZOOM = Path(__file__).with_name("zoom.js")


class Bar(NamedTuple):
    """A slice, or with `end` at its beginning an event. Times are ns."""

    begin: int
    end: int
    text: str


def draw(tracks: Mapping[Lane, Track], until: int) -> str:
    """The lanes as an element of a page, with plotly's library in it. until: ns."""
    lanes = sorted(tracks, key=_order)
    traces, packed = [], []
    for row, lane in enumerate(lanes):
        for bars, are_slices in ((_slices(tracks[lane]), True), (_events(tracks[lane]), False)):
            if not bars:
                continue
            packed.append(_packed(row, bars, are_slices))
            traces.append(_trace(thinned(bars, until), lane, row, until if are_slices else 0))
    layout = {
        "template": plotly.io.templates["plotly_white"].to_plotly_json(),
        "height": ROW * len(lanes) + MARGIN,
        "margin": {"l": 10, "r": 10, "t": 10, "b": 40},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "zoom",
        "xaxis": {"title": {"text": "virtual time (s)"}, "range": [0, until / SECOND]},
        "yaxis": {
            "tickvals": list(range(len(lanes))),
            "ticktext": [as_html(f"{lane.group} · {lane.name}") for lane in lanes],
            "range": [len(lanes) - 0.5, -0.5],
            "fixedrange": True,
            "automargin": True,
        },
    }
    element: str = plotly.io.to_html(
        # A figure of plotly's would look at each number and copy it.
        {"data": traces, "layout": layout},
        validate=False,
        full_html=False,
        include_plotlyjs=True,
        div_id="lanes",
        config={"scrollZoom": True, "displaylogo": False, "responsive": True},
    )
    data = json.dumps(packed, separators=(",", ":")).replace("<", "\\u003c")
    code = ZOOM.read_text(encoding="utf-8")
    return (
        f"{element}<script>const LANES={data},TICK={TICK},MAX_DRAWN={MAX_DRAWN};\n{code}</script>"
    )


def thinned(bars: Sequence[Bar], until: int) -> list[Bar]:
    """At most about MAX_DRAWN bars: neighbours with less than a pixel between them are one."""
    if len(bars) <= MAX_DRAWN:
        return list(bars)
    pixel = until // MAX_DRAWN
    found: list[Bar] = []
    begin, end, count, text = bars[0].begin, bars[0].end, 0, bars[0].text
    for bar in bars:
        if count and bar.begin - end > pixel:
            found.append(Bar(begin, end, text if count == 1 else f"{count} of them: zoom in"))
            begin, end, count, text = bar.begin, bar.end, 0, bar.text
        end, count = max(end, bar.end), count + 1
    found.append(Bar(begin, end, text if count == 1 else f"{count} of them: zoom in"))
    return found


def _packed(row: int, bars: Sequence[Bar], are_slices: bool) -> dict[str, object]:
    """For zoom.js: times in ns, and texts by their number."""
    texts = {text: number for number, text in enumerate(dict.fromkeys(bar.text for bar in bars))}
    return {
        "row": row,
        "slices": are_slices,
        "begin": [bar.begin for bar in bars],
        "length": [bar.end - bar.begin for bar in bars],
        "text": [texts[bar.text] for bar in bars],
        "texts": list(texts),
    }


def _order(lane: Lane) -> tuple[int, str, str]:
    groups = list(COLOURS)
    place = groups.index(lane.group) if lane.group in COLOURS else len(groups)
    return place, lane.group, lane.name


def _slices(track: Track) -> list[Bar]:
    text = _Texts().of
    bars = [Bar(began, ended, text(name, more)) for began, ended, name, more in track.slices]
    return sorted(bars, key=_begin)


def _events(track: Track) -> list[Bar]:
    text = _Texts().of
    bars = [Bar(time, time, text(name, details)) for time, name, details in track.events]
    return sorted(bars, key=_begin)


def _trace(bars: Sequence[Bar], lane: Lane, row: int, until: int) -> dict[str, object]:
    """A trace of plotly's type scatter. until: 0: they are events."""
    pixel = until // MAX_DRAWN
    times: list[float | None] = []
    texts: list[str | None] = []
    for bar in bars:
        times += (bar.begin / SECOND, max(bar.end, bar.begin + pixel) / SECOND, None)
        texts += (bar.text, bar.text, None)
    colour, width = (COLOURS.get(lane.group, OTHER), BAR) if until else (EVENT, TICK_WIDTH)
    return {
        "connectgaps": False,
        "hovertemplate": f"%{{x:.6f}} s %{{text}}<extra>{as_html(lane.name)}</extra>",
        "line": {"color": colour, "width": width},
        "mode": "lines",
        "text": texts,
        "x": times,
        "y": ([row, row, None] if until else [row - TICK, row + TICK, None]) * len(bars),
        "type": "scatter",
    }


class _Texts:
    """Of one track, which keeps the details. Many of its slices share theirs."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], str] = {}

    def of(self, name: str, details: Details) -> str:
        key = name, id(details)
        text = self._known.get(key)
        if text is None:
            lines = name, *_few(details)
            text = self._known[key] = "<br>".join(map(as_html, lines))
        return text


def _few(details: Details) -> Iterator[str]:
    for number, (key, value) in enumerate(details.items()):
        if number == HOVER_DETAILS:
            yield "…"
            return
        yield f"{key}: {value}"
