"""Wires from outputs to inputs; where several outputs meet at one input, it is their OR."""

from __future__ import annotations

from renode_wifi.peripherals.base.line import Line, Receiver

Input = tuple[str, int | None, int]
"""Where a wire ends: name of the receiver, local index, number."""


class Junction(Receiver):
    """Where several outputs meet at one input: high while one of them is."""

    def __init__(self, receiver: Receiver, number: int) -> None:
        self.levels: list[bool] = []
        self.output = Line()
        self.output.connect(receiver, number)

    def add(self) -> int:
        """Number of a new input."""
        self.levels.append(False)
        return len(self.levels) - 1

    def on_gpio(self, number: int, level: bool) -> None:
        self.levels[number] = level
        self.output.set(any(self.levels))


class Wires:
    """The wired inputs of a machine. `inputs` is saved with it."""

    def __init__(self) -> None:
        self.inputs: dict[Input, Line | Junction] = {}

    def connect(self, line: Line, receiver: Receiver, end: Input) -> None:
        """Wire an output to an input, which is notified of the level as it stands."""
        number = end[2]
        first = self.inputs.get(end)
        if first is None:
            self.inputs[end] = line
            line.connect(receiver, number)
            if not line.level and getattr(line, "drives", True):
                receiver.on_gpio(number, False)
            return
        if isinstance(first, Line):
            junction = Junction(receiver, number)
            first._receivers.remove((receiver, number))
            first.connect(junction, junction.add())
            self.inputs[end] = junction
        else:
            junction = first
        line.connect(junction, junction.add())
