"""Source on which the parser would be busy for seconds is left out, whatever else stands beside it."""

from collections.abc import Callable, Mapping

import pytest

from crawler.introspect.static.javascript.costs import is_too_costly
from crawler.introspect.static.reading import StaticReading

Reading = Callable[[Mapping[str, str]], StaticReading]

SERVER = 'import {McpServer} from "@modelcontextprotocol/sdk/server/mcp.js";\nconst s = new McpServer({});\ns.registerTool("a", {}, f);\n'


@pytest.mark.parametrize("times", [20_000, 100_000])
@pytest.mark.parametrize("part", ["/* ", "(/[ ", "x=/[", r"/[\]"])
def test_literals_without_an_end_leave_a_file_out(reading: Reading, part: str, times: int) -> None:
    """For each of its starts the parser would look for an end that there is not, and so would what divides a large file."""
    found = reading({"server.js": SERVER, "other.js": "s.registerTool('b', {}, f);\n" + part * times})

    assert [tool.name for tool in found.tools] == ["a"]
    assert found.doubts == ("other.js takes the parser too long and was not read",)


@pytest.mark.parametrize(
    "line",
    [
        "x = /[a-z/]+/g.test(y);\n",
        "/* words */ f(a[0] / b);\n",
        'glob("src/**/*.ts");\n',
        "x = a / b / c;",
        "// [ / / /\n",
    ],
)
def test_literals_that_end_are_no_work(line: str) -> None:
    """However many there are, and on however few lines."""
    assert not is_too_costly(line * 20_000)
