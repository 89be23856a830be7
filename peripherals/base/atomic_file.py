"""Files that are replaced as a whole: whoever looks, whenever, finds the old content or the new.

The new content goes into a file of its own in the same folder, which takes the old one's place when
it is complete and on the disk. A kill, a full disk or a crash of the host in between leaves the old
content, and maybe a file `.name.….part`. Symbolic links are replaced, not followed: another user's
link in a shared folder leads nowhere.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import time
from pathlib import Path

PREFIX, SUFFIX = ".", ".part"
DEVICES = ("/dev/", "/proc/")
"""What is below stays as it is: /dev/stdout is a link to whatever the output is."""
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
BINARY = getattr(os, "O_BINARY", 0)
CLOSE_ON_EXEC = getattr(os, "O_CLOEXEC", 0)
NO_WAIT = getattr(os, "O_NONBLOCK", 0)
READER_PERIOD = 0.05
"""Seconds between two looks for somebody who reads a pipe."""
READER_LOOKS = 100


def replace_file(
    path: Path | str, content: bytes, durable: bool = True, streams: bool = True
) -> None:
    """Let `content` be what the file holds. Raises OSError.

    durable: also after a power failure, which costs the time of a disk's write. streams: a device
    or a pipe gets it written, and a pipe waits some seconds for a reader; else a file takes its
    place.
    """
    path = Path(path)
    if streams and is_stream(path):
        with os.fdopen(_open_stream(path), "wb") as stream:
            stream.write(content)
        return
    draft = Draft(path)
    try:
        draft.write(content)
        draft.publish(durable)
    except BaseException:
        draft.discard()
        raise


def _open_stream(path: Path) -> int:
    """Opening a pipe waits for somebody who reads it; a signal's handler would not end that."""
    flags = os.O_WRONLY | os.O_TRUNC | BINARY | CLOSE_ON_EXEC
    for left in range(READER_LOOKS, -1, -1):
        try:
            file = os.open(path, flags | NO_WAIT)
        except OSError as error:
            if error.errno != errno.ENXIO or not left:
                raise
            time.sleep(READER_PERIOD)
            continue
        if NO_WAIT:
            os.set_blocking(file, True)
        return file
    raise AssertionError


def open_new(path: Path) -> io.BufferedWriter:
    """An empty file that grows as it is written; no symbolic link is followed to it, but those of
    devices. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | BINARY | CLOSE_ON_EXEC
    if not is_stream(path):
        flags |= NO_FOLLOW
    return os.fdopen(os.open(path, flags, 0o666), "wb")


def is_stream(path: Path) -> bool:
    """Whether a path leads to a device, a pipe or the like, which cannot be replaced."""
    if os.fspath(path.absolute()).startswith(DEVICES):
        return True
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISLNK(mode) or stat.S_ISDIR(mode))


def is_draft(name: str) -> bool:
    """Whether a file's name is that of a draft, which a kill left behind."""
    return name.startswith(PREFIX) and name.endswith(SUFFIX)


class Draft:
    """The new content of a file, until `publish` or `discard`. Methods raise OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folder = path.parent
        # As short as the name allows: file systems take 255 bytes.
        unique = os.urandom(8).hex()
        self._draft = self._folder / f"{PREFIX}{path.name[:100]}.{unique}{SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | BINARY | CLOSE_ON_EXEC
        self.file: int | None = os.open(self._draft, flags, 0o666)
        try:
            self._keep_mode()
        except OSError:
            self.discard()
            raise

    def _keep_mode(self) -> None:
        """A file that exists keeps its permissions."""
        try:
            mode = self.path.lstat().st_mode
        except FileNotFoundError:
            return
        if stat.S_ISREG(mode):
            os.chmod(self._draft, stat.S_IMODE(mode))

    def write(self, content: bytes | memoryview) -> None:
        assert self.file is not None
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self.file, rest) :]

    def publish(self, durable: bool = True) -> None:
        """Take the place of the file."""
        assert self.file is not None
        if durable:
            os.fsync(self.file)
        file, self.file = self.file, None
        os.close(file)
        os.replace(self._draft, self.path)
        if durable:
            self._sync_folder()

    def discard(self) -> None:
        """Leave the file as it was."""
        if self.file is not None:
            os.close(self.file)
            self.file = None
        self._draft.unlink(missing_ok=True)

    def _sync_folder(self) -> None:
        if not hasattr(os, "O_DIRECTORY"):
            return
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        except OSError:
            pass  # Some file systems have no such thing; the file itself is on the disk.
        finally:
            os.close(folder)
