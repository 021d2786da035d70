"""How JavaScript and TypeScript servers register tools, as written, compiled and bundled."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from crawler.introspect.static.javascript.modules import ROOTS, TRIGGERS, without_twins
from crawler.introspect.static.reading import StaticReading

Read = Callable[[Mapping[str, str]], dict[str, Any]]


def entry(name: str, description: str | None = None, **more: Any) -> dict[str, Any]:
    """A `tools/list` entry."""
    return {name: {"name": name, **({"description": description} if description else {}), **more}}


NOTHING: dict[str, Any] = {"type": "object", "properties": {}}
QUERY: dict[str, Any] = {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "server.registerTool('a', {description: 'D', inputSchema: {q: z.string()}}, f);",
            entry("a", "D", inputSchema=QUERY),
        ),
        (
            "server.registerTool('a', {title: 'T', description: 'D', inputSchema: z.object({q: z.string()}), annotations: {readOnlyHint: true}}, f);",
            entry("a", "D", title="T", inputSchema=QUERY, annotations={"readOnlyHint": True}),
        ),
        ("server.tool('a', f);", entry("a")),
        (
            "import { Id, Name } from 'schemas-of-others'; server.tool('a', 'D', {id: Id, name: Name.short}, f);",
            entry("a", "D", inputSchema={"type": "object", "properties": {"id": {}, "name": {}}}),
        ),
        (
            "const strip = (s) => { const {$schema, ...rest} = z.toJSONSchema(z.object(s)); return rest; };\nserver.registerTool('a', {description: 'D', inputSchema: strip({q: z.string()})}, f);",
            entry("a", "D", inputSchema=QUERY),
        ),
        ("server.tool('a', 'D', f);", entry("a", "D")),
        ("server.tool('a', {q: z.string()}, f);", entry("a", inputSchema=QUERY)),
        (
            "server.tool('a', 'D', {}, {readOnlyHint: true}, f);",
            entry("a", "D", inputSchema=NOTHING, annotations={"readOnlyHint": True}),
        ),
        (
            "server.tool('a', 'D', {q: z.string()}, async ({q}) => ({content: []}));",
            entry("a", "D", inputSchema=QUERY),
        ),
        (
            "server.addTool({name: 'a', description: 'D', parameters: z.object({q: z.string()}), execute: f});",
            entry("a", "D", inputSchema=QUERY),
        ),
        (
            "registerAppTool(server, 'a', {description: 'D', inputSchema: {}}, f);",
            entry("a", "D", inputSchema=NOTHING),
        ),
        (
            "server.setRequestHandler(ListToolsRequestSchema, async () => ({tools: [{name: 'a', description: 'D', inputSchema: {type: 'object', properties: {}}}]}));",
            entry("a", "D", inputSchema=NOTHING),
        ),
        (
            "server.setRequestHandler('tools/list', () => { const tools = []; tools.push({name: 'a', inputSchema: zodToJsonSchema(z.object({q: z.string()}))}); return {tools}; });",
            entry("a", inputSchema=QUERY),
        ),
    ],
)
def test_every_way_to_register_is_read(source: str, expected: dict[str, Any], definitions: Read) -> None:
    """The official SDK's old and new calls, handlers, fastmcp and the apps extension."""
    assert definitions({"index.js": source}) == expected


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("const NAME = 'a' + '_b'; server.tool(NAME, f);", {"a_b"}),
        ("const p = 'p'; server.tool(`${p}_x`, f);", {"p_x"}),
        ("const N = {A: 'a', B: 'b'}; server.tool(N.A, f); server.tool(N['B'], f);", {"a", "b"}),
        ("enum N { A = 'a' } server.tool(N.A, f);", {"a"}),
        ("var N; (function (N) { N['A'] = 'a'; })(N || (N = {})); server.tool(N.A, f);", {"a"}),
        ("for (const t of [{name: 'a'}, {name: 'b'}]) server.registerTool(t.name, {description: ''}, f);", {"a", "b"}),
        ("['a', 'b'].forEach((n) => server.tool(n, f));", {"a", "b"}),
        ("for (const [n, t] of Object.entries({a: {d: 'x'}})) { server.registerTool(n, t, f); }", {"a"}),
        ("for (let i = 0, x = ['a', 'b']; i < x.length; i++) { server.tool(x[i], f); }", {"a", "b"}),
        ("const tools = new Map(); tools.set('a', {name: 'a'}); for (const t of tools.values()) server.tool(t.name, f);", {"a"}),
        ("const make = (n) => ({name: n, description: 'd'}); const t = make('a'); server.registerTool(t.name, t, f);", {"a"}),
        ("function register(server) { server.tool('a', f); }", {"a"}),
        ("export default createMcpHandler((server) => { server.tool('a', f); });", {"a"}),
        ("class T { static toolName = 'a'; name = T.toolName; add(s) { s.tool(this.name, f); } } new T().add(server);", {"a"}),
        ("class B { constructor(n) { this.name = n; } } class A extends B { constructor() { super('a'); } } server.tool(new A().name, f);", {"a"}),
        ("class A { get name() { return 'a'; } } server.tool(new A().name, f);", {"a"}),
        ("class S { #server; constructor() { this.#server = new McpServer({}); this.#init(); } #init() { this.#server.tool('a', f); } } new S();", {"a"}),
        ("server.tool(`a_${process.env.VERSION}_${true}`, f);", {"a_undefined_true"}),
        ("server.tool('a_' + false + `_${0x1F}_${0.5 * 4}_` + ['b', 2, true].join('_'), f);", {"a_false_31_2_b_2_true"}),
        ("const p = process.env.PREFIX || 'dev'; server.tool(`${p}_a`, f);", {"dev_a"}),
        ("const all = [...[{name: 'a'}], {name: 'b'}]; all.filter((t) => t.name !== 'b').map((t) => server.tool(t.name, f));", {"a"}),
        ("class B { constructor() { const {n} = this.constructor; this.name = n; } add() { server.tool(this.name, f); } } class A extends B {} A.n = 'a'; class C extends B {} C.n = 'c';", {"a", "c"}),
        ("let bad; if (unknown()) bad = 'x'; if (!bad) { server.tool('a', f); }", {"a"}),
        ("switch (x) { default: server.tool('a', f); }", {"a"}),
        ("try { server.tool('a', f); } catch (e) { console.error(e); }", {"a"}),
        ("server.tool(unknown(), f); server.registerTool(argv[2], {description: 'd'}, f);", set()),
    ],
)  # fmt: skip
def test_names_are_folded_as_far_as_the_source_shows_them(
    source: str, names: set[str], definitions: Read
) -> None:
    """Constants, tables, loops, classes and factories; a name that only the run shows is left out."""
    assert set(definitions({"index.ts": source})) == names


@pytest.mark.parametrize(
    ("number", "written", "default"),
    [
        ("1_000_000", "1000000", 1_000_000),
        ("1e3", "1000", 1000),
        ("1.50", "1.5", 1.5),
        ("9007199254740993", "9007199254740992", 9007199254740992.0),
        ("0x" + "f" * 64, "1.157920892373162e+77", float(2**256)),
        ("0x" + "f" * 64 + "n", str(2**256 - 1), str(2**256 - 1)),
        ("1e999", "Infinity", None),
    ],
)
def test_numbers_are_what_javascript_makes_of_them(
    number: str, written: str, default: Any, definitions: Read
) -> None:
    """Those too large to be exact are rounded, unless they are of the kind that never is; no store takes that as a number."""
    source = f"const most = {number}; server.registerTool('a', {{description: `at most ${{most}}`, inputSchema: z.object({{n: z.number().default(most)}})}}, f);"
    found = definitions({"index.js": source})["a"]

    assert found["description"] == f"at most {written}"
    assert found["inputSchema"]["properties"]["n"]["default"] == default


def test_imports_inside_the_package_are_followed(definitions: Read) -> None:
    """ES modules and CommonJS, re-exports, namespaces, and TypeScript that is imported as JavaScript."""
    files = {
        "src/index.ts": "import { names } from './names.js'; import * as tools from './tools';\nimport more from './more.cjs';\nfor (const t of Object.values(tools)) server.registerTool(t.name, t, f);\nserver.tool(names.last, f); server.tool(more.n, f);",
        "src/names.ts": "export const names = { last: 'last' } as const;",
        "src/tools/index.ts": "export * from './one.js';\nexport { second as two } from './two.js';",
        "src/tools/one.ts": "export const one = { name: 'one', description: '' };",
        "src/tools/two.ts": "const second = { name: 'two', description: '' };\nexport { second };",
        "src/more.cjs": "const n = require('./inner.cjs'); module.exports = { n: n.value };",
        "src/inner.cjs": "Object.defineProperty(exports, '__esModule', {value: true}); exports.value = 'more';",
    }

    assert set(definitions(files)) == {"one", "two", "last", "more"}


BUNDLE = """
var __defProp = Object.defineProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// node_modules/@modelcontextprotocol/sdk/dist/esm/server/mcp.js
var ListToolsRequestSchema = Base.extend({ method: literal("tools/list") });
var McpServer = class {
  constructor(info, options) {
    this._registeredTools = {};
    this.server = new Server(info, options);
  }
  setToolRequestHandlers() {
    this.server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: Object.entries(this._registeredTools).map(([name, tool]) => ({ name, description: tool.description }))
    }));
  }
  registerTool(name, config, cb) {
    this._registeredTools[name] = config;
    this.setToolRequestHandlers();
  }
  registerPrompt(name, config, cb) {
  }
};

// src/tools.ts
var tools_exports = {};
__export(tools_exports, { first: () => first });
var schema = external_exports.object({ q: external_exports.string() });
var first = { name: "first", description: "First.", schema };
"""


def test_bundles_are_read_without_the_sdk_inside(
    reading: Callable[[Mapping[str, str]], StaticReading],
) -> None:
    """A bundle is cut into parts; only those that have to do with tools are looked at."""
    filler = "\n".join(
        f"function filler{number}(a) {{\n  return a + {number};\n}}" for number in range(8_000)
    )
    start = """
// src/index.ts
function enabled(name) {
  return name !== "second";
}
function registerAll(server) {
  for (const tool of Object.values(tools_exports)) {
    server.registerTool(tool.name, { description: tool.description, inputSchema: tool.schema }, run);
  }
  if (enabled("second")) {
    registerSecondTool(server);
  }
}
function registerSecondTool(server) {
  server.tool("second", "Second.", run);
}
var server = new McpServer({ name: "x" });
registerAll(server);
"""
    read = reading({"dist/index.js": BUNDLE + filler + start})

    assert {tool.name: tool.definition for tool in read.tools} == entry("first", "First.", inputSchema=QUERY)
    assert {tool.name: tool.definition for tool in read.optional} == entry("second", "Second.")


def test_start_up_functions_are_run_for_the_names_that_they_give(definitions: Read) -> None:
    """A bundler declares names at the top and fills them in functions of any length, which other functions call."""
    body = "".join(f"    helper{number} = {number};\n" for number in range(1_000))
    source = f"""
var lazily = (fn, res) => function start() {{
  return fn && (res = (0, fn[Object.getOwnPropertyNames(fn)[0]])(fn = 0)), res;
}};
var one, list;
var init_one = lazily({{
  "src/one.ts"() {{
{body}
    one = {{ name: "one", description: "One." }};
  }}
}});
var init_list = lazily({{
  "src/list.ts"() {{
    init_one();
    list = [one];
  }}
}});
function setUp(server) {{
  server.setRequestHandler(ListToolsRequestSchema, async () => ({{ tools: list }}));
}}
"""
    filler = "\n".join(
        f"function filler{number}(a) {{\n  return a + {number};\n}}" for number in range(8_000)
    )
    assert definitions({"bundle.js": source + filler}) == entry("one", "One.")


def test_what_a_setting_filters_is_left_out_where_something_stays_anyway(definitions: Read) -> None:
    """Where no item surely stays, all are listed: better a tool under a condition than none."""
    source = """
        const all = [{name: "a", core: true}, {name: "b", core: false}];
        const kept = all.filter((tool) => tool.core || process.argv.includes(tool.name));
        server.setRequestHandler(ListToolsRequestSchema, () => ({tools: kept}));
        """
    assert set(definitions({"index.js": source})) == {"a"}
    assert set(definitions({"index.js": source.replace("tool.core || ", "")})) == {"a", "b"}


def test_minified_bundles_are_read(definitions: Read) -> None:
    """One line, single letters, commas and arrows; strings and regular expressions that look like brackets."""
    filler = "".join(
        f'function f{number}(a){{return a+"}}"+/[/}}]/.test(a)+`${{a}}}}`}}' for number in range(6_000)
    )
    code = 'var e=class{constructor(t){this.s=t}r(t,n){this.s.registerTool(t,n,async()=>({}))}},t="a",n=new e(new x);n.r(`${t}_b`,{description:"D",inputSchema:{q:v.string()}});'

    assert definitions({"index.js": filler + code}) == entry("a_b", "D", inputSchema=QUERY)


SCHEMAS = {
    "z.string().describe('D').min(2).max(5)": {
        "type": "string",
        "description": "D",
        "minLength": 2,
        "maxLength": 5,
    },
    "z.number().int().positive()": {"type": "integer", "exclusiveMinimum": 0},
    "z.number().min(0).max(9)": {"type": "number", "minimum": 0, "maximum": 9},
    "z.coerce.number()": {"type": "number"},
    "z.boolean()": {"type": "boolean"},
    "z.enum(['x', 'y'])": {"type": "string", "enum": ["x", "y"]},
    "z.literal('x')": {"const": "x"},
    "z.array(z.string()).min(1)": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "z.string().array()": {"type": "array", "items": {"type": "string"}},
    "z.union([z.string(), z.number()])": {"anyOf": [{"type": "string"}, {"type": "number"}]},
    "z.string().or(z.number())": {"anyOf": [{"type": "string"}, {"type": "number"}]},
    "z.record(z.string(), z.number())": {"type": "object", "additionalProperties": {"type": "number"}},
    "z.string().email()": {"type": "string", "format": "email"},
    "z.string().url()": {"type": "string", "format": "uri"},
    "z.string().nullable()": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    "z.string().describe('D').nullable()": {
        "description": "D",
        "anyOf": [{"type": "string"}, {"type": "null"}],
    },
    "z.nullable(z.union([z.int32(), z.string()]))": {
        "anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]
    },
    "z.int32().positive()": {"type": "integer", "exclusiveMinimum": 0},
    "z.httpUrl()": {"type": "string", "format": "uri"},
    "z.literal(['a', 'b'])": {"type": "string", "enum": ["a", "b"]},
    "z.nativeEnum({A: 1, B: 2})": {"type": "number", "enum": [1, 2]},
    "z.partialRecord(z.string(), z.boolean())": {
        "type": "object",
        "additionalProperties": {"type": "boolean"},
    },
    "z.string().transform((x) => x)": {"type": "string"},
    "z.object({b: z.string().optional()})": {"type": "object", "properties": {"b": {"type": "string"}}},
    "z.object({b: z.string()}).extend({c: z.boolean()}).omit({b: true})": {
        "type": "object",
        "properties": {"c": {"type": "boolean"}},
        "required": ["c"],
    },
    "z.object({b: z.string()}).partial()": {"type": "object", "properties": {"b": {"type": "string"}}},
    "unknown.schema()": {},
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_zod_becomes_json_schema(schema: str, definitions: Read) -> None:
    """As far as the source shows it."""
    source = f"import {{ z }} from 'zod'; server.tool('t', {{a: {schema}, z: z.string().optional()}}, f);"

    found = definitions({"index.ts": source})["t"]["inputSchema"]["properties"]

    assert found == {"a": SCHEMAS[schema], "z": {"type": "string"}}


def test_defaults_and_optional_fields_are_not_required(definitions: Read) -> None:
    """A default is part of the schema."""
    source = "server.tool('t', {a: z.number().default(3), b: z.string().optional().describe('D'), c: z.boolean()}, f);"

    assert definitions({"index.ts": source})["t"]["inputSchema"] == {
        "type": "object",
        "properties": {
            "a": {"type": "number", "default": 3},
            "b": {"type": "string", "description": "D"},
            "c": {"type": "boolean"},
        },
        "required": ["c"],
    }


@pytest.mark.parametrize(
    "source",
    [
        "import { tool } from 'ai'; export const t = tool({description: 'D', parameters: z.object({}), execute: f}); // registerTool",
        "import { DynamicTool } from 'langchain/tools'; new DynamicTool({name: 'a', description: 'D', func: f}); // ListTools",
        "const tools = [{name: 'a', description: 'D', inputSchema: {type: 'object'}}]; // 'tools/list'",
        "server.registerPrompt('a', {description: 'D'}, f); server.registerResource('b', 'x://y', {}, f); server.prompt('c', f); // McpServer",
        "server.setRequestHandler(ListPromptsRequestSchema, () => ({prompts: [{name: 'a'}]})); // McpServer",
        "const type = new GraphQLObjectType({name: 'a', schema: {}, fields: {}}); // McpServer",
        "paintbox.tool('brush');",
        "commander.tool('a', {description: 'D'});",
    ],
)
def test_false_friends_are_no_tools(source: str, definitions: Read) -> None:
    """Other frameworks' tools, prompts, resources, and objects that look like a tool but are never listed."""
    assert definitions({"index.ts": source}) == {}


@pytest.mark.parametrize(
    "path",
    ["test/index.js", "src/__tests__/a.ts", "src/a.test.ts", "a.spec.js", "examples/a.js", "dist/index.d.ts"],
)
def test_files_beside_the_server_register_nothing(path: str, definitions: Read) -> None:
    """Tests, examples and declarations are no part of a server."""
    assert definitions({path: "server.tool('a', f);"}) == {}


def test_frameworks_that_find_classes_and_methods_are_known(definitions: Read) -> None:
    """mcp-framework's classes and the decorators of Nest."""
    files = {
        "src/tools/A.ts": "import { MCPTool } from 'mcp-framework'; class A extends MCPTool<X> { name = 'a'; description = 'D'; schema = {}; }",
        "src/b.ts": "import { Tool } from '@rekog/mcp-nest'; class B { @Tool({name: 'b', description: 'D', parameters: z.object({q: z.string()})}) async run() {} }",
    }

    assert definitions(files) == entry("a", "D", inputSchema=NOTHING) | entry("b", "D", inputSchema=QUERY)


def test_what_the_compiler_wrote_is_understood(definitions: Read) -> None:
    """TypeScript's output for older run times, in which little of the source's shape is left."""
    files = {
        "build/server.js": """
            "use strict";
            var __importStar = (this && this.__importStar) || (function () { return function (mod) { return make(mod); }; })();
            var __awaiter = (this && this.__awaiter) || function (a, b, P, generator) { return new P(step(generator)); };
            const types_js_1 = require("@modelcontextprotocol/sdk/types.js");
            const Tools = __importStar(require("./tools.js"));
            function setUp(server) {
                server.setRequestHandler(types_js_1.ListToolsRequestSchema, () => __awaiter(this, void 0, void 0, function* () {
                    return { tools: Object.values(Tools).map((one) => one.tool) };
                }));
            }
            """,
        "build/tools.js": """
            "use strict";
            Object.defineProperty(exports, "__esModule", { value: true });
            exports.a = void 0;
            exports.a = { tool: { name: "a", description: "A." } };
            """,
    }
    assert definitions(files) == entry("a", "A.")


def test_what_hands_over_the_tools_is_read_though_it_says_nothing_of_them(definitions: Read) -> None:
    """The start-up file calls what waits for a list; the list is long, and the handler is wrapped twice."""
    tools = ",".join(f'{{name: "tool_{number}", description: "{"x" * 400}"}}' for number in range(20))
    files = {
        "index.js": "import { setUpHandlers } from './handlers.js'; import { makeDefinitions } from './definitions.js';\n"
        "async function main() { setUpHandlers(new Server(), makeDefinitions()); }\nmain();",
        "definitions.js": f"export function makeDefinitions() {{ return [{tools}]; }}",
        "handlers.js": "const timed = (handler) => async (...args) => { try { return await handler(...args); } finally { note(); } };\n"
        "export function setUpHandlers(server, tools) { server.setRequestHandler(ListToolsRequestSchema, timed(async () => ({ tools }))); }",
    }
    assert set(definitions(files)) == {f"tool_{number}" for number in range(20)}


@pytest.mark.parametrize(
    "condition",
    [
        "server.server.getClientCapabilities()?.roots",
        "(server.server.getClientCapabilities() || {}).elicitation?.url !== undefined",
        "process.env.MORE?.toLowerCase() === 'true'",
        "(process.env.MORE ?? '').trim() === '1'",
        "chosen(process.env.MORE)",
    ],
)
def test_what_somebody_must_see_to_is_optional(
    condition: str, reading: Callable[[Mapping[str, str]], StaticReading]
) -> None:
    """A client that can do more, or a variable that is set."""
    source = f"""
        function chosen(value) {{ if (!value) return false; return value.split(',').length > 0; }}
        server.tool('a', 'A.', f);
        if ({condition}) server.tool('b', 'B.', f);
        """
    read = reading({"index.js": source})

    assert ([tool.name for tool in read.tools], [tool.name for tool in read.optional]) == (["a"], ["b"])


@pytest.mark.parametrize(
    "condition",
    [
        "process.env.X",
        "process.env.X === 'true'",
        "process.env.X || unknown()",
        "Settings.parse(process.env).key",
        "configured()",
    ],
)
@pytest.mark.parametrize(
    "more", ["tools.push(...B.filter((one) => one.name));", "for (const one of B) tools.push(one);"]
)
def test_what_a_setting_adds_to_a_list_is_no_part_of_it(condition: str, more: str, reading: Any) -> None:
    """The table that it comes from may be whole; only an ordinary start counts."""
    source = f"""
        const A = [{{name: 'a'}}], B = [{{name: 'b'}}];
        const Settings = z.object({{url: z.string().url().optional(), key: z.string().optional()}});
        function configured() {{
          const checked = Settings.safeParse(process.env);
          if (!checked.success || !checked.data.url) return null;
          return {{url: checked.data.url}};
        }}
        server.setRequestHandler(ListToolsRequestSchema, async () => {{
          let tools = [...A];
          if ({condition}) {{ {more} }}
          return {{tools: tools.map((one) => ({{...one, inputSchema: {{type: 'object'}}}}))}};
        }});
    """
    read = reading({"a.js": "import {z} from 'zod';" + source})

    assert ([tool.name for tool in read.tools], [tool.name for tool in read.optional]) == (["a"], ["b"])


def test_a_table_that_is_shipped_as_json_is_looked_up(reading: Any) -> None:
    """Read with the file system, required or imported; what it is filtered by is found in it."""
    files = {
        "dist/a.js": """
            import { readFileSync } from "node:fs";
            import path from "path";
            import more from "../data/more.json" with { type: "json" };
            import { Command } from "commander";
            const here = path.dirname(fileURLToPath(import.meta.url));
            const known = JSON.parse(readFileSync(path.join(here, "table.json"), "utf8"));
            const options = new Command().option("--all").parse().opts();
            if (process.env.READ_ONLY === "true") options.readOnly = true;
            for (const one of [...known, ...more]) {
              const limits = more.find((item) => item.name === one.name);
              if (options.readOnly && one.writes) continue;
              if (!options.all && limits && limits.work) continue;
              server.registerTool(one.name, { description: one.description, inputSchema: {} }, run);
            }
        """,
        "dist/table.json": '[{"name": "read", "description": "R"}, {"name": "write", "writes": true}]',
        "data/more.json": '[{"name": "work", "work": true}, {"name": "play"}]',
    }

    assert [tool.name for tool in reading(files).tools] == ["play", "read", "write"]


def test_a_large_file_uses_what_it_imports(reading: Any) -> None:
    """Of a file that is read in parts, the part with the imports as well."""
    filler = "\n".join(f"function helper{n}(value) {{\n  return value + {n};\n}}" for n in range(6_000))
    files = {
        "a.js": f"import {{ made as wrap, other }} from './b.js';\n{filler}\nconst table = wrap([{{name: 'a'}}]);\nexport {{ table }};\n",
        "b.js": "export function made(items) { return items.map((one) => ({ ...one, description: 'D' })); }\n",
        "c.js": "import { table } from './a.js';\nfor (const one of table) server.addTool({ ...one, execute: run });\n",
    }

    assert [(tool.name, tool.description) for tool in reading(files).tools] == [("a", "D")]


def test_functions_that_nobody_mentions_are_optional(
    reading: Callable[[Mapping[str, str]], StaticReading],
) -> None:
    """What is exported and never used may be left over; what a file exports by default is found by its folder."""
    files = {
        "used.ts": "export function registerUsed(server) { server.tool('a', 'A.', f); }",
        "unused.ts": "export function registerUnused(server) { server.tool('b', 'B.', f); }",
        "found.ts": "export default function registerFound(server) { server.tool('c', 'C.', f); }",
        "index.ts": "import { registerUsed } from './used';\nregisterUsed(server);",
    }
    read = reading(files)

    assert ([tool.name for tool in read.tools], [tool.name for tool in read.optional]) == (["c", "a"], ["b"])


def test_every_word_that_has_to_do_with_tools_has_a_root() -> None:
    """Files without any of the roots are not looked at for the words."""
    assert [word for word in TRIGGERS if not any(root.decode() in word for root in ROOTS)] == []


def test_what_lies_there_a_second_time_is_read_once() -> None:
    """Packages ship their source beside what was built of it, and that for two module systems."""
    paths = [
        "dist/cjs/a.js",
        "dist/esm/a.js",
        "dist/cjs/only.js",
        "src/b.ts",
        "dist/b.js",
        "src/c.ts",
        "lib/d.js",
    ]

    assert without_twins(paths) == ["dist/esm/a.js", "dist/cjs/only.js", "dist/b.js", "src/c.ts", "lib/d.js"]


def test_tools_that_are_disabled_are_optional(
    reading: Callable[[Mapping[str, str]], StaticReading],
) -> None:
    """A server registers a tool and hides it until somebody asks for it."""
    source = """
        server.registerTool('a', {description: 'A.'}, f);
        const later = server.registerTool('b', {description: 'B.'}, f);
        later.disable();
        """
    read = reading({"index.js": source})

    assert ([tool.name for tool in read.tools], [tool.name for tool in read.optional]) == (["a"], ["b"])


@pytest.mark.parametrize(
    "source",
    [
        "const odd = [1][{}] + 'x'[[1]] + new Map()[{}]; odd;",
        "const w = new WeakMap(); __classPrivateFieldGet(this, w); __classPrivateFieldSet(this);",
        "import.meta.glob('./{a', {eager: true}); require.context(1); Reflect.getMetadata(); Reflect.defineMetadata({}, 1, []);",
        "for (const x of [{}].filter({}).values().next()) x(); Array.from({length: -1}, 2);",
    ],
)
def test_code_that_makes_no_sense_ends_nothing(source: str, definitions: Read) -> None:
    """What stands behind it is read all the same."""
    assert definitions({"index.js": source + " server.tool('a', f);"}).keys() == {"a"}
