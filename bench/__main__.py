"""`python -m bench [PART] [--quick]`: prints, and keeps the figures in bench/results/."""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from bench.installing import continue_in_own_venv
from bench.places import ROOT

PARTS = ("webhooks", "latency", "bulk", "console", "emulator")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Midcall's benchmarks.")
    parser.add_argument("part", nargs="?", choices=PARTS, help="only this part (default: all)")
    parser.add_argument(
        "--quick", action="store_true", help="a short run: to see that it works, not to quote"
    )
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="another checkout to measure, with its own .venv"
    )
    return parser.parse_args()


def main() -> int:
    """Exit status: 0, or 1 if anything answered wrongly. A missed floor is printed and is no error."""
    given = arguments()
    continue_in_own_venv(sys.argv[1:])
    from bench.run import run  # needs what is only in the virtual environment

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parts = [given.part] if given.part else list(PARTS)
    try:
        with tempfile.TemporaryDirectory(prefix="midcall-bench-") as scratch:
            return run(parts, given.root.resolve(), Path(scratch), quick=given.quick)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
