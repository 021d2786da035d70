"""The list of servers that a first crawl begins with."""

from pathlib import Path

from crawler.servers import ServerName
from crawler.sources.leads import Lead

LIST = Path(__file__).with_name("starter.txt")


def read_list(file: Path = LIST) -> tuple[Lead, ...]:
    """Names out of a file, one a line; a line that begins with `#` is a comment. Raises BadServerName and OSError."""
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return tuple(
        Lead(name=ServerName.parse(line), asked=True) for line in lines if line and not line.startswith("#")
    )
