"""The Go proxy of the peer, where TOLLHOUSE_BENCH_GO names its program: the same law in its own words.

It searches no pattern to deny by, so its condition is a comparison of texts.
"""

import os
from pathlib import Path

PROGRAM = os.environ.get("TOLLHOUSE_BENCH_GO", "")

PATH = "/mcp"  # where it serves over HTTP, whatever the upstream's path

CONDITION = """
      - name: harmless
        conditions:
          - {path: args.text, op: neq, value: rm -rf}
        on_deny: "No."
"""
LIMIT = """
      - name: often
        rate_limit: 1000000000/hour
"""
#: How each way to it is called, and the rules of its policy.
RULES = {"Go, a condition": CONDITION, "Go, a durable limit": CONDITION + LIMIT}


def options(folder: Path, name: str) -> list[str]:
    """The program with a policy and a state of its own."""
    policy = folder / f"{name}.yaml"
    policy.write_text(f'version: "1"\ntools:\n  echo:\n    rules:{RULES[name]}')
    return [PROGRAM, "-c", str(policy), "--state-dir", str(folder / f"{name} state"), "--log-level", "error"]
