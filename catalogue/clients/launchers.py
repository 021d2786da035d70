"""Which server a launch command really starts, seen through npx, uvx, docker, mcp-remote and our own proxy."""

import re
from pathlib import PurePath, PureWindowsPath

from msgspec import Struct

from crawler.servers import BadServerName, ServerName


class Launch(Struct, frozen=True, kw_only=True):
    """What a command starts, as far as it shows."""

    #: The catalogue's name for it; `None` where the command does not say.
    server: ServerName | None = None
    #: The exact version that the command asks for; `None` means whatever is newest that day.
    version: str | None = None
    #: The URL behind a bridge such as mcp-remote.
    url: str | None = None
    #: The container image.
    image: str | None = None
    #: Whether our proxy already stands in between.
    proxied: bool = False


#: Flags of the runners that take a value, so that the value is not taken for the package.
_VALUED = {
    "npx": {"-p", "--package", "-c", "--call", "-w", "--workspace", "--registry", "--userconfig", "--cache"},
    "uvx": {
        "--with", "--with-editable", "--with-requirements", "--python", "-p", "--index", "--index-url",
        "--default-index", "--extra-index-url", "--find-links", "-f", "--refresh-package", "--constraints", "-c",
        "--upgrade-package", "-P", "--exclude-newer", "--env-file", "--directory", "--project", "--config-file",
        "--cache-dir",
    },
    "docker": {
        "-e", "--env", "--env-file", "-v", "--volume", "--mount", "-p", "--publish", "--name", "--network", "--net",
        "-u", "--user", "-w", "--workdir", "--entrypoint", "-l", "--label", "-m", "--memory", "--cpus", "--platform",
        "--pull", "-h", "--hostname", "--add-host", "--gpus", "--ulimit", "--security-opt", "--cap-drop", "--cap-add",
        "--tmpfs", "--runtime", "--dns",
    },
}  # fmt: skip
_RUNNERS = {
    "npx": "npx", "bunx": "npx", "pnpx": "npx",
    "uvx": "uvx", "pipx": "uvx",
    "docker": "docker", "podman": "docker", "nerdctl": "docker",
}  # fmt: skip
#: Words between a runner and its arguments: `pnpm dlx X`, `uv tool run X`, `npm exec -- X`, `pipx run X`.
_LONG_RUNNERS = {
    ("npm", "exec"): "npx", ("npm", "x"): "npx", ("pnpm", "dlx"): "npx", ("yarn", "dlx"): "npx", ("bun", "x"): "npx",
    ("uv", "tool", "run"): "uvx", ("pipx", "run"): "uvx",
    ("docker", "run"): "docker", ("podman", "run"): "docker", ("nerdctl", "run"): "docker",
}  # fmt: skip


def resolve(command: tuple[str, ...]) -> Launch:
    """What *command* starts. Never runs, looks up or resolves anything outside the words given."""
    if not command:
        return Launch()
    words = (_program(command[0]), *command[1:])
    if words[0] == "cmd" and len(words) > 2 and words[1].lower() == "/c":
        return resolve(words[2:])
    if words[0] == "tollhouse-proxy":
        return _proxied(words)
    runner, arguments = _runner(words)
    if runner == "npx":
        return _npm(arguments)
    if runner == "uvx":
        return _pypi(arguments)
    if runner == "docker":
        return Launch(image=next(iter(_positional(arguments, _VALUED["docker"])), None))
    return _script(words)


def _program(word: str) -> str:
    name = PureWindowsPath(word).name if "\\" in word else PurePath(word).name
    return re.sub(r"\.(?:exe|cmd|bat)$", "", name, flags=re.IGNORECASE)


def _runner(words: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    for spelled, runner in _LONG_RUNNERS.items():
        if words[: len(spelled)] == spelled:
            return runner, words[len(spelled) :]
    return _RUNNERS.get(words[0]), words[1:]


def _proxied(words: tuple[str, ...]) -> Launch:
    inner = resolve(words[words.index("--") + 1 :]) if "--" in words else Launch()
    return Launch(server=inner.server, version=inner.version, url=inner.url, image=inner.image, proxied=True)


def _positional(arguments: tuple[str, ...], valued: set[str]) -> list[str]:
    """What is neither a flag nor the value of one."""
    found: list[str] = []
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            found.extend(rest)
        elif word in valued:
            next(rest, None)
        elif not word.startswith("-"):
            found.append(word)
    return found


def _flag(arguments: tuple[str, ...], *names: str) -> str | None:
    """The value of the first of these flags, written apart or with an equals sign."""
    for position, word in enumerate(arguments):
        flag, equals, value = word.partition("=")
        if flag in names:
            return value if equals else next(iter(arguments[position + 1 : position + 2]), None)
    return None


def _npm(arguments: tuple[str, ...]) -> Launch:
    positional = _positional(arguments, _VALUED["npx"])
    wanted = _flag(arguments, "-p", "--package") or next(iter(positional), "")
    name, at, version = wanted.rpartition("@")
    if not name:  # no version, or only the scope's own sign
        name, version = (wanted, "") if not at else (f"@{version}", "")
    if name == "mcp-remote" and (url := next((word for word in positional[1:] if "://" in word), None)):
        return Launch(url=url)
    return Launch(server=_name("npm", name), version=version if re.match(r"\d", version) else None)


def _pypi(arguments: tuple[str, ...]) -> Launch:
    wanted = _flag(arguments, "--from", "--spec") or next(iter(_positional(arguments, _VALUED["uvx"])), "")
    match = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?:(?:==|@)([0-9][^,;\s]*))?.*", wanted)
    if match is None or "/" in wanted:
        return Launch()
    return Launch(server=_name("pypi", match[1]), version=match[2])


def _script(words: tuple[str, ...]) -> Launch:
    """A bare program or `python -m module`: by habit both are named like their package."""
    if re.fullmatch(r"python(?:3(?:\.\d+)?)?", words[0]):
        module = _flag(words[1:], "-m")
        return (
            Launch(server=_name("pypi", module.partition(".")[0].replace("_", "-"))) if module else Launch()
        )
    if words[0] in {"node", "deno", "bun", "uv", "bash", "sh", "java", "go"}:
        return Launch()
    return Launch(server=_name("pypi", words[0]))


def _name(ecosystem: str, name: str) -> ServerName | None:
    try:
        return ServerName.parse(f"{ecosystem}:{name}")
    except BadServerName:
        return None
