"""Patterns of policies: RE2, so that no pattern and no argument can make matching slow."""

from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Callable[[str], bool] | str:
    """A function that searches a text for *pattern*, or the sentence that says why there is none."""
    import re2  # type: ignore[import-untyped]  # only policies with a pattern pay for loading it

    options = re2.Options()
    options.log_errors = False
    try:
        search = re2.compile(pattern, options).search
    except re2.error as error:
        return _sentence(error)
    except UnicodeEncodeError:
        return "it holds half of a surrogate pair"
    # Searching bytes spares the wrapper from turning byte offsets back into characters.
    return lambda text: search(text.encode()) is not None


def _sentence(error: Exception) -> str:
    words = error.args[0] if error.args else ""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    if "(?=" in text or "(?!" in text or "(?<" in text:
        return f"{text} (look-around is not linear-time)"
    if "escape" in text and text[-1:].isdigit():
        return f"{text} (back-references are not linear-time)"
    return text
