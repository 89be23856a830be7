"""UART keywords (Renode 1.16, UartKeywords.cs)."""

from __future__ import annotations

from robot.utils import DotDict

from renode_wifi.emulation.frontends.robot.decorator import Replay, keyword
from renode_wifi.emulation.frontends.robot.errors import (
    InvalidOperationException,
    KeywordException,
)
from renode_wifi.emulation.frontends.robot.keywords.base import Keywords, listen
from renode_wifi.emulation.frontends.robot.terminal_tester import (
    EndLineOption,
    Match,
    Matcher,
    Pattern,
    TerminalTester,
)
from renode_wifi.emulation.frontends.robot.testers import Testers
from renode_wifi.emulation.frontends.robot.uart_results import (
    bytes_as_characters,
    end_line_option,
    failed,
    failing_entry,
    result,
    wrong_mode,
)
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import MILLISECOND

DEFAULT_UART_TIMEOUT = 8.0
"""Seconds of virtual time, as in Renode."""


class UartKeywords(Keywords):
    """Terminal testers. Results have the attributes Line, Timestamp (ms) and Groups."""

    def __init__(self, engine: str = "auto") -> None:
        super().__init__(engine)
        self.uart_testers: Testers[TerminalTester] = Testers("Create Terminal Tester")
        self._uart_timeout = DEFAULT_UART_TIMEOUT
        self._pause_emulation = False
        self._wait_for_echo = True
        self._match_next_line = False
        self._own_tester: str | None = None
        """UART of the tester that `Create Board` made."""

    def forget_testers(self) -> None:
        super().forget_testers()
        self.uart_testers.clear()
        self._own_tester = None
        self._wait_for_echo, self._match_next_line = True, False

    def watch_console(self, uart: str) -> None:
        """A tester for a board's console, which a `Create Terminal Tester` may replace."""
        tester = TerminalTester(uart, self._uart_timeout)
        tester.on_result = self.session.stop
        self.uart_testers.set_default(self._watch(tester))
        self._own_tester = uart

    @keyword(Replay.ALWAYS)
    def set_default_uart_timeout(self, timeout: float) -> None:
        """Seconds of virtual time for testers that are created without `timeout`; 8 at first."""
        self._uart_timeout = timeout
        for tester in self.uart_testers.all() if self._own_tester else ():
            tester.timeout = timeout

    @keyword(Replay.ALWAYS)
    def set_default_tester(self, id: int | None) -> None:
        """The tester that is meant where a keyword has no `testerId`. ${None}: none is."""
        self.uart_testers.set_default(id)

    @keyword(Replay.ALWAYS)
    def create_terminal_tester(
        self,
        uart: str,
        timeout: float | None = None,
        machine: str | None = None,
        endLineOption: str | None = None,
        defaultPauseEmulation: bool | None = None,
        defaultWaitForEcho: bool | None = None,
        defaultMatchNextLine: bool | None = None,
        binaryMode: bool = False,
    ) -> int:
        """Watch a UART, for example sysbus.usart1; returns the tester's ID.

        timeout: seconds of virtual time for waits that give none. machine: needed where there are
        several. endLineOption: TreatLineFeedAsEndLine or TreatCarriageReturnAsEndLine. default…:
        for waits that don't say otherwise. binaryMode: for `Wait For Bytes On Uart`.
        """
        self._pause_emulation = bool(defaultPauseEmulation)
        self._wait_for_echo = defaultWaitForEcho is not False
        self._match_next_line = bool(defaultMatchNextLine)
        name = self.peripheral(uart, "uart", machine)
        seconds = self._uart_timeout if timeout is None else timeout
        end_line = end_line_option(endLineOption)
        tester = TerminalTester(name, seconds, end_line, binaryMode)
        tester.on_result = self.session.stop
        if name == self._own_tester:
            # What its user wants of the console's tester is known only here.
            self._own_tester = None
            if not binaryMode and end_line is EndLineOption.LINE_FEED:
                tester.restore(self.uart_testers.named(name).save())
            return self.uart_testers.replace(name, tester)
        return self._watch(tester)

    def _watch(self, tester: TerminalTester) -> int:
        """The number of the tester, or of the one that watches that UART already."""
        name = tester.uart
        if not self.uart_testers.has(name):

            def on_byte(time: int, fields: TraceFields) -> None:
                byte = fields["byte"]
                assert isinstance(byte, int)
                self.uart_testers.named(name).feed(time, byte)

            listen(self.session, "uart", name, on_byte)
        return self.uart_testers.create(name, lambda: tester)

    # -- waiting ------------------------------------------------------------------------------

    @keyword()
    def wait_for_line_on_uart(
        self,
        content: str,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        includeUnfinishedLine: bool = False,
        pauseEmulation: bool | None = None,
        matchNextLine: bool | None = None,
    ) -> DotDict:
        """Run until a line contains `content` (or matches it as a regular expression).

        matchNextLine: only the next line is looked at. Time stands still between keywords, so that
        pauseEmulation is as good as given.
        """
        self.pause_behind(pauseEmulation, self._pause_emulation)
        tester = self._text_tester(testerId)
        matcher = tester.line_matcher(
            Pattern(content, treatAsRegex), includeUnfinishedLine, self._next_line(matchNextLine)
        )
        return result(self._wait(tester, matcher, timeout, content))

    @keyword()
    def wait_for_lines_on_uart(
        self,
        content: list[str],
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        includeUnfinishedLine: bool = False,
        pauseEmulation: bool | None = None,
        matchFromNextLine: bool | None = None,
    ) -> DotDict:
        """Run until lines that follow each other match, one for each of `content`."""
        self.pause_behind(pauseEmulation, self._pause_emulation)
        tester = self._text_tester(testerId)
        patterns = [Pattern(text, treatAsRegex) for text in content]
        if not patterns:
            return result(Match("", 0))
        unfinished = includeUnfinishedLine
        if self._next_line(matchFromNextLine):
            for pattern in patterns:
                last = pattern is patterns[-1]
                matcher = tester.line_matcher(pattern, unfinished and last, True)
                match = self._wait(tester, matcher, timeout, pattern.text)
            return result(match)
        if len(patterns) == 1:
            matcher = tester.line_matcher(patterns[0], unfinished, False)
        else:
            matcher = tester.lines_matcher(patterns, unfinished)
        return result(self._wait(tester, matcher, timeout, content[0]))

    @keyword()
    def wait_for_bytes_on_uart(
        self,
        content: str,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        pauseEmulation: bool | None = None,
        matchStart: bool | None = False,
    ) -> DotDict:
        """Run until the bytes came: hexadecimal, or a regular expression of characters 0 to 255.

        The result's Content and Groups are bytes. matchStart: they have to come next.
        """
        self.pause_behind(pauseEmulation, self._pause_emulation)
        tester = self.uart_testers.find(testerId)
        if not tester.binary:
            raise wrong_mode("bytes", "text", True)
        start = self._match_next_line if matchStart is None else matchStart
        pattern = Pattern(content if treatAsRegex else bytes_as_characters(content), treatAsRegex)
        match = self._wait(tester, tester.line_matcher(pattern, True, start), timeout, content)
        return DotDict(
            Content=match.line.encode("latin-1"),
            Timestamp=match.time / MILLISECOND,
            Groups=[group.encode("latin-1") for group in match.groups],
        )

    @keyword()
    def wait_for_prompt_on_uart(
        self,
        prompt: str,
        testerId: int | None = None,
        timeout: float | None = None,
        treatAsRegex: bool = False,
        pauseEmulation: bool | None = None,
    ) -> DotDict:
        """Run until a line, or the one under way, contains `prompt`."""
        self.pause_behind(pauseEmulation, self._pause_emulation)
        tester = self._text_tester(testerId)
        matcher = tester.line_matcher(Pattern(prompt, treatAsRegex), True, self._match_next_line)
        return result(self._wait(tester, matcher, timeout, prompt))

    @keyword()
    def wait_for_next_line_on_uart(
        self,
        timeout: float | None = None,
        testerId: int | None = None,
        pauseEmulation: bool | None = None,
    ) -> DotDict:
        """Run until the next line is complete."""
        self.pause_behind(pauseEmulation, self._pause_emulation)
        tester = self._text_tester(testerId)
        return result(self._wait(tester, tester.next_line, timeout, "next line"))

    @keyword()
    def should_not_be_on_uart(
        self,
        content: str,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        includeUnfinishedLine: bool = False,
    ) -> None:
        """Run for the timeout; fails as soon as a line contains `content`."""
        tester = self._text_tester(testerId)
        pattern = Pattern(content, treatAsRegex)
        matcher = tester.line_matcher(pattern, includeUnfinishedLine, False)
        match = self._found(tester, matcher, timeout, content)
        if match is not None:
            raise InvalidOperationException(
                f"Terminal tester failed!\n\nUnexpected entry has been found on UART:\n{match.line}"
            )

    @keyword()
    def test_if_uart_is_idle(
        self, timeout: float, testerId: int | None = None, pauseEmulation: bool | None = None
    ) -> None:
        """Fails when a byte is sent within `timeout` seconds of virtual time."""
        self.pause_behind(pauseEmulation, self._pause_emulation)
        tester = self.uart_testers.find(testerId)
        tester.begin(lambda: Match("", 0) if tester.received_any else None)
        if self.advance(timeout, lambda: tester.received_any):
            tester.give_up("Terminal is idle")
            raise failed(tester, "a byte came within", timeout)

    # -- writing ------------------------------------------------------------------------------

    @keyword()
    def write_to_uart(self, content: str, testerId: int | None = None) -> DotDict:
        """Type a text, character by character."""
        return self._type(self.uart_testers.find(testerId), content)

    @keyword()
    def write_line_to_uart(
        self,
        content: str = "",
        testerId: int | None = None,
        waitForEcho: bool | None = None,
        pauseEmulation: bool | None = None,
    ) -> DotDict:
        """Type a line, ended by CR as from a terminal, and wait for its echo.

        Who waits for an echo types when firmware has opened the port, within the tester's time-out.
        """
        self.pause_behind(pauseEmulation, self._pause_emulation)
        tester = self.uart_testers.find(testerId)
        echoes = self._wait_for_echo if waitForEcho is None else waitForEcho
        if echoes:
            engine = self.session.engine
            self.advance(tester.timeout, lambda: engine.is_receiving(tester.uart))
        self._type(tester, content + "\r")
        if echoes:
            self._wait(tester, tester.line_matcher(Pattern(content), True, False), None, content)
        return result(Match("", 0))

    @keyword()
    def write_char_on_uart(self, c: str, testerId: int | None = None) -> DotDict:
        """Type one character."""
        if len(c) != 1:
            raise KeywordException(f"{c!r} is not one character", "use `Write To Uart`")
        return self._type(self.uart_testers.find(testerId), c)

    @keyword()
    def send_key_to_uart(self, c: int, testerId: int | None = None) -> DotDict:
        """Type the character of that code, for example 0xD."""
        if not 0 <= c <= 255:
            raise KeywordException(f"{c} is not a byte", "give 0 to 255")
        return self._type(self.uart_testers.find(testerId), chr(c))

    @keyword()
    def write_char_delay(self, delay: float, testerId: int | None = None) -> None:
        """Seconds of virtual time before each character that is typed from here on."""
        self.uart_testers.find(testerId).write_delay = delay

    def _type(self, tester: TerminalTester, text: str) -> DotDict:
        # A character is a byte, as in Renode; what is none is typed as UTF-8.
        for character in text:
            if tester.write_delay:
                self.advance(tester.write_delay)
            code = character.encode("latin-1" if ord(character) < 256 else "utf-8")
            self.session.write(code, tester.uart)
        return result(Match("", 0))

    # -- reports and what must not come -------------------------------------------------------

    @keyword()
    def get_terminal_tester_report(self, testerId: int | None = None) -> str:
        """Lines so far with virtual time in ms, and what was waited for."""
        return self.uart_testers.find(testerId).report()

    @keyword()
    def clear_terminal_tester_report(self, testerId: int | None = None) -> None:
        """Forget the report and all lines that no wait has returned."""
        self.uart_testers.find(testerId).clear_report()

    @keyword()
    def register_failing_uart_string(
        self, pattern: str, treatAsRegex: bool = False, testerId: int | None = None
    ) -> None:
        """From here on a line that contains `pattern` fails whatever waits on this tester."""
        self.uart_testers.find(testerId).register_failing(Pattern(pattern, treatAsRegex))

    @keyword()
    def unregister_failing_uart_string(
        self, pattern: str, treatAsRegex: bool = False, testerId: int | None = None
    ) -> None:
        """Take a `Register Failing Uart String` back."""
        self.uart_testers.find(testerId).unregister_failing(Pattern(pattern, treatAsRegex))

    def check_failing_strings(self) -> None:
        """Fails when a registered string came while nothing was waited for."""
        for tester in self.uart_testers.all():
            match = tester.check_failing()
            if match is not None:
                raise failing_entry(match)

    # -- inner --------------------------------------------------------------------------------

    def _text_tester(self, number: int | None) -> TerminalTester:
        tester = self.uart_testers.find(number)
        if tester.binary:
            raise wrong_mode("text", "binary", False)
        return tester

    def _next_line(self, given: bool | None) -> bool:
        return self._match_next_line if given is None else given

    def _found(
        self, tester: TerminalTester, matcher: Matcher, timeout: float | None, what: str
    ) -> Match | None:
        seconds = tester.timeout if timeout is None else timeout
        found = tester.begin(matcher)
        if found is None and seconds > 0:
            self.advance(seconds, lambda: tester.result is not None)
            found = tester.result
        if found is None:
            tester.give_up(what)
        return found

    def _wait(
        self, tester: TerminalTester, matcher: Matcher, timeout: float | None, what: str
    ) -> Match:
        match = self._found(tester, matcher, timeout, what)
        if match is None:
            raise failed(tester, f"{what!r} did not come within", timeout)
        if match.failing:
            raise failing_entry(match)
        return match
