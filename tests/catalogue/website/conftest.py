"""What all tests of the site share."""

from collections.abc import Iterator

import pytest
from jinja2 import FileSystemBytecodeCache

from catalogue.website import templates


@pytest.fixture(scope="session", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Sites keep their compiled templates in one folder: compiling takes most of the time of a small site.

    A template is found there by its name and all of its source, so one that is another is compiled anew.
    """
    kept = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "FileSystemBytecodeCache", lambda _: kept)
        yield
