"""The stand-in's System.IO: paths and what is there."""

from __future__ import annotations

import os
from pathlib import Path as HostPath


class Path:
    DirectorySeparatorChar = os.sep
    PathSeparator = os.pathsep

    @staticmethod
    def GetFullPath(path: str) -> str:
        return str(HostPath(path).absolute())

    @staticmethod
    def GetDirectoryName(path: str) -> str | None:
        return None if path == os.sep else str(HostPath(path).parent)

    @staticmethod
    def Combine(folder: str, name: str) -> str:
        return str(HostPath(folder) / name)


class File:
    @staticmethod
    def Exists(path: str) -> bool:
        return HostPath(path).is_file()


def folder_exists(path: str) -> bool:
    return HostPath(path).is_dir()


class RandomNumberGenerator:
    """Of System.Security.Cryptography."""

    @staticmethod
    def Create() -> RandomNumberGenerator:
        return RandomNumberGenerator()

    def GetBytes(self, target: list[int]) -> None:
        target[:] = os.urandom(len(target))
