# ironpython: executed by Renode
"""A digital signal between two blocks: interrupt, chip select, data-ready, reset."""


class Line(object):
    """One output. Receivers are notified of changes only, with the input number they gave."""

    def __init__(self, level=False):
        # type: (bool) -> None
        self.level = level
        self._receivers = []  # type: list[tuple[Receiver, int]]

    def connect(self, receiver, number):
        # type: (Receiver, int) -> None
        """Call `receiver.on_gpio(number, level)` for each change, and for a level that is high."""
        self._receivers.append((receiver, number))
        if self.level:
            receiver.on_gpio(number, True)

    @property
    def is_connected(self):
        # type: () -> bool
        """Somebody is notified of it."""
        return bool(self._receivers)

    def set(self, level):
        # type: (bool) -> None
        if level != self.level:
            self.level = level = bool(level)
            for receiver, number in self._receivers:
                receiver.on_gpio(number, level)

    def pulse(self):
        # type: () -> None
        self.set(True)
        self.set(False)


class Receiver(object):
    """Anything with numbered inputs."""

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        raise NotImplementedError
