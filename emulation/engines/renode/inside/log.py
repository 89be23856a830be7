# ironpython: executed by Renode
"""Renode's log, in the words of `logging.Logger`."""

from Antmicro.Renode.Logging import Logger, LogLevel

LOG_LEVELS = {
    "debug": LogLevel.Debug,
    "info": LogLevel.Info,
    "warning": LogLevel.Warning,
    "error": LogLevel.Error,
}


def message_of(error):
    # type: (typing.Any) -> str
    """What an exception says, be it of .NET or of Python; `System.Exception` catches both."""
    return str(getattr(error, "Message", None) or error)


class Log(object):
    """What models write to, in the words of `logging.Logger`, into Renode's log."""

    def __init__(self):
        # type: () -> None
        self.element = None  # type: typing.Any

    def write(self, level, text):
        # type: (str, str) -> None
        Logger.LogAs(self.element, LOG_LEVELS[level], "{0}", text)

    def debug(self, text, *arguments):
        # type: (str, *typing.Any) -> None
        self.write("debug", text % arguments)

    def info(self, text, *arguments):
        # type: (str, *typing.Any) -> None
        self.write("info", text % arguments)

    def warning(self, text, *arguments):
        # type: (str, *typing.Any) -> None
        self.write("warning", text % arguments)

    def error(self, text, *arguments):
        # type: (str, *typing.Any) -> None
        self.write("error", text % arguments)


MYPY = False
if MYPY:
    import typing  # noqa: F401
