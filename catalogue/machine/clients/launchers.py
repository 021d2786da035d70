"""Which server a launch command really starts, seen through npx, uvx, docker, mcp-remote and our own proxy."""

import re
from pathlib import PurePath, PureWindowsPath

from msgspec import Struct

from catalogue.machine.clients.secrets import masked_url
from crawler.servers import ServerName


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
}  # fmt: skip
#: Words between a runner and its arguments: `pnpm dlx X`, `uv tool run X`, `npm exec -- X`, `pipx run X`.
_LONG_RUNNERS = {
    ("npm", "exec"): "npx", ("npm", "x"): "npx", ("pnpm", "dlx"): "npx", ("yarn", "dlx"): "npx", ("bun", "x"): "npx",
    ("uv", "tool", "run"): "uvx", ("pipx", "run"): "uvx",
    ("docker", "run"): "docker", ("podman", "run"): "docker", ("nerdctl", "run"): "docker",
    ("docker", "container", "run"): "docker",
}  # fmt: skip

#: Programs that say nothing of what they run.
_NAMELESS = {"node", "deno", "bun", "uv", "npm", "pnpm", "yarn", "bash", "sh", "zsh", "pwsh", "powershell", "java", "go", "cargo", "dotnet", "ruby", "php", "docker", "podman", "nerdctl", "wsl", "env", "sudo", "make"}  # fmt: skip


def resolve(command: tuple[str, ...]) -> Launch:
    """What *command* starts. Never runs, looks up or resolves anything outside the words given."""
    if not command:
        return Launch()
    words = (_program(command[0]), *command[1:])
    if (inner := _inside(words)) is not None:
        return resolve(inner)
    if words[0] == "tollhouse-proxy":
        return _proxied(words)
    runner, arguments = _runner(words)
    if runner == "npx":
        return _npm(arguments)
    if runner == "uvx":
        return _pypi(arguments)
    if runner == "docker":
        return _container(next(iter(positional(arguments, _VALUED["docker"])), ""))
    return _script(words)


def _inside(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The command that another one merely passes on; `None` where it does more."""
    if words[0] == "cmd" and len(words) > 2 and words[1].lower() == "/c":
        return words[2:]
    if words[0] == "wsl" and len(words) > 1 and not words[1].startswith("-"):
        return words[1:]
    if words[0] == "env":
        settings = next(
            (at for at, word in enumerate(words[1:], 1) if not re.match(r"\w+=", word)), len(words)
        )
        return words[settings:] if settings < len(words) and not words[settings].startswith("-") else None
    return None


def _program(word: str) -> str:
    name = PureWindowsPath(word).name if "\\" in word else PurePath(word).name
    return re.sub(r"\.(?:exe|cmd|bat)$", "", name, flags=re.IGNORECASE)


def _runner(words: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    for spelled, runner in _LONG_RUNNERS.items():
        if words[: len(spelled)] == spelled:
            return runner, words[len(spelled) :]
    return _RUNNERS.get(words[0]), words[1:]


def _proxied(words: tuple[str, ...]) -> Launch:
    url = _flag(words, "--upstream")
    bare = Launch(url=masked_url(url)) if url else Launch()
    inner = resolve(words[words.index("--") + 1 :]) if "--" in words else bare
    return Launch(server=inner.server, version=inner.version, url=inner.url, image=inner.image, proxied=True)


def positional(arguments: tuple[str, ...], valued: set[str]) -> list[str]:
    """What is neither a flag nor the value of one of the *valued* flags."""
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


def _container(image: str) -> Launch:
    """A container; GitHub's registry names images like the repositories that they are built from."""
    if not image:
        return Launch()
    name, at, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    version = digest if at else tag if re.match(r"v?\d", tag) else None
    source = re.fullmatch(r"ghcr\.io/([^/]+/[^/:]+)(?::.*)?", name)
    server = ServerName.maybe(f"github:{source[1]}") if source else None
    return Launch(server=server, version=version, image=image)


def _repository(text: str) -> ServerName | None:
    """The repository that a package is taken from, where a launcher is told one instead of a name."""
    source = re.search(
        r"(?:github:|github\.com[/:])([A-Za-z0-9-]+/[A-Za-z0-9._-]+?)(?:\.git)?(?:[@#].*)?$", text
    )
    return ServerName.maybe(f"github:{source[1]}") if source else None


def _npm(arguments: tuple[str, ...]) -> Launch:
    given = positional(arguments, _VALUED["npx"])
    wanted = _flag(arguments, "-p", "--package") or next(iter(given), "")
    if repository := _repository(wanted):
        return Launch(server=repository, version=_commit(wanted))
    name, at, version = wanted.rpartition("@")
    if not name:  # no version, or only the scope's own sign
        name, version = (wanted, "") if not at else (f"@{version}", "")
    if name == "mcp-remote" and (url := next((word for word in given[1:] if "://" in word), None)):
        return Launch(url=masked_url(url))
    return Launch(
        server=ServerName.maybe(f"npm:{name}"), version=version if re.match(r"\d", version) else None
    )


def _pypi(arguments: tuple[str, ...]) -> Launch:
    wanted = _flag(arguments, "--from", "--spec") or next(iter(positional(arguments, _VALUED["uvx"])), "")
    match = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?:(?:==|@)([0-9][^,;\s]*))?.*", wanted)
    if match is None or "/" in wanted:
        return Launch(server=_repository(wanted), version=_commit(wanted))
    return Launch(server=ServerName.maybe(f"pypi:{match[1]}"), version=match[2])


def _commit(text: str) -> str | None:
    """The commit to which a repository is pinned; a branch or tag may move."""
    found = re.search(r"[@#]([0-9a-f]{40})$", text)
    return found[1] if found else None


def _script(words: tuple[str, ...]) -> Launch:
    """A bare program or `python -m module`: by habit both are named like their package."""
    if re.fullmatch(r"python(?:3(?:\.\d+)?)?", words[0]):
        module = _flag(words[1:], "-m")
        package = (module or "").partition(".")[0].replace("_", "-")
        return Launch(server=ServerName.maybe(f"pypi:{package}"))
    if words[0] in _NAMELESS:
        return Launch()
    return Launch(server=ServerName.maybe(f"pypi:{words[0]}"))
