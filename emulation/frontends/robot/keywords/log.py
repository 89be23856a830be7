"""Log keywords (Renode 1.16, RenodeKeywords.cs)."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.frontends.robot.decorator import Replay, keyword
from renode_wifi.emulation.frontends.robot.errors import (
    InvalidOperationException,
    KeywordException,
)
from renode_wifi.emulation.frontends.robot.keywords.base import PREFIX, Keywords
from renode_wifi.emulation.frontends.robot.log_tester import LogTester, condition, log_level
from renode_wifi.emulation.frontends.robot.terminal_tester import Pattern
from renode_wifi.emulation.platform.machine import LOG
from renode_wifi.peripherals.base.atomic_file import replace_file

SHOWN = 1000
"""Messages at the end of a failure."""


class LogKeywords(Keywords):
    """The log that models and scripts write. What models say differs from Renode's models."""

    def __init__(self, engine: str = "auto") -> None:
        super().__init__(engine)
        self._log_tester: LogTester | None = None
        self._handlers: list[logging.Handler] = []
        self._cached_log: Path | None = None
        self._level: int | None = None
        """Of the log, before there was a session."""
        self._pause_at_entry = False

    def use(self, session: Session) -> None:
        super().use(session)
        log = logging.getLogger(LOG)
        self._level = log.level
        if log.level == logging.NOTSET:
            log.setLevel(logging.INFO)  # Renode's level at its start.

    def forget_testers(self) -> None:
        super().forget_testers()
        self.forget_log_tester()
        if self._level is not None:
            logging.getLogger(LOG).setLevel(self._level)
            self._level = None

    def close_logs(self) -> None:
        """The suite is over: files that the log went to are complete."""
        for handler in self._handlers:
            logging.getLogger(LOG).removeHandler(handler)
            handler.close()
        self._handlers.clear()
        if self._cached_log is not None:
            self._cached_log.unlink(missing_ok=True)
            self._cached_log = None

    @keyword(Replay.ALWAYS)
    def create_log_tester(self, timeout: float, defaultPauseEmulation: bool | None = None) -> None:
        """Watch the log from here on. timeout: seconds of virtual time for waits without one."""
        if self.session.engine.name != "embedded":
            raise KeywordException(
                "log testers need the embedded engine", "or run the suite with renode-test"
            )
        self.forget_log_tester()
        self._log_tester = LogTester(timeout, self.session.stop)
        self._pause_at_entry = bool(defaultPauseEmulation)
        log = logging.getLogger(LOG)
        if log.getEffectiveLevel() > logging.INFO:
            log.setLevel(logging.INFO)
        log.addHandler(self._log_tester)

    def forget_log_tester(self) -> None:
        if self._log_tester is not None:
            logging.getLogger(LOG).removeHandler(self._log_tester)
            self._log_tester = None

    @keyword()
    def wait_for_log_entry(
        self,
        pattern: str,
        timeout: float | None = None,
        keep: bool = False,
        treatAsRegex: bool = False,
        pauseEmulation: bool | None = None,
        level: str | None = None,
    ) -> str:
        """Run until a message contains `pattern`; returns it.

        It and those before are forgotten, unless `keep`. level: Noisy, Debug, Info, Warning, Error.
        """
        tester = self._tester()
        self.pause_behind(pauseEmulation, self._pause_at_entry)
        found, failing = self._entry(pattern, timeout, keep, treatAsRegex, level)
        if failing:
            raise InvalidOperationException(
                f"Log tester failed!\n\nTest failing entry has been found in log:\n{found}"
            )
        if found is None:
            last = [message for _, message in tester.entries][-SHOWN:]
            listing = "\n ".join(last)
            raise KeywordException(
                f'Expected pattern "{pattern}" did not appear in the log\n'
                f"Last {len(last)} buffered log messages are: \n {listing}"
            )
        return found

    @keyword()
    def should_not_be_in_log(
        self,
        pattern: str,
        timeout: float | None = None,
        treatAsRegex: bool = False,
        pauseEmulation: bool | None = None,
        level: str | None = None,
    ) -> None:
        """Run for the timeout; fails as soon as a message contains `pattern`."""
        self.pause_behind(pauseEmulation, self._pause_at_entry)
        found, _ = self._entry(pattern, timeout, True, treatAsRegex, level)
        if found is not None:
            raise KeywordException(f"Unexpected line detected in the log: {found}")

    @keyword()
    def clear_log_tester_history(self) -> None:
        """Forget the messages so far."""
        self._tester().entries.clear()

    @keyword()
    def register_failing_log_string(self, pattern: str, treatAsRegex: bool = False) -> None:
        """From here on a message that contains `pattern` fails `Wait For Log Entry`."""
        self._tester().failing.append(Pattern(pattern, treatAsRegex))

    @keyword()
    def unregister_failing_log_string(self, pattern: str, treatAsRegex: bool = False) -> None:
        """Take a `Register Failing Log String` back."""
        failing = self._tester().failing
        if Pattern(pattern, treatAsRegex) not in failing:
            raise KeywordException("Unable to unregister failing string, entry not found")
        failing.remove(Pattern(pattern, treatAsRegex))

    # -- files --------------------------------------------------------------------------------

    @keyword(Replay.NEVER)
    def log_to_file(self, filePath: str, flushAfterEveryWrite: bool = False) -> None:
        """Write the log to a file as well."""
        self._add_file(Path(filePath))

    @keyword()
    def enable_logging_to_cache(self) -> None:
        """Keep the log for `Save Cached Log`."""
        if self._cached_log is None:
            with tempfile.NamedTemporaryFile(prefix=PREFIX, delete=False) as file:
                self._cached_log = Path(file.name)
            self._add_file(self._cached_log)

    @keyword()
    def save_cached_log(self, filePath: str) -> None:
        """Write what `Enable Logging To Cache` keeps to a file."""
        if self._cached_log is None:
            raise KeywordException(
                "Cannot save cached log, cached logging has not been enabled.",
                "use `Enable Logging To Cache` first",
            )
        for handler in self._handlers:
            handler.flush()
        try:
            replace_file(filePath, self._cached_log.read_bytes())
        except OSError as error:
            raise KeywordException(
                f"cannot write {filePath}: {error.strerror}", "give a path that can be written"
            ) from error

    @keyword()
    def clear_cached_log(self) -> None:
        """Begin the cached log anew."""
        if self._cached_log is not None:
            self._cached_log.write_text("")

    def _add_file(self, path: Path) -> None:
        try:
            handler = logging.FileHandler(path, mode="a", encoding="utf-8")
        except OSError as error:
            raise KeywordException(
                f"cannot write {path}: {error.strerror}", "give a path that can be written"
            ) from error
        handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
        self._handlers.append(handler)
        logging.getLogger(LOG).addHandler(handler)

    # -- inner --------------------------------------------------------------------------------

    def _tester(self) -> LogTester:
        if self._log_tester is None:
            raise KeywordException(
                "Log tester is not available. Create it with the `CreateLogTester` keyword"
            )
        return self._log_tester

    def _entry(
        self, pattern: str, timeout: float | None, keep: bool, regex: bool, level: str | None
    ) -> tuple[str | None, bool]:
        """The message found, and whether it is one that must not come."""
        tester = self._tester()
        wanted = condition(Pattern(pattern, regex), log_level(level))
        seconds = tester.timeout if timeout is None else timeout

        def look() -> tuple[str | None, bool]:
            failing = tester.take(tester.is_failing, keep)
            return (failing, True) if failing is not None else (tester.take(wanted, keep), False)

        found, failing = look()
        if found is None and seconds > 0:
            tester.wait(wanted)
            self.advance(
                seconds,
                lambda: any(tester.is_failing(entry) or wanted(entry) for entry in tester.entries),
            )
            found, failing = look()
        return found, failing
