"""The compiled wheel decides and relays as its sources do: the same tests pass there. `make test-compiled` runs all of them."""

import ast
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.compiled import build, compiler

ROOT = Path(__file__).parents[1]
HOOK = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]  # fmt: skip
MODULES: list[str] = HOOK["modules"]

#: What the gate reads, decides and counts, by its reference model too; how it fails; and one session of each transport.
REPRESENTATIVE = [
    "tests/crawler/mcp/test_jsonrpc.py",
    "tests/enforce/test_decide.py",
    "tests/enforce/test_gate_properties.py",
    "tests/enforce/test_gate_faults.py",
    "tests/enforce/test_evasions.py",
    "tests/enforce/transports/test_heads.py",
    "tests/enforce/transports/test_stdio.py::test_a_policy_holds_for_an_sdk_client",
    "tests/enforce/transports/test_stdio.py::test_a_signal_ends_both",
    "tests/enforce/transports/test_http.py::test_a_policy_holds_for_an_sdk_client",
    "tests/enforce/transports/test_http.py::test_sessions_belong_to_who_opened_them",
]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the compiled wheel, which is not optimized, since that takes most of the time."""
    if compiler() is None:
        pytest.xfail("this machine has no C compiler, or not what Python was built with")
    return build(tmp_path_factory.mktemp("compiled"), level="0")


@pytest.mark.parametrize("module", MODULES)
def test_a_compiled_module_defines_no_structs(module: str) -> None:
    """The compiler passes nothing on of what they are told in their class line, such as to be frozen."""
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    bases = [base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]

    assert "Struct" not in [ast.unparse(base).rpartition(".")[2] for base in bases]


@pytest.mark.parametrize("module", MODULES)
def test_a_compiled_function_reads_no_attribute_that_it_has_set_to_none(module: str) -> None:
    """The type checker holds it for `None` still, whatever was called in between, and the compiler takes its word for it."""
    for function in ast.walk(ast.parse((ROOT / module).read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            attributes = [node for node in ast.walk(function) if isinstance(node, ast.Attribute)]
            set_to_none = {
                (target.attr, node.lineno)
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and ast.unparse(node.value) == "None"
                for target in node.targets
                if isinstance(target, ast.Attribute)
            }
            reads = [node for node in attributes if isinstance(node.ctx, ast.Load)]

            assert not [
                f"{function.name}, line {node.lineno}: {node.attr}"
                for node in reads
                for name, line in set_to_none
                if node.attr == name and node.lineno > line
            ]


@pytest.mark.timeout(600)
def test_what_is_listed_is_compiled_there_and_nothing_here(python: Path) -> None:
    names = [module.removesuffix(".py").replace("/", ".") for module in MODULES]
    program = (
        f"import importlib; print(*[importlib.import_module(name).__file__ for name in {names!r}], sep='\\n')"
    )
    found = subprocess.run(
        [python, "-c", program], check=True, capture_output=True, text=True, cwd="/"
    ).stdout

    site = python.parents[1] / "site"
    assert [Path(file).relative_to(site).with_suffix("").with_suffix(".py").as_posix() for file in found.split()] == MODULES  # fmt: skip
    assert all(file.endswith((".so", ".pyd")) for file in found.split())
    assert not [*ROOT.glob("enforce/**/*.so"), *ROOT.glob("crawler/**/*.so")]


@pytest.mark.timeout(600)
def test_the_same_tests_pass(python: Path) -> None:
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *REPRESENTATIVE]
    ran = subprocess.run(
        command, cwd=python.parents[1] / "site", capture_output=True, text=True, env={**os.environ, "CI": ""}
    )

    assert ran.returncode == 0, ran.stdout[-4000:]
