"""What a subcommand's module offers: `add(subparsers)`, which adds its parser."""

from __future__ import annotations

import argparse
from typing import TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
