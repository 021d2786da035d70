"""A wheel that holds nothing, for what a Python project needs that is started as it lies there."""

import base64
import hashlib
import io
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name, is_normalized_name

from crawler.introspect.packages.install import NotInstalled
from crawler.introspect.packages.release import Release
from crawler.introspect.packages.wheels import local_wheel
from crawler.snapshots import SkipReason
from crawler.tools import Json

#: What a file says at its beginning of what it needs; https://packaging.python.org/specifications/inline-script-metadata/
_INLINE = re.compile(r"^# /// script[ \t]*\n((?:#(?: [^\n]*)?\n){1,300}?)# ///[ \t]*$", re.MULTILINE)
_MOST_BYTES, _MOST_NEEDS = 1 << 20, 300
#: No project is released as this, so that nothing is taken for it.
_VERSION = "0.0.0"


def carrier(files: Mapping[str, bytes], file: str, called: str, bench: Path) -> Release:
    """A wheel without files that needs what a file of a tree does; raises NotInstalled.

    That is what the file itself says, else `pyproject.toml`, else `requirements.txt` beside it or at the root.
    """
    project = _section(_toml(_text(files, "pyproject.toml")), "project")
    told = _inline(_text(files, file)) or project
    needs = [*_stated(told)] or [*_listed(files, file)]
    name = _name(project.get("name"), called)
    if name in {canonicalize_name(need.name) for need in needs}:
        # Some are called like what they are made with.
        name += "-source"
    wheel = _wheel(name, needs, _python(told.get("requires-python") or project.get("requires-python")))
    bench.mkdir(exist_ok=True)
    return local_wheel(wheel, f"{name.replace('-', '_')}-{_VERSION}-py3-none-any.whl", bench)


def _stated(told: Mapping[str, Json]) -> Iterator[Requirement]:
    stated = told.get("dependencies")
    for text in stated[:_MOST_NEEDS] if isinstance(stated, list) else ():
        yield _requirement(str(text))


def _listed(files: Mapping[str, bytes], file: str) -> Iterator[Requirement]:
    """What a list for pip names, without the digests of it and other options."""
    beside = f"{file.rpartition('/')[0]}/requirements.txt".lstrip("/")
    text = _text(files, beside) or _text(files, "requirements.txt")
    lines = re.sub(r"\\\r?\n", " ", text).splitlines()
    parts = [re.split(r"(?:^|\s)(?:#|--?[a-z])", line)[0].strip() for line in lines]
    for part in [part for part in parts if part][:_MOST_NEEDS]:
        yield _requirement(part)


def _requirement(text: str) -> Requirement:
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise NotInstalled(SkipReason.NO_WHEEL, f"it needs {error}") from error
    if requirement.url:
        raise NotInstalled(SkipReason.NO_WHEEL, "it needs something that is not on the index")
    return requirement


def _wheel(name: str, needs: list[Requirement], python: str) -> bytes:
    info = f"{name.replace('-', '_')}-{_VERSION}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {_VERSION}"]
    lines += [f"Requires-Python: {python}"] * bool(python) + [f"Requires-Dist: {need}" for need in needs]
    files = {
        f"{info}/METADATA": "\n".join([*lines, ""]),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tollhouse\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},sha256={_digest(content)},{len(content.encode())}\n" for path, content in files.items()]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in {**files, f"{info}/RECORD": "".join([*rows, f"{info}/RECORD,,\n"])}.items():
            archive.writestr(path, content)
    return packed.getvalue()


def _digest(content: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()


def _name(said: Json, called: str) -> str:
    names = (said if isinstance(said, str) else "", re.sub(r"[^A-Za-z0-9]+", "-", called).strip("-"))
    valid = (canonicalize_name(name) for name in names if is_normalized_name(canonicalize_name(name)))
    return next(valid, "server")


def _python(said: Json) -> str:
    try:
        return str(SpecifierSet(said)) if isinstance(said, str) else ""
    except InvalidSpecifier:
        return ""


def _inline(text: str) -> dict[str, Json]:
    found = _INLINE.search(text)
    return _toml(re.sub(r"^# ?", "", found[1], flags=re.MULTILINE)) if found else {}


def _toml(text: str) -> dict[str, Json]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _section(told: Mapping[str, Json], key: str) -> dict[str, Json]:
    section = told.get(key)
    return section if isinstance(section, dict) else {}


def _text(files: Mapping[str, bytes], path: str) -> str:
    return files.get(path, b"")[:_MOST_BYTES].decode("utf-8", "replace")
