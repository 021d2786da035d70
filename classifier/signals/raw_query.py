"""Does a call take a query or request that the caller writes?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="raw-query",
    label="Takes raw queries",
    question="Does a call take a caller-written query in a query language, or an arbitrary HTTP request?",
    meaning="An argument is SQL, Cypher, GraphQL, a search DSL or a whole HTTP request.",
    matters="The query decides what happens: reading one row and dropping a table look the same from outside.",
    advice="Give the server a read-only database role, and require a pattern such as `^SELECT` in the policy.",
    name=Cues(
        "sql|cypher|graphql|soql|sosl|kql|sparql|promql|logql|jql|cql|gql|flux|dax|mdx|aql|nrql|esql|gaql|hogql|n1ql|spl|psql|duckdb|wql|tql|xpath|surrealql|datalog|jmespath|jq",
        "run|execute|exec|perform|submit ~3 query|statement|aggregate|aggregation|transaction|dml|ddl",
        "query ~1 database|db|table|bigquery|snowflake|mysql|postgres|data|warehouse|prometheus|loki|athena|metric|log|sqlite|dataset|datasource",
        "db|database|mysql|postgres|sqlite|bigquery|snowflake|mongo|mongodb|neo4j|elasticsearch|clickhouse|prometheus|loki|metric|log ~1 query|search|find|aggregate",
        "read|write|select query",
        "http|api|rest|raw|custom|curl|web ~1 request|call",
        "call|make|send|invoke ~2 api|http|endpoint|rest|request",
        "curl|query|postgrest",
        friends=[
            "list|get|create|update|delete|save|show|explain|describe|validate|format|generate|build|cancel ~3 query|sql|graphql|cypher|request|endpoint|api",
            "sql schema|server|table|list",
            "pull|merge|feature|review|access|leave|service|help|friend|time|approval request",
            "api key|token|doc|docs|spec|version|status",
        ],
    ),
    text=Cues(
        "sql|cypher|graphql|soql|kql|sparql|promql|logql|jql|cql|flux|dax|nrql|esql|gaql|hogql|vizql|influxql|metricsql|traceql|surrealql|postgresql|mql ~2 query|statement|command|expression|script|dialect|syntax|string",
        "query ~3 in|using ~2 sql|cypher|graphql|kql|dsl|promql|jql|lucene|soql",
        "select|read only|ddl|dml|arbitrary|raw|custom query|statement|sql",
        "execute|run ~4 sql|query|statement|cypher|graphql|aggregation",
        "arbitrary ~2 request|query|api|sql",
        "http request ~5 method|url|header|any",
        "make|send|perform|execute ~3 http|api|rest|raw|get|post request|call",
        "aggregation pipeline",
        "elasticsearch|lucene|opensearch query|dsl",
        "query dsl|language",
        "sql语 ~1 语句",
        "查询语",
        "执行 ~3 查询",
        "クエリ ~3 実行",
        "ejecuta ~3 consulta|sql",
        "executa ~3 consulta|sql",
        friends=["query param|parameter|string", "search query", "api call ~6 cost|incur|charge"],
    ),
    parameters=Cues(
        "sql|cypher|graphql|soql|kql|promql|logql|jql|sparql|cql|gql|aql|nrql|dql|pipeline|mdx|dax|xpath|expr",
        "sql query|statement|text",
        "query sql|string|body|text|dsl|language",
        "where clause",
        friends=["sql id|name|path|file|dialect", "pipeline ~1 id|name|uuid|run|stage"],
    ),
)
