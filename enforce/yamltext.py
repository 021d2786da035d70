"""A document as YAML for another program to read, written by libyaml where it is at hand."""

import yaml

from crawler.tools import Json

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def dumped(document: Json) -> str:
    """The document in the order of its keys, on long lines."""
    return str(yaml.dump(document, Dumper=_DUMPER, sort_keys=False, width=1000, allow_unicode=True))
