"""`python -m bench [NAME ...]`: all measurements, or those named.

`python -m bench engines --image BOARD=FILE --world FILE --time 30` compares engines on an image,
`python -m bench observers --image …` what observers cost on it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import debugger, engines, kernels, link, observers, startup, worst

BENCHES = {
    "debugger": debugger.main,
    "engines": engines.main,
    "kernels": kernels.main,
    "link": link.main,
    "observers": observers.main,
    "startup": startup.main,
    "worst": worst.main,
}

WITH_IMAGES = {"engines": engines.main, "observers": observers.main}
"""Those that measure other images, too."""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help=f"one of {', '.join(BENCHES)}")
    parser.add_argument(
        "--image",
        action="append",
        default=[],
        metavar="BOARD=FILE",
        help="for engines, observers: an image to measure instead of the project's own",
    )
    parser.add_argument("--world", type=Path, help="the images' world file")
    parser.add_argument(
        "--time", type=float, default=30.0, help="virtual seconds of each image (30)"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        print(f"no such measurement: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
        return 2
    subjects = []
    for text in options.image:
        board, equals, file = text.partition("=")
        if not equals:
            print(f"--image {text}: write BOARD=FILE")
            return 2
        subjects.append(engines.Subject(board, Path(file), options.world, options.time))
    for name in options.names or (["engines"] if subjects else BENCHES):
        print(f"\n== {name}")
        if subjects and name in WITH_IMAGES:
            WITH_IMAGES[name](subjects)
        else:
            BENCHES[name]()
    return 0


sys.exit(main(sys.argv[1:]))
