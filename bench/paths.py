"""The checkout, the peers, the virtual environment of the benchmarks, and the results."""

from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
PEERS = BENCH / "peers"
EXPRESS = PEERS / "express"
REQUIREMENTS = BENCH / "requirements.txt"
VENV = BENCH / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
REPLAY = BENCH / "replay.lua"
RESULTS = BENCH / "results"
