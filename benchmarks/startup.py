"""How long `--help` takes, as a ratio to a bare Python start in the same run: `python benchmarks/startup.py`."""

from __future__ import annotations

import subprocess
import sys
import time

RUNS = 7


def seconds(*command: str) -> float:
    """The best of several runs of a command."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    bare = seconds("-c", "pass")
    spent = seconds("-m", "protocol_nlp", "--help")
    print(f"python -c pass {bare:.3f} s; protocol-nlp --help {spent:.3f} s; ratio {spent / bare:.1f}")


if __name__ == "__main__":
    main()
