"""Does the caller write a query?"""

from classifier.cues import Cues
from classifier.trait import TraitProbe, named

PROBE = TraitProbe(
    code="takes-query",
    label="Takes a query",
    question="Does the caller write a query in a query language?",
    meaning="An argument is SQL, Cypher, GraphQL or another language that can do more than look up.",
    matters="The statement decides whether one row is read or a table is dropped.",
    advice="Give the server a read-only role; require a pattern such as `^SELECT`.",
    seek=named(
        Cues(
            "sql|cypher|graphql|soql|sosl|kql|promql|logql|jql|cql|sparql|aql|gql|nrql|dql|statement|mdx|dax|hogql|gaql",
            "query sql|string|statement|text|dsl|body",
            "where clause",
            friends=["sql id|name|path|file|dialect|mode"],
        )
    ),
)
