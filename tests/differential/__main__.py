"""`make differential`: see run.py."""

from __future__ import annotations

import sys

from tests.differential import run

if not run.is_available():
    sys.exit("qemu-system-arm is missing: install it (Debian: qemu-system-arm)")
numbers = [int(argument) for argument in sys.argv[1:]]
sys.exit(run.main(numbers[0] if numbers else 100_000, numbers[1] if len(numbers) > 1 else 1))
