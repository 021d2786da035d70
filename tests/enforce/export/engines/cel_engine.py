"""Reads [{expressions, data}] from standard input; writes, for each, which data make which expressions true."""

import json
import sys

from cel_expr_python import cel

environment = cel.NewEnv(variables={"request": cel.Type.DYN, "mcp": cel.Type.DYN})
answers = []
for case in json.load(sys.stdin):
    compiled = [environment.compile(expression) for expression in case["expressions"]]
    answers.append([[one.eval(data=data).value() is True for one in compiled] for data in case["data"]])
json.dump(answers, sys.stdout)
