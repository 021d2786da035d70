"""Which launches to try with one installation, in which order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from crawler.introspect import diagnosis
from crawler.introspect.configuration import Configuration, configurations
from crawler.introspect.dummies import CREDENTIALS, NOWHERE, SECRET, dummy
from crawler.introspect.entrypoint import choose
from crawler.introspect.hooks.stub import PORT
from crawler.introspect.live import Launch
from crawler.introspect.packages.install import Installation
from crawler.servers import Server

#: Times that stderr may ask for further variables.
_MOST_QUESTIONS = 3
#: Configurations of a README that are tried; those of databases repeat one for each kind.
_MOST_SHOWN = 4
_STUB = f"http://127.0.0.1:{PORT}"
#: Where well-known clients look for their service without being told.
_STUBBED = {"DOCKER_HOST": f"tcp://127.0.0.1:{PORT}"}


def launches(
    server: Server, installation: Installation, errors: Sequence[str]
) -> Iterator[tuple[str, Launch]]:
    """Steps of the ladder with what to start; *errors* grows by what each launch said on stderr while this goes on."""
    script = choose(installation.name, installation.scripts)
    if script is None:
        return
    readme = server.readme or installation.readme
    shown = configurations(readme, installation.name, installation.scripts)[:_MOST_SHOWN]
    yield ("repair" if installation.repairs else "bare"), Launch(command=(script,))
    plain = Launch(command=(script,))
    if installation.ecosystem == "npm" and diagnosis.wants_compiled("\n".join(errors)):
        plain = replace(plain, crutch="native")
        yield "native", plain
    for arguments in dict.fromkeys(configuration.arguments for configuration in shown):
        if arguments:
            yield "readme_args", replace(plain, command=(script, *arguments))
    configured = [configuration for configuration in (*shown, _declared(server)) if configuration.environment]
    for configuration in configured:
        yield "readme_env", _configured(plain, configuration)
    best = _configured(plain, configured[0] if configured else Configuration())
    for asked in _asked(best, installation, errors):
        best = asked
        yield "stderr_env", asked
    shown_there = _at(best, *diagnosis.example_address("\n".join(errors[-1:])))
    if shown_there != best:
        best = shown_there
        yield "stderr_env", best
    if diagnosis.opened("\n".join(errors[-1:]), SECRET):
        best = _with_file(best)
        yield "stderr_env", best
    serving = [
        replace(best, command=(script, *words)) for words in diagnosis.serving_words("\n".join(errors))
    ]
    for launch in serving:
        yield "usage", launch
    last = "\n".join(errors[-1:])
    mendable = diagnosis.drifted(last) or diagnosis.outgrown(last, installation)
    if diagnosis.broken(last) or (mendable and not installation.repairs):
        return
    best = next(iter(serving), best)  # who prints how to be used does not serve without it
    yield "lifespan", replace(best, crutch="lifespan")
    yield "stub", replace(best, environment={**stubbed(best.environment), **_STUBBED}, crutch="stub")


def stubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables with every address of nobody changed into that of the stub."""
    return {name: value.replace(NOWHERE, _STUB) for name, value in environment.items()}


def _asked(best: Launch, installation: Installation, errors: Sequence[str]) -> Iterator[Launch]:
    """The launch with what stderr asks for; each launch may ask for more."""
    for _ in range(_MOST_QUESTIONS):
        names = diagnosis.named_variables("\n".join(errors), installation)
        missing = {name: dummy(name) for name in names if name not in best.environment}
        if not missing:
            return
        best = replace(best, environment={**best.environment, **missing})
        yield best


def _at(best: Launch, address: str, variables: Sequence[str]) -> Launch:
    """The launch with this address, to which no way leads out of the sandbox, in place of the one of nobody and in these variables."""
    if not address:
        return best
    environment = {name: value.replace(NOWHERE, address) for name, value in best.environment.items()}
    return replace(
        best,
        command=tuple(word.replace(NOWHERE, address) for word in best.command),
        environment={**environment, **dict.fromkeys(variables, address)},
    )


def _with_file(best: Launch) -> Launch:
    """The launch with a file of credentials wherever a made-up credential was taken for the name of one."""
    values = {name: CREDENTIALS if value == SECRET else value for name, value in best.environment.items()}
    command = tuple(word.replace(SECRET, CREDENTIALS) for word in best.command)
    return replace(best, environment=values, command=command)


def _declared(server: Server) -> Configuration:
    """The variables that the listing itself declares as required."""
    wanted = [
        variable for package in server.packages for variable in package.environment if variable.required
    ]
    return Configuration(
        environment=tuple(
            (variable.name, dummy(variable.name, variable.default or "")) for variable in wanted
        )
    )


def _configured(plain: Launch, configuration: Configuration) -> Launch:
    return replace(
        plain,
        command=(*plain.command, *configuration.arguments),
        environment=dict(configuration.environment),
    )
