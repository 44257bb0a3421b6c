"""`python -m bench [PART] [--quick]`: print the figures, and keep them in bench/results/."""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from bench.installation import continue_in_own_venv
from bench.paths import ROOT

PARTS = ("webhooks", "latency", "bulk", "console", "scale", "emulator")


def arguments() -> argparse.Namespace:
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Midcall's benchmarks.")
    parser.add_argument("part", nargs="?", choices=PARTS, help="only this part (default: all)")
    parser.add_argument("--quick", action="store_true", help="a short run that shows whether the part works")
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="another checkout to measure, with its own .venv"
    )
    return parser.parse_args()


def main() -> int:
    """The exit status: 0, or 1 if an answer was wrong or lost. A missed floor is printed and is no error."""
    options = arguments()
    continue_in_own_venv(sys.argv[1:])
    from bench.run import run  # its requirements are in bench/.venv only

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parts = [options.part] if options.part else list(PARTS)
    try:
        with tempfile.TemporaryDirectory(prefix="midcall-bench-") as scratch:
            return run(parts, options.root.resolve(), Path(scratch), quick=options.quick)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
