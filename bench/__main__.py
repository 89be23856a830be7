"""`python -m bench [NAME ...]`: all measurements, or those named."""

from __future__ import annotations

import sys

from bench import engines, kernels, link, startup, worst

BENCHES = {
    "engines": engines.main,
    "kernels": kernels.main,
    "link": link.main,
    "startup": startup.main,
    "worst": worst.main,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no such measurement: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
        return 2
    for name in names or BENCHES:
        print(f"\n== {name}")
        BENCHES[name]()
    return 0


sys.exit(main(sys.argv[1:]))
