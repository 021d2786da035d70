"""What an ordinary start registers, where options, variables, flags and files decide: nobody has set anything."""

from typing import Any

import pytest

SDK = """
    import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
    import { parseArgs } from 'node:util';
    import { program } from 'commander';
    import yargs from 'yargs';
    import os from 'os';
    const server = new McpServer({name: 'x', version: '1'});
    const f = async () => ({content: []});
    const lists = (give) => server.server.setRequestHandler(ListToolsRequestSchema, async () => ({tools: give()}));
"""

OPTIONS = [
    ("if (process.argv.includes('--b')) server.tool('b', 'B.', f);", "b"),
    ("const args = process.argv.slice(2); if (args.includes('--b')) server.tool('b', 'B.', f);", "b"),
    ("const args = process.argv.slice(2); if (args[0] === 'b') server.tool('b', 'B.', f);", "b"),
    ("const {values} = parseArgs({options: {b: {type: 'boolean', default: false}}}); if (values.b) server.tool('b', 'B.', f);", "b"),
    ("const {values} = parseArgs({options: {b: {type: 'boolean', default: true}}}); if (values.b) server.tool('b', 'B.', f);", ""),
    ("const argv = yargs(process.argv).option('with-b', {default: false}).parseSync(); if (argv.withB) server.tool('b', 'B.', f);", "b"),
    ("const argv = yargs(process.argv).option('with-b', {default: true}).argv; if (argv.withB) server.tool('b', 'B.', f);", ""),
    ("program.option('--b').parse(process.argv); if (program.opts().b) server.tool('b', 'B.', f);", "b"),
    ("program.option('--no-b').parse(process.argv); if (program.opts().b) server.tool('b', 'B.', f);", ""),
    ("program.option('--mode <x>', 'words', 'b').action((o) => { if (o.mode === 'b') server.tool('b', 'B.', f); }).parse();", ""),
    ("if (Number(process.env.B ?? '0') > 0) server.tool('b', 'B.', f);", "b"),
    ("if (process.platform === 'darwin') server.tool('b', 'B.', f);", "b"),
    ("if (os.platform() === 'win32') server.tool('b', 'B.', f);", "b"),
    ("import { spawnSync } from 'node:child_process'; function has(name, run = spawnSync) { try { const got = run('helper', ['show', name]); return got.status === 0 && !got.error; } catch { return false; } } const more = has('x'); if (more) { server.tool('b', 'B.', f); } else { start(); }", "b"),
    ("import cp from 'child_process'; if (cp.spawnSync('helper', ['-v']).status !== 0) { console.error('missing'); } server.tool('b', 'B.', f);", ""),
    ("process.env.B && server.tool('b', 'B.', f);", "b"),
    ("process.env.B ? server.tool('b', 'B.', f) : start();", "b"),
    ("import env from 'node:process'; if (env.env.B) server.tool('b', 'B.', f);", "b"),
    ("import { argv as words } from 'process'; if (words.includes('--b')) server.tool('b', 'B.', f);", "b"),
    ("const p = require('node:process'); if (p.default.env.B) server.tool('b', 'B.', f);", "b"),
    ("function given(all) { const r = {}; for (const [k, v] of Object.entries(all)) if (v) r[k] = v; return r; } const o = {mode: 'a', ...given({mode: process.env.MODE})}; if (o.mode === 'a') server.tool('b', 'B.', f);", ""),
    ("program.option('-m, --mode <x>').action((o) => { const all = {mode: 'a', ...o}; if (all.mode === 'a') server.tool('b', 'B.', f); }).parse();", ""),
    ("program.command('mcp').action(() => server.tool('c', 'C.', f)); program.command('docs').action(() => server.tool('b', 'B.', f)); program.parse();", "b"),
    ("yargs(process.argv).command(['start', '$0'], '', {}, () => server.tool('c', 'C.', f)).command('docs', '', {}, () => server.tool('b', 'B.', f)).parse();", "b"),
    ("switch (process.env.MODE || 'a') { case 'a': start(); break; case 'b': server.tool('b', 'B.', f); }", "b"),
    ("switch (process.env.MODE) { case 'a': start(); break; default: server.tool('b', 'B.', f); }", ""),
    ("function mode() { if (process.env.RO === '1') return 'ro'; return process.env.MODE ?? 'all'; } if (mode() === 'all') server.tool('b', 'B.', f);", ""),
    ("function mode() { if (process.env.RO === '1') return 'ro'; return process.env.MODE ?? 'all'; } if (mode() === 'ro') server.tool('b', 'B.', f);", "b"),
    ("function more() { if (!process.env.B) return; server.tool('b', 'B.', f); } more();", "b"),
    ("function more() { if (!process.env.KEY) { console.error('KEY is missing'); return; } server.tool('b', 'B.', f); } more();", ""),
    ("for (const t of [{name: 'b', on: () => !!process.env.B}]) { if (!t.on()) continue; server.tool(t.name, 'B.', f); }", "b"),
    ("const parts = {core: (s) => s.tool('c', 'C.', f), b: (s) => s.tool('b', 'B.', f)}; for (const n of (process.env.PARTS || 'core').split(',')) parts[n]?.(server);", "b"),
    ("const more = [{name: 'b'}]; for (const t of [{name: 'c'}, ...(process.env.B ? more : [])]) server.registerTool(t.name, {description: ''}, f);", "b"),
    ("const more = [{name: 'b'}]; lists(() => [{name: 'c'}, ...(process.env.B && more)]);", "b"),
    ("class C { name = 'c'; } class B { name = 'b'; } const kinds = [C]; if (process.env.B) kinds.push(B); for (const Kind of kinds) { const t = new Kind(); server.registerTool(t.name, {description: ''}, f); }", "b"),
    ("let client; if (process.env.B) client = new Client(process.env.B); if (client) server.tool('b', 'B.', f);", "b"),
    ("class A { constructor() { if (process.env.B) this.api = new Api(); } register(s) { if (this.api) s.tool('b', 'B.', f); } } new A().register(server);", "b"),
    ("class More { constructor(s) { this.s = s; this.end = 'b'; this.all = [{name: this.end}]; this.all.forEach((t) => this.s.tool(t.name, '', f)); } } if (process.env.B) new More(server);", "b"),
    ("const all = [{name: 'x', url: process.env.X}, {name: 'y', url: process.env.Y}]; const on = all.filter((s) => s.url); const clients = {}; for (const s of on) { switch (s.name) { case 'x': clients.x = new Client(s.url); } } if (clients.x && on.length > 0) server.tool('b', 'B.', f);", "b"),
    ("const env = z.object({B: z.enum(['true', 'false']).default('false').transform((v) => v === 'true')}).parse(process.env); if (env.B) server.tool('b', 'B.', f);", "b"),
    ("const env = z.object({B: z.string().optional(), C: z.string()}).parse(process.env); if (env.B || env.C) server.tool('b', 'B.', f);", "b"),
    ("import { createEnv } from '@t3-oss/env-core'; const env = createEnv({server: {B: z.string().optional()}, runtimeEnv: process.env}); if (env.B) server.tool('b', 'B.', f);", "b"),
    ("import { cleanEnv, bool, str } from 'envalid'; const env = cleanEnv(process.env, {B: bool({default: false}), M: str({default: 'all'})}); if (env.B || env.M !== 'all') server.tool('b', 'B.', f);", "b"),
    ("async function docs() { const got = await fetch('x'); const cut = (t) => { const at = t.indexOf('#'); if (at !== -1) { return t.substring(at); } return ''; }; const part = cut(await got.text()); if (!part) { return; } server.tool('b', 'B.', f); } await docs();", ""),
    ("class Sample { start(s) { s.registerTool('b', {description: 'B.'}, f); } } export const sample = () => new Sample();", "b"),
    ("const few = [{name: 'c'}], all = [...few, {name: 'b'}]; lists(() => process.argv.includes('--all') ? all : few);", "b"),
    ("const more = []; if (process.env.B) more.push((s) => s.tool('b', 'B.', f)); more.forEach((one) => one(server));", "b"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "optional"), OPTIONS)
def test_what_nobody_has_typed_or_set_is_absent(source: str, optional: str, reading: Any) -> None:
    """Flags of the command line and their libraries' defaults, variables, and the system that servers are started on."""
    read = reading({"index.js": SDK + "server.tool('a', 'A.', f);" + source})
    listed = {tool.name for tool in read.tools} - {"c"}

    assert (listed, {tool.name for tool in read.optional}) == (
        {"a"} if optional else {"a", "b"},
        set(optional),
    )


LISTS = [
    "let more = (process.env.MORE || '').split(',').filter(Boolean); const sets = {b: ['b']}; for (const [n, s] of Object.entries(sets)) if (more.includes(n)) more = [...s, ...more]; more = Array.from(new Set(more)); const on = more.length ? more : ['a']; const all = [{name: 'a'}, {name: 'b'}]; lists(() => all.filter((t) => on.includes(t.name)));",
    "const o = {}; const all = [{name: 'a'}]; if (o.more?.b.on) all.push({name: 'b'}); if (o.more?.list?.includes('b')) all.push({name: 'b'}); lists(() => all);",
    "const on = unknown() && false; const all = [{name: 'a'}]; if (on) all.push({name: 'b'}); lists(() => all);",
    "const all = [{name: 'a'}, {name: 'b'}]; const on = new Set(['a']); if (process.env.B) for (const n of ['b']) on.add(n); lists(() => all.filter((t) => on.has(t.name)));",
    "const all = [{name: 'a', set: 'x'}, {name: 'b', set: 'y'}]; const on = (process.env.SETS ?? 'x').split(','); lists(() => all.filter((t) => on.includes(t.set)));",
    "const all = [{name: 'a'}, {name: 'b'}]; function chosen(raw) { if (!raw || raw.trim() === '') return new Set(); return new Set(raw.split(',')); } const more = chosen(process.env.MORE); lists(() => [all[0], ...all.filter((t) => more.has(t.name))]);",
    "class A { name = 'a'; } class B { name = 'b'; } const all = [new A()]; if (process.env.B) all.push(new B()); lists(() => all.map((t) => ({name: t.name})));",
    "const all = new Map(); all.set('a', {name: 'a'}); if (process.env.B) all.set('b', {name: 'b'}); lists(() => [...all.values()]);",
    "const all = {a: {description: 'A'}}; if (process.env.B) all.b = {description: 'B'}; lists(() => Object.entries(all).map(([name, t]) => ({name, ...t})));",
    "class R { list = []; addTool(t) { this.list.push(t); } } const r = new R(); r.addTool({name: 'a', description: 'A'}); r.addTool({name: 'b', description: 'B', hidden: true}); lists(() => r.list.filter((t) => !t.hidden));",
]  # fmt: skip


@pytest.mark.parametrize("source", LISTS)
def test_what_a_setting_brings_into_a_list_is_optional(source: str, reading: Any) -> None:
    """However it comes there: by name, by set, as an object of a class, or out of a registry that hides some."""
    read = reading({"index.js": SDK + source})

    assert [tool.name for tool in read.tools] == ["a"]
    assert {tool.name for tool in read.optional} <= {"b"}


def test_a_server_that_shows_nothing_unless_configured_shows_what_it_would(reading: Any) -> None:
    """An empty answer is no list; what stands behind it is what there is to say."""
    handler = "server.server.setRequestHandler(ListToolsRequestSchema, async () => { if (!process.env.KEY) { return {tools: []}; } return {tools: [{name: 'a'}]}; });"

    assert [tool.name for tool in reading({"index.js": SDK + handler}).tools] == ["a"]


MANIFEST = '{"name": "@x/notes-mcp", "bin": {"notes-mcp": "dist/index.js", "helper": "dist/helper.js"}}'


def test_files_that_the_program_never_comes_to_are_optional(reading: Any) -> None:
    """The program that is called like the package is followed through its imports, wherever they stand."""
    files = {
        "package.json": MANIFEST,
        "dist/index.js": "import('./start.js').then((m) => m.createServer({remote: false}));",
        "dist/start.js": "export function createServer(o) { const s = new McpServer({}); s.tool('a', 'A.', f); if (o.remote) s.tool('r', 'R.', f); }",
        "dist/remote.js": "import { createServer } from './start.js'; createServer({remote: true});",
        "dist/helper.js": "const s = new McpServer({}); s.tool('h', 'H.', f);",
    }
    read = reading(files)

    assert [tool.name for tool in read.tools] == ["a"]
    assert [tool.name for tool in read.optional] == ["h"]


def test_files_that_no_script_comes_to_are_optional(reading: Any) -> None:
    """A package that installs no program is what its manifest starts, by whatever script."""
    files = {
        "package.json": '{"main": "dist/index.js", "scripts": {"other": "tsx src/other.ts --quiet"}}',
        "src/index.ts": "import { add } from './add.js';\nadd(new McpServer({}));",
        "src/add.ts": "export function add(server) { server.tool('a', 'A.', f); }",
        "src/other.ts": "const s = new McpServer({}); s.tool('o', 'O.', f);",
        "src/left.ts": "const s = new McpServer({}); s.tool('l', 'L.', f);",
    }
    read = reading(files)

    assert {tool.name for tool in read.tools} == {"a", "o"}
    assert [tool.name for tool in read.optional] == ["l"]


def test_scripts_that_try_the_server_are_left_out(definitions: Any) -> None:
    """They are called like tests; one that the program imports, or that is the program, is none."""
    server = "const s = new McpServer({{}}); s.tool('{}', 'A.', f);"
    files = {
        "src/index.ts": server.format("a") + "import './tools/test-runner.js';",
        "src/tools/test-runner.ts": server.format("b") + "import './test-words.js';",
        "src/tools/test-words.ts": server.format("c"),
        "test-server.js": server.format("d"),
        "test-client.mjs": server.format("e") + "spawn('node', ['test-server.js']);",
    }

    assert set(definitions(files)) == {"a", "b", "c"}
    assert set(definitions({**files, "package.json": '{"bin": "test-server.js"}'})) == {"d"}


def test_a_tool_that_a_framework_only_tells_of_is_optional(reading: Any) -> None:
    """`disabledTool` counts where what nobody sets leads to it; the environment is checked by a schema."""
    source = """
        import { createApp, disabledTool, tool, z } from '@cyanheads/mcp-ts-core';
        import { parseEnvConfig } from '@cyanheads/mcp-ts-core/config';
        const schema = z.object({ readOnly: z.boolean().default(false), commands: z.boolean().default(false) });
        const config = parseEnvConfig(schema, { readOnly: 'READ_ONLY', commands: 'COMMANDS' });
        const write = [tool('write', { description: 'W.', handler: () => 1 })], commands = [tool('command', { description: 'C.', handler: () => 1 })];
        const tools = [
            tool('read', { description: 'R.', handler: () => 1 }),
            ...(config.readOnly ? write.map((one) => disabledTool(one, { reason: 'R' })) : write),
            ...(config.commands && !config.readOnly ? commands : commands.map((one) => disabledTool(one, { reason: 'D' }))),
        ];
        createApp({ tools });
    """
    read = reading({"index.ts": source, "package.json": '{"bin": "index.ts"}'})

    assert {tool.name for tool in read.tools} == {"read", "write"}
    assert [tool.name for tool in read.optional] == ["command"]


def test_what_a_program_only_exports_again_is_optional(reading: Any) -> None:
    """Nobody imports a program; whoever lists a folder without importing from it comes to no file by that."""
    files = {
        "package.json": MANIFEST,
        "dist/index.js": "import start from './start.js';\nexport { default as addMoreTools } from './more.js';\nexport { default as addOtherTools } from './other.js';\nconst found = readdirSync(folder);\nstart(new McpServer({}));",
        "dist/start.js": "import { addOtherTools } from './index.js';\nexport default function startServer(s) { s.tool('a', 'A.', f); addOtherTools(s); }",
        "dist/more.js": "export default function addMoreTools(s) { s.tool('m', 'M.', f); }",
        "dist/other.js": "export default function addOtherTools(s) { s.tool('o', 'O.', f); }",
        "dist/left.js": "const s = new McpServer({}); s.tool('l', 'L.', f);",
    }
    read = reading(files)

    assert {tool.name for tool in read.tools} == {"a", "o"}
    assert {tool.name for tool in read.optional} == {"m", "l"}


@pytest.mark.parametrize(
    "index", ["const m = await import(name);", "import(`./${name}.js`);", "require(path)(server);"]
)
def test_a_program_that_looks_for_files_may_come_to_any(index: str, definitions: Any) -> None:
    """Then nothing counts as left over."""
    files = {
        "package.json": MANIFEST,
        "dist/index.js": index + "server.tool('a', 'A.', f);",
        "dist/other.js": "server.tool('b', 'B.', f);",
    }

    assert set(definitions(files)) == {"a", "b"}


@pytest.mark.parametrize("rights", ["rights ? new Set(rights) : undefined", "rights ? given(rights) : null"])
@pytest.mark.parametrize(
    "use",
    [
        "const kept = all.filter(may);",
        "const kept = []; for (const one of all) { if (!may(one)) continue; kept.push(one); }",
    ],
)
def test_rights_that_nobody_knows_refuse_nothing(rights: str, use: str, reading: Any) -> None:
    """A set of what is not shown, or none, may hold anything; a filter by it leaves a doubt."""
    source = f"""
        import {{ given, rights }} from 'elsewhere';
        const known = {rights};
        function may(one) {{ if (!known) {{ return false; }} return one.needs.some((need) => known.has(need)); }}
        const all = [{{name: 'a', needs: ['x']}}, {{name: 'b', needs: ['y']}}];
        {use}
        for (const one of kept) server.registerTool(one.name, {{description: 'D.'}}, f);
    """
    read = reading({"x.js": SDK + source})

    assert {tool.name for tool in read.tools} == {"a", "b"}
    if "filter" in use:
        assert {tool.origin.confidence for tool in read.tools if tool.origin} == {0.9}
        assert any("filters by what the source does not show" in doubt for doubt in read.doubts)


@pytest.mark.parametrize(
    "tables", ["[a, b] : [a, c, d]", "[] : [b, c, d].concat(a)", "[a, b, c] : lists([a, d])"]
)
def test_of_two_lists_of_which_one_is_taken_both_are_read(tables: str, reading: Any) -> None:
    """Where nobody can say which, what is in one of them alone is less sure than what is in both."""
    tools = "const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => ({name, description: ''})); const lists = (l) => l;"
    loop = f"for (const t of unknown() ? {tables}) server.registerTool(t.name, t, f);"
    read = reading({"index.js": SDK.replace("lists", "answer") + tools + loop})

    assert {tool.name for tool in read.tools} == {"a", "b", "c", "d"}
    sure = {tool.name for tool in read.tools if tool.origin.confidence == 1}
    assert sure == ({"a"} if tables[:2] != "[]" else set())
