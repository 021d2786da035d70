"""What may be installed of the source of a Python project: the wheel that it builds, or one around a file that its authors start."""

from dataclasses import replace
from pathlib import Path

from crawler.introspect.entrypoint import choose
from crawler.introspect.packages.archive import BadArchive
from crawler.introspect.packages.build import build_wheel
from crawler.introspect.packages.carrier import carrier
from crawler.introspect.packages.install import NotInstalled
from crawler.introspect.packages.install_python import console_scripts
from crawler.introspect.packages.programs import module
from crawler.introspect.packages.release import Release
from crawler.introspect.packages.scripts import file_of, started
from crawler.introspect.workshop import Workshop


def build_project(release: Release, *, workshop: Workshop, bench: Path) -> Release:
    """Build a project's wheel; where it names no program that is the server, or none can be built, a file of the source is what is started.

    Raises NotInstalled or BadArchive.
    """
    try:
        built = build_wheel(release.files, workshop=workshop, bench=bench)
    except (NotInstalled, BadArchive):
        if not (words := started(release.files, release.readme)):
            raise
        file = file_of(words, release.files)
        built = carrier(release.files, file, release.name, bench)
        return replace(built, started=words, source=release.files)
    scripts = console_scripts(built.files)
    named = choose(built.name, scripts, release.readme) if scripts else module(built.name, built.files)
    words = () if named else started(release.files, release.readme)
    return replace(built, started=words, source=release.files)
