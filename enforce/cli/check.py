"""The command that reads a policy; alone in its file, since whoever checks judges nothing and need not load what does."""

import argparse

from enforce.cli import FINE, FOUND
from enforce.cli.words import plain, say
from enforce.policyfile import PolicyErrors, examine, read_source


def check(options: argparse.Namespace) -> int:
    """Say everything that is wrong with a policy, or how much it rules."""
    try:
        reading = examine(read_source(options.file), options.file)
    except PolicyErrors as error:
        say(error)
        return FOUND
    for warning in reading.warnings:
        say(f"{options.file}: warning: {warning}")
    policy = reading.policy
    named = policy.tools.keys() - policy.selectors.keys()
    tools = f"{len(named)} tool{'' if len(named) == 1 else 's'}"
    print(plain(f"{options.file}: fine; default {policy.default}, {tools}, {len(policy.hide)} hidden"))
    return FINE
