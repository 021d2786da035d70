"""Reads [{module, calls}] from standard input; writes, for each, the outcome of every call."""

import json
import sys

import regopy

ASKED = """package asked

import rego.v1

outcomes := [data.tollhouse.outcome(call) | some call in input.calls]
"""

answers = []
for case in json.load(sys.stdin):
    interpreter = regopy.Interpreter()
    interpreter.add_module("tollhouse", case["module"])
    interpreter.add_module("asked", ASKED)
    interpreter.set_input({"calls": [{"tool": tool, "args": arguments} for tool, arguments in case["calls"]]})
    output = interpreter.query("x = data.asked.outcomes")  # kept: its bindings do not outlive it
    answers.append(json.loads(str(output.binding("x"))))
json.dump(answers, sys.stdout)
