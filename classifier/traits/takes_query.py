"""Does the caller write a query?"""

import re

from classifier.cues import Cues
from classifier.trait import Named, TraitProbe, named_by, takes_text
from classifier.view import Parameter

_LANGUAGES = (
    "sql|cypher|graphql|soql|sosl|kql|promql|logql|jql|cql|sparql|aql|gql|nrql|dql|mdx|dax|hogql|gaql"
)
_TELLING = (f"{_LANGUAGES}|statement", "query sql|string|statement|text|dsl|body", "where clause")
#: A name that words to look for have as often as a statement has; the description tells which it is.
_PLAIN = "query|q"
_FRIENDS = ["sql id|name|path|file|dialect|mode"]
_SPOKEN = re.compile(rf"\b(?:{_LANGUAGES})\b", re.IGNORECASE)
_tells = named_by(Cues(*_TELLING, friends=_FRIENDS))


def _takes_query(parameter: Parameter) -> bool:
    return takes_text(parameter) and (_tells[parameter.words] or _is_said_to(parameter))


def _is_said_to(parameter: Parameter) -> bool:
    return len(parameter.words) == 1 and _SPOKEN.search(parameter.description) is not None


PROBE = TraitProbe(
    code="takes-query",
    label="Takes a query",
    question="Does the caller write a query in a query language?",
    meaning="An argument is SQL, Cypher, GraphQL or another language that can do more than look up.",
    matters="The statement decides whether one row is read or a table is dropped.",
    advice="Give the server a read-only role; require a pattern such as `^SELECT`.",
    seek=Named(cues=Cues(*_TELLING, _PLAIN, friends=_FRIENDS), fits=_takes_query),
)
