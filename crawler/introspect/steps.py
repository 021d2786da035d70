"""Which launches to try with one installation, in which order: a table of rungs, the least help first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crawler.introspect import diagnosis
from crawler.introspect.configuration import Configuration, configurations, declared
from crawler.introspect.dummies import CREDENTIALS, NOWHERE, SECRET, dummy
from crawler.introspect.entrypoint import choose
from crawler.introspect.hooks.stub import PORT
from crawler.introspect.lessons import lessons
from crawler.introspect.live import Heard, Launch
from crawler.introspect.packages.install import Installation
from crawler.introspect.sourcing import misses_source
from crawler.introspect.widening import accounts
from crawler.introspect.writing import outermost, unwritable
from crawler.servers import Server
from crawler.snapshots import SkipReason

#: Times that stderr may ask for further variables.
_MOST_QUESTIONS = 3
#: Configurations of a README that are tried; those of databases repeat one for each kind.
_MOST_SHOWN = 4
#: Words of its help that are tried.
_MOST_HELPED = 3
#: Times that the service is told what it has yet to answer.
_MOST_LESSONS = 6
_STUB = f"http://127.0.0.1:{PORT}"
#: Where well-known clients look for their service without being told.
_STUBBED = {"DOCKER_HOST": f"tcp://127.0.0.1:{PORT}"}


@dataclass
class _Climber:
    """One installation on its way up: what was heard so far, and the best launch that is known."""

    installation: Installation
    script: str
    readme: str
    shown: Sequence[Configuration]
    #: What each launch came to; grows while this goes on.
    heard: Sequence[Heard]
    #: Without what only some servers are in need of.
    plain: Launch
    #: With all the help that any rung has found to be of use.
    best: Launch
    #: What a launch's program prints when it is asked for help; hostile text.
    ask: Callable[[Launch], str]
    #: Whether a service was played to it.
    stubbed: bool = False
    #: Folders of its installation into which it is known to write.
    copied: tuple[Path, ...] = ()
    #: Whether it is started in the folder of its source.
    sourced: bool = False

    @property
    def said(self) -> str:
        """All of stderr together; hostile text."""
        return "\n".join(heard.errors for heard in self.heard)

    @property
    def last(self) -> str:
        """What the last launch said; hostile text."""
        return self.heard[-1].errors if self.heard else ""

    def improved(self, launch: Launch) -> Iterator[Launch]:
        """The launch, if it is another than the best one, which it then is."""
        if launch != self.best:
            self.best = launch
            yield launch


#: Gives launches one by one, each when all before it have failed.
_Rung = Callable[[_Climber], Iterator[Launch]]


def _bare(climber: _Climber) -> Iterator[Launch]:
    yield climber.plain


def _native(climber: _Climber) -> Iterator[Launch]:
    if climber.installation.ecosystem == "npm" and diagnosis.wants_compiled(climber.last):
        climber.plain = replace(climber.plain, crutch="native")
        yield climber.plain


def _readme_args(climber: _Climber) -> Iterator[Launch]:
    for arguments in dict.fromkeys(configuration.arguments for configuration in climber.shown):
        if arguments:
            yield replace(climber.plain, command=(climber.script, *arguments))


def _readme_env(climber: _Climber) -> Iterator[Launch]:
    configured = [configuration for configuration in climber.shown if configuration.environment]
    for configuration in configured:
        yield _configured(climber.plain, configuration)
    climber.best = _configured(climber.plain, configured[0] if configured else Configuration())


def _named_variables(climber: _Climber) -> Iterator[Launch]:
    """With what stderr asks for; each launch may ask for more."""
    for _ in range(_MOST_QUESTIONS):
        names = diagnosis.named_variables(climber.said, climber.installation)
        missing = {name: dummy(name) for name in names if name not in climber.best.environment}
        if not missing:
            return
        environment = {**climber.best.environment, **missing}
        yield from climber.improved(replace(climber.best, environment=environment))


def _shown_address(climber: _Climber) -> Iterator[Launch]:
    yield from climber.improved(_at(climber.best, *diagnosis.example_address(climber.last)))


def _credentials(climber: _Climber) -> Iterator[Launch]:
    if diagnosis.opened(climber.last, SECRET):
        yield from climber.improved(_with_file(climber.best))


def _account(climber: _Climber) -> Iterator[Launch]:
    """With an account of nobody's, going by all of the README, where one is wanted and nothing says how it is called."""
    if diagnosis.wants_configuration(climber.last):
        environment = {**dict(accounts(climber.readme)), **climber.best.environment}
        yield from climber.improved(replace(climber.best, environment=environment))


def _required(climber: _Climber) -> Iterator[Launch]:
    names = diagnosis.required_arguments(climber.last)
    values = [(name, dummy(name.strip("-").replace("-", "_").upper())) for name in names]
    words = [word for name, value in values for word in ((name, value) if name.startswith("-") else (value,))]
    yield from climber.improved(replace(climber.best, command=(*climber.best.command, *words)))


def _usage(climber: _Climber) -> Iterator[Launch]:
    serving = [
        replace(climber.best, command=(climber.script, *words))
        for words in diagnosis.serving_words(climber.said)
    ]
    yield from serving
    # Who prints how to be used does not serve without it.
    climber.best = next(iter(serving), climber.best)


def _help(climber: _Climber) -> Iterator[Launch]:
    """What only its help tells: who serves something else without a word, or ends, may do so for want of it."""
    if diagnosis.shows_usage(climber.said) or diagnosis.broken(climber.last):
        return
    for words in diagnosis.serving_words(climber.ask(climber.best))[:_MOST_HELPED]:
        if not set(words) <= set(climber.best.command):
            yield replace(climber.best, command=(*climber.best.command, *words))


def _over_http(climber: _Climber) -> Iterator[Launch]:
    """At the port at which it listens instead of reading what is said to it, or may be told to listen."""
    last = climber.heard[-1] if climber.heard else None
    words = diagnosis.listening_words(climber.said)
    posted = replace(climber.best, posted=True)
    if words:
        posted = replace(posted, command=(climber.script, *words))
    if last and (words or last.reason is SkipReason.TIMEOUT or diagnosis.listens(last.errors)):
        yield posted
        if climber.heard[-1].reason is None:
            climber.best = posted


def _wanted_stub(climber: _Climber) -> Iterator[Launch]:
    """The service first where one is wanted: without it, others may wait for long before they give up."""
    last = climber.heard[-1] if climber.heard else None
    if last and (
        last.reason is SkipReason.TIMEOUT or diagnosis.wants_service(f"{last.errors}\n{last.detail}")
    ):
        yield from _stub(climber)


def _unwanted_stub(climber: _Climber) -> Iterator[Launch]:
    if not climber.stubbed:
        yield from _stub(climber)


def _lifespan(climber: _Climber) -> Iterator[Launch]:
    yield replace(climber.best, crutch="lifespan")


def _stub(climber: _Climber) -> Iterator[Launch]:
    environment = {**stubbed(climber.best.environment), **_STUBBED}
    climber.stubbed = True
    launch = replace(climber.best, environment=environment, crutch="stub")
    yield launch
    for _ in range(_MOST_LESSONS):
        taught = dict(launch.lessons) | dict(lessons(f"{climber.last}\n{climber.heard[-1].detail}"))
        if taught == dict(launch.lessons):
            return
        launch = replace(launch, lessons=tuple(taught.items()))
        yield launch


#: In the order in which they are tried.
_RUNGS: tuple[tuple[str, _Rung], ...] = (
    ("bare", _bare),
    ("native", _native),
    ("readme_args", _readme_args),
    ("readme_env", _readme_env),
    ("stderr_env", _named_variables),
    ("stderr_env", _shown_address),
    ("stderr_env", _credentials),
    ("readme_env", _account),
    ("usage", _required),
    ("usage", _usage),
    ("usage", _help),
    ("http", _over_http),
)
#: Those that make up something of the server's own; they help nobody whose code does not even load.
_LAST_RUNGS: tuple[tuple[str, _Rung], ...] = (
    ("stub", _wanted_stub),
    ("lifespan", _lifespan),
    ("stub", _unwanted_stub),
)


def launches(
    server: Server, installation: Installation, heard: Sequence[Heard], ask: Callable[[Launch], str]
) -> Iterator[tuple[str, Launch]]:
    """Steps of the ladder with what to start; *heard* grows by what each launch came to while this goes on.

    *ask* starts a program for its help.
    """
    readme = server.readme or installation.readme
    script = choose(installation.name, installation.scripts, readme)
    if script is None:
        return
    shown = configurations(readme, installation.name, installation.scripts)[:_MOST_SHOWN]
    plain = Launch(command=(script,))
    climber = _Climber(installation, script, readme, (*shown, declared(server)), heard, plain, plain, ask)
    for step, rung in _RUNGS:
        for launch in rung(climber):
            yield from _eased(climber, "repair" if step == "bare" and installation.repairs else step, launch)
    if _loads_not(climber):
        return
    for step, rung in _LAST_RUNGS:
        for launch in rung(climber):
            yield from _eased(climber, step, launch)


def _eased(climber: _Climber, step: str, launch: Launch) -> Iterator[tuple[str, Launch]]:
    """The launch, and again in the folder of its source or with copies of more and more folders into which it writes; those that follow
    have that too.
    """
    launch = replace(launch, sourced=climber.sourced)
    yield step, replace(launch, copied=climber.copied)
    if not climber.sourced and misses_source(climber.last, climber.installation):
        climber.sourced, launch = True, replace(launch, sourced=True)
        yield "source", replace(launch, copied=climber.copied)
    while folders := unwritable(climber.last, climber.installation):
        copied = outermost(tuple(dict.fromkeys((*climber.copied, *folders))))
        if copied == climber.copied:
            return
        climber.copied = copied
        yield "writable", replace(launch, copied=copied)


def _loads_not(climber: _Climber) -> bool:
    """Whether the code of the server or of a dependency is at fault, which only another installation mends, if anything does."""
    mendable = diagnosis.drifted(climber.last) or diagnosis.outgrown(climber.last, climber.installation)
    return diagnosis.broken(climber.last) or (mendable and not climber.installation.repairs)


def stubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables with every address of nobody changed into that of the stub."""
    return {name: value.replace(NOWHERE, _STUB) for name, value in environment.items()}


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


def _configured(plain: Launch, configuration: Configuration) -> Launch:
    return replace(
        plain,
        command=(*plain.command, *configuration.arguments),
        environment=dict(configuration.environment),
    )
