"""The list of words: what it finds, and that nothing in the project is on it."""

import pytest

from tests import words


@pytest.mark.parametrize(
    ("text", "file", "found"),
    [
        ("# Observers are told of it.", "emulation/a.py", "told"),
        ("def on_told(self): ...", "peripherals/a.py", "told"),
        ("self.hears = 1", "peripherals/a.py", "hears"),
        ("class RxEar:", "peripherals/a.py", "Ear"),
        ("LONGEST_LINE = 80", "emulation/a.py", "LONGEST"),
        ("int narrow;", "emulation/engines/embedded/core/a.c", "narrow"),
        ("the bench's clock", "tests/a.py", "bench"),
    ],
)
def test_a_word_with_a_better_one_is_found(text: str, file: str, found: str) -> None:
    (mistake,) = words.mistakes(f"\n{text}\n", file)
    assert mistake.startswith(f"{file}:2: '{found}': write ")


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("years, search, intellect, most of them", "emulation/a.py"),
        ("a narrow street", "docs/a.md"),
        ("machine = BenchMachine()", "tests/a.py"),
        ("make bench", "docs/a.md"),
    ],
)
def test_other_words_are_left_alone(text: str, file: str) -> None:
    assert list(words.mistakes(text, file)) == []


def test_every_exception_is_needed() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in words.files())
    assert [exception for exception in words.EXCEPTIONS if text.count(exception) < 2] == []
    assert [name for name in words.FILES if not (words.ROOT / name).exists()] == []


def test_the_project_has_no_such_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert words.main() == 0, capsys.readouterr().out
