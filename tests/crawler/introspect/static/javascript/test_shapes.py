"""More ways in which servers put their tools together: files, folders, registries, decorators, generators, workspaces."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Read = Callable[[Mapping[str, str]], dict[str, Any]]

SERVER = "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nconst f = async () => ({content: []});\nconst server = new McpServer({name: 'x', version: '1'});\n"
LIST = "server.setRequestHandler(ListToolsRequestSchema, async () => ({tools: registry}));"

SHAPES: dict[str, tuple[dict[str, str], set[str]]] = {
    "a loop over the keys of an array": ({"i.ts": SERVER + "const all = [{name: 'a', description: ''}]; for (const k in all) server.addTool(all[k]);"}, {"a"}),
    "an object before the callback": ({"i.ts": SERVER + "server.tool({name: 'a', description: 'A.', schema: {}}, f);"}, {"a"}),
    "files of a framework that looks for them": (
        {"src/tools/a.ts": "import type { ToolMetadata } from 'xmcp';\nexport const schema = {q: z.string()};\nexport const metadata: ToolMetadata = {name: 'a', description: 'A.'};\nexport default function a({q}) { return q; }"},
        {"a"},
    ),
    "a module imported for what it does": (
        {"i.ts": SERVER + "import './tools/a.js';\nimport { registry } from './registry.js';\n" + LIST,
         "registry.ts": "export const registry = [];\nexport const register = (tool) => registry.push(tool);",
         "tools/a.ts": "import { register } from '../registry.js';\nregister({name: 'a'});"},
        {"a"},
    ),
    "decorators of the package itself": (
        {"i.ts": SERVER + "const registry = [];\nconst offered = (o) => (target, key) => { registry.push({...o, name: o.name ?? key}); };\nclass T { @offered({name: 'a'}) one() {} @offered({description: 'B.'}) b() {} }\n" + LIST},
        {"a", "b"},
    ),
    "decorators as a compiler writes them": (
        {"i.js": SERVER + "const registry = [];\nconst offered = (o) => (target, key) => { registry.push({name: key, ...o}); };\nclass T { a() {} }\n__decorate([offered({description: 'A.'}), __metadata('design:type', Function)], T.prototype, 'a', null);\n" + LIST},
        {"a"},
    ),
    "generators": ({"i.ts": SERVER + "function* more() { yield {name: 'b'}; }\nfunction* all() { yield {name: 'a'}; yield* more(); }\nfor (const t of all()) server.registerTool(t.name, {description: ''}, f);"}, {"a", "b"}),
    "a queue": ({"i.ts": SERVER + "const queue = ['a', 'b']; while (queue.length) { server.tool(queue.shift(), '', f); }"}, {"a", "b"}),
    "names made by a regular expression": (
        {"i.ts": SERVER + "const snake = (s) => s.replace(/[A-Z]/g, (m) => '_' + m.toLowerCase());\nconst kebab = (s) => s.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();\nserver.tool(snake('getUser'), '', f); server.tool(kebab('getUser'), '', f);"},
        {"get_user", "get-user"},
    ),
    "names that fit a regular expression": ({"i.ts": SERVER + "for (const n of ['get_a', 'set_a']) if (/^get_/.test(n)) server.tool(n, '', f);"}, {"get_a"}),
    "pairs of which the first is not named": ({"i.ts": SERVER + "const all = {a: {hidden: false}, b: {hidden: true}};\nObject.entries(all).filter(([, t]) => !t.hidden).forEach(([name]) => server.tool(name, '', f));"}, {"a"}),
    "a function applied to a list": ({"i.ts": SERVER + "const registry = []; registry.push.apply(registry, [{name: 'a'}]);\n" + LIST}, {"a"}),
    "a function of a prototype": ({"i.ts": SERVER + "const registry = []; Array.prototype.push.apply(registry, [{name: 'a'}]); Array.prototype.push.call(registry, {name: 'b'}); [].push.apply(registry, [{name: 'c'}]);\n" + LIST}, {"a", "b", "c"}),
    "a class that names itself": ({"i.js": SERVER + "var R = class _R { static one; list = []; static get() { return this.one ??= new _R(); } };\nR.get().list.push({name: 'a'});\nserver.setRequestHandler(ListToolsRequestSchema, () => ({tools: R.get().list}));"}, {"a"}),
    "a folder that is listed": (
        {"dist/i.js": SERVER + "import fs from 'fs'; import path from 'path';\nfor (const name of fs.readdirSync(path.join(__dirname, 'tools'))) { const m = await import(path.join(__dirname, 'tools', name)); server.registerTool(m.default.name, m.default, f); }",
         "dist/tools/a.js": "export default {name: 'a', description: 'A.'};",
         "dist/tools/b.js": "export default {name: 'b', description: 'B.'};"},
        {"a", "b"},
    ),
    "an iterator that is asked for what comes next": (
        {"i.ts": SERVER + "const all = new Map(); const add = (kind, name, g) => { if (!all.has(kind)) all.set(kind, new Map()); all.get(kind)!.set(name, g); };\nadd('list', 'all', async () => ({tools: [{name: 'a'}]}));\nserver.setRequestHandler(ListToolsRequestSchema, (request) => all.get('list')!.values().next().value(request));"},
        {"a"},
    ),
    "an iterator that is gone through": ({"i.ts": SERVER + "const it = new Set(['a', 'b']).values(); let one; while (!(one = it.next()).done) server.tool(one.value, '', f);"}, {"a", "b"}),
    "folders in a folder, by their entries": (
        {"package.json": '{"name": "x", "bin": "build/i.js"}',
         "src/i.ts": SERVER + "import fs from 'fs'; import path from 'path'; import { fileURLToPath } from 'url';\nconst __dirname = path.dirname(fileURLToPath(import.meta.url));\nconst base = path.join(__dirname, 'tools');\n"
         "for (const kind of fs.readdirSync(base, {withFileTypes: true}).filter((e) => e.isDirectory()).map((e) => e.name)) {\n  for (const one of fs.readdirSync(path.join(base, kind))) {\n    const at = path.join(base, kind, one, 'index.js'); if (!fs.existsSync(at)) continue;\n"
         "    const m = await import(`./${path.relative(__dirname, at).replace(/\\\\/g, '/')}`); Object.values(m).find((v: any) => typeof v === 'function' && v.name.startsWith('register'))?.(server);\n  }\n}",
         "src/tools/README.md": "#",
         "src/tools/text/upper/index.ts": "export function registerUpper(server) { server.registerTool('upper', {description: 'U.'}, async () => 1); }",
         "src/tools/text/empty/data.ts": "export const x = 1;",
         "src/tools/math/add/index.ts": "export const helper = () => 1;\nexport function registerAdd(server) { server.registerTool('add', {description: 'A.'}, async () => 1); }"},
        {"upper", "add"},
    ),
    "a folder of sources that is listed as it is compiled": (
        {"src/i.ts": SERVER + "import { readdir } from 'node:fs/promises'; import { join, extname, basename } from 'node:path';\nfor (const file of await readdir(join(import.meta.dirname, './tools'))) { if (extname(file) !== '.js') continue; const m = await import(join(import.meta.dirname, 'tools', file)); server.tool(basename(file, '.js'), m.words, f); }",
         "src/tools/a.ts": "export const words = 'A.';"},
        {"a"},
    ),
    "a folder that is listed where the program is started, and as it is built": (
        {"package.json": '{"name": "x", "bin": "build/i.js"}',
         "src/i.ts": SERVER + "import { readdir } from 'fs/promises'; import { resolve, join } from 'path'; import { pathToFileURL } from 'url';\nconst base = resolve(process.cwd(), 'build', 'tools');\nfor (const file of await readdir(base)) { const m = await import(pathToFileURL(join(base, file)).href); server.registerTool(m.default.name, m.default, f); }",
         "src/tools/a.ts": "export default {name: 'a', description: 'A.'};"},
        {"a"},
    ),
    "a list that many functions hand on": (
        {"i.ts": SERVER + "".join(f"const h{n} = async () => await h{n + 1}();\n" for n in range(13)) + "const h13 = async () => ['a'];\nfor (const name of await h0()) server.tool(name, '', f);"},
        {"a"},
    ),
    "files that a library finds by a pattern": (
        {"src/i.ts": SERVER + "import { globSync } from 'glob'; import fg from 'fast-glob'; import path from 'path'; import { pathToFileURL } from 'url';\nfor (const at of globSync(path.join(__dirname, 'tools/**/*.js'))) { const m = await import(pathToFileURL(at).href); server.registerTool(m.tool.name, m.tool, f); }\n"
         "for (const at of await fg(['*.js', '*.{'], {cwd: path.join(__dirname, 'more'), absolute: true})) { const { default: t } = await import(at); server.registerTool(t.name, t, f); }",
         "src/tools/x/a.ts": "export const tool = {name: 'a', description: 'A.'};",
         "src/more/b.ts": "export default {name: 'b', description: 'B.'};"},
        {"a", "b"},
    ),
    "a tool that is taken back": ({"i.ts": SERVER + "const first = server.tool('a', '', f), second = server.tool('b', '', f); second.remove();"}, {"a"}),
    "tables in a folder that has a default": (
        {"s.js": SERVER + "const fs = require('fs/promises'); const path = require('path');\nasync function load(source) { let remote = false; try { new URL(source); remote = true; } catch { remote = false; }\n  if (remote) { await fetch(source); } else { const at = path.resolve(source); if ((await fs.stat(at)).isDirectory()) { for (const file of (await fs.readdir(at)).filter((n) => path.extname(n) === '.json')) { JSON.parse(await fs.readFile(path.join(at, file), 'utf8')).forEach((t) => server.tool(t.name, t.description, f)); } } } }\nload(process.env.TABLES || path.join(__dirname, 'tables'));",
         "tables/a.json": '[{"name": "a", "description": "A."}]',
         "tables/b.yaml": "- name: b"},
        {"a"},
    ),
    "a program that starts what was built": (
        {"package.json": '{"name": "x", "bin": "./bin/x.js"}',
         "bin/x.js": "#!/usr/bin/env node\nimport '../dist/main.js';",
         "src/main.ts": SERVER + "server.tool('a', 'A.', f);",
         "src/http.ts": SERVER + "server.tool('b', 'B.', f);"},
        {"a"},
    ),
    "a server of its own with the SDK's names": ({"i.ts": SERVER + "class Own { tools = new Map(); constructor() { this.registerTool({name: 'a', description: 'A.'}, f); } registerTool(tool, run) { this.tools.set(tool.name, {tool, run}); } registerPrompt(p) {} list() { return [...this.tools.values()].map((t) => t.tool); } }\nconst registry = new Own().list();\n" + LIST}, {"a"}),
    "nothing that a filter leaves": ({"i.ts": SERVER + "const all = [{name: 'a', writes: false}]; const read = all.filter((t) => t.writes === false), write = all.filter((t) => t.writes === true || t.writes === undefined);\nif (read.length > 0) server.tool('reader', '', f); if (write.length > 0) server.tool('writer', '', f);"}, {"reader"}),
    "a method of the SDK's class that is widened": (
        {"i.ts": SERVER + "class Own extends McpServer { registerTool(name, words, run) { log(name); return super.registerTool(name, words, run); } add(...all: any[]) { return (McpServer.prototype as any).registerTool.call(this, ...all); } short(name) { return super.tool(name, '', f); } }\nconst own = new Own({name: 'x'}); own.registerTool('a', {description: 'A.'}, f); own.add('b', {description: 'B.'}, f); own.short('c');"},
        {"a", "b", "c"},
    ),
    "a handler that is set from inside": ({"i.ts": "import { Server } from '@modelcontextprotocol/sdk/server/index.js';\nclass Own extends Server { constructor() { super({name: 'x'}, {}); super.setRequestHandler(ListToolsRequestSchema, async () => ({tools: [{name: 'a'}]})); } }\nnew Own();"}, {"a"}),
    "a method that is lent": ({"i.ts": SERVER + "const before = server.registerTool; server.registerTool = function (name, words, run) { return before.apply(this, [name, words, run]); } as any;\nserver.registerTool('a', {description: 'A.'}, f);"}, {"a"}),
    "decorators of classes": ({"i.ts": SERVER + "const registry = []; const Offered = (words) => (kind) => { registry.push({...words, kind}); return kind; };\n@Offered({name: 'a'}) class A {}\n@Offered({name: 'b'}) export class B {}\n" + LIST}, {"a", "b"}),
    "what decorators note of a class": (
        {"i.ts": SERVER + "import 'reflect-metadata';\nconst Offered = (name) => (target, key) => { const all = Reflect.getMetadata('offered', target) || []; all.push({name}); Reflect.defineMetadata('offered', all, target); };\nclass Tools { @Offered('a') one() {} @Offered('b') two() {} }\nfor (const t of Reflect.getMetadata('offered', Tools.prototype)) server.registerTool(t.name, {description: ''}, f);"},
        {"a", "b"},
    ),
    "a default that a compiler asks for": (
        {"i.js": SERVER + "const t_1 = __importDefault(require('./t')), n_1 = __importDefault(require('./n'));\nfor (const t of t_1.default) server.registerTool(t.name, t, f);\nserver.tool(n_1.default.name, '', f);",
         "t.js": "Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = [{name: 'a', description: ''}];",
         "n.js": "module.exports = {name: 'b'};"},
        {"a", "b"},
    ),
    "private members as a compiler writes them": (
        {"i.js": SERVER + "var _T_all, _T_instances, _T_more, _T_start;\nclass T { constructor() { _T_instances.add(this); _T_all.set(this, void 0); __classPrivateFieldSet(this, _T_all, [{name: 'a'}], 'f'); __classPrivateFieldGet(this, _T_instances, 'm', _T_start).call(this); } }\n"
         "_T_all = new WeakMap(), _T_instances = new WeakSet(), _T_start = function _T_start() { for (const t of [...__classPrivateFieldGet(this, _T_all, 'f'), ...__classPrivateFieldGet(this, _T_instances, 'a', _T_more)]) server.tool(t.name, '', f); }, _T_more = function () { return [{name: 'b'}]; };\nnew T();"},
        {"a", "b"},
    ),
    "what is kept beside an object": ({"i.ts": SERVER + "const kept = new WeakMap(), key = {}; kept.set(key, [{name: 'a'}]);\nserver.setRequestHandler(ListToolsRequestSchema, async () => ({tools: kept.get(key)}));"}, {"a"}),
    "copies, counts and enumerations": (
        {"i.ts": SERVER + "JSON.parse(JSON.stringify([{name: 'a'}])).forEach((t) => server.tool(t.name, '', f)); structuredClone([{name: 'b'}]).map((t) => server.tool(t.name, '', f));\nArray.from({length: 2}, (_, n) => server.tool(`n${n}`, '', f)); server.tool(z.enum(['c', 'd']).enum.c, '', f);"},
        {"a", "b", "n0", "n1", "c"},
    ),
    "the folder of the file itself": (
        {"i.js": SERVER + "require('./tools').all().forEach((t) => server.registerTool(t.name, t, f));",
         "tools/index.js": "const fs = require('fs'), path = require('path');\nconst all = fs.readdirSync(__dirname).filter((n) => n !== 'index.js').map((n) => require(path.join(__dirname, n)));\nmodule.exports = {all: () => all.map((t) => t.definition)};",
         "tools/a.js": "module.exports = {definition: {name: 'a', description: 'A.'}};"},
        {"a"},
    ),
    "a folder that a bundler takes in": (
        {"src/i.ts": SERVER + "import { load } from './load';\nconst context = import.meta.webpackContext('./tools', {regExp: /\\.ts$/});\nconst registry = (await load(context)).flatMap((r) => r.status === 'fulfilled' ? r.value : []);\n" + LIST,
         "src/load.ts": "export const load = (context) => Promise.allSettled(context.keys().map((key) => Promise.resolve((context(key) as any).default)));",
         "src/tools/a.ts": "export default {name: 'a'};",
         "src/tools/b.ts": "export default [{name: 'b'}, {name: 'c'}];",
         "src/tools/d.js": "export default {name: 'd'};"},
        {"a", "b", "c"},
    ),
    "a folder that webpack takes in": (
        {"src/i.js": SERVER + "const all = require.context('./tools', false); all.keys().forEach((key) => { const t = all(key).default; server.tool(t.name, '', f); });",
         "src/tools/a.js": "export default {name: 'a'};",
         "src/tools/more/b.js": "export default {name: 'b'};"},
        {"a"},
    ),
    "files that a bundler takes in by a pattern": (
        {"src/i.ts": SERVER + "const now = import.meta.glob(['./tools/**/*.{ts,js}'], {eager: true, import: 'tool'});\nfor (const [path, t] of Object.entries(now)) server.tool(t.name, '', f);\nconst later = import.meta.glob('/src/later/*.ts'); for (const path in later) { const m = await later[path](); m.default(server); }",
         "src/tools/x/y/a.ts": "export const tool = {name: 'a'};",
         "src/tools/b.js": "export const tool = {name: 'b'};",
         "src/later/c.ts": "export default (server) => server.tool('c', '', async () => 1);"},
        {"a", "b", "c"},
    ),
    "a framework's server that is made with its tools": (
        {"package.json": '{"name": "x", "bin": "i.ts"}',
         "i.ts": "import { MCPServer } from '@mastra/mcp';\nimport { createTool } from '@mastra/core/tools';\nconst one = createTool({id: 'one', description: 'A.', inputSchema: z.object({}), execute: async () => 1});\nnew MCPServer({name: 'x', tools: {a: one}}); new MCPServer({name: 'y', tools: [{name: 'b', execute: async () => 1}]});"},
        {"a", "b"},
    ),
    "a handler among the words": ({"i.ts": SERVER + "server.tool('a', {description: 'A.', handler: () => 1}); server.tool({name: 'b', description: 'B.', fn: async () => 1});"}, {"a", "b"}),
    "paths of tsconfig.json": (
        {"tsconfig.json": '{\n  // where things are\n  "compilerOptions": {"baseUrl": ".", "paths": {"@app/*": ["src/*"],}},\n}',
         "src/i.ts": SERVER + "import { tools } from '@app/tools';\ntools.forEach((t) => server.registerTool(t.name, t, f));",
         "src/tools.ts": "export const tools = [{name: 'a', description: ''}];"},
        {"a"},
    ),
    "imports of package.json": (
        {"package.json": '{"name": "x", "imports": {"#lib/*": "./dist/lib/*.js"}}',
         "dist/i.js": SERVER + "import { tools } from '#lib/tools';\ntools.forEach((t) => server.registerTool(t.name, t, f));",
         "dist/lib/tools.js": "export const tools = [{name: 'a', description: ''}];"},
        {"a"},
    ),
    "a compiled call behind await": (
        {"i.js": SERVER + "const tools_1 = require('./tools');\n(async () => { await (0, tools_1.register)(server, await (tools_1.names)); })();",
         "tools.js": "exports.register = register; exports.names = ['a'];\nasync function register(server, names) { for (const n of names) server.tool(n, '', {}, f); }"},
        {"a"},
    ),
    "a long table that is filtered": (
        {"i.ts": SERVER + "const all = [" + "".join(f"{{name: 't{n}', description: 'T.'}}, " for n in range(700)) + "];\nconst wanted = ['t1', 't699'];\n"
         "const chosen = all.filter((tool) => { /* " + "the name has to be one of those that are wanted " * 5 + " */ return wanted.includes(tool.name); });\nchosen.forEach((t) => server.registerTool(t.name, t, f));"},
        {"t1", "t699"},
    ),
    "functions that call each other far down": (
        {"i.ts": SERVER + "import { f1 } from './deep.js';\nf1({only: ['a']}).forEach((t) => server.registerTool(t.name, t, f));",
         "deep.ts": "const all = [{name: 'a', description: ''}, {name: 'b', description: ''}];\n" + "".join(f"export const f{n} = (o) => f{n + 1}(o);\n" for n in range(1, 7)) + "const f7 = (o) => all.filter((t) => o.only.includes(t.name));"},
        {"a"},
    ),
    "something that is set where nobody looks": (
        {"i.ts": SERVER + "let manager = null; class Manager { constructor() { manager = this; this.ids = []; for (const one of unknown()) this.ids.push(one.id); } }\n"
         "function ids() { if (!manager) throw new Error('not started'); return manager.ids; }\n"
         "function named(base, id) { return ids().length === 1 ? base : `${base}_${id}`; }\n"
         "function register(server, id) { const name = named('a', id); server.registerTool(name, {description: ''}, f); }\nfor (const id of unknown()) register(server, id);"},
        {"a"},
    ),
    "a folder of tables in YAML": (
        {"dist/i.js": SERVER + "import fs from 'node:fs'; import path from 'node:path'; import { parse as read } from 'yaml'; import { root } from './root.js'; import { entry } from './entry.js';\n"
         "for (const name of fs.readdirSync(path.join(root(), 'tables')).filter((n) => n.endsWith('.yaml'))) { const checked = entry.safeParse(read(fs.readFileSync(path.join(root(), 'tables', name), 'utf8'))); if (!checked.success) throw new Error(name); const t = checked.data; if (t.shown && t.more?.hidden !== true) server.registerTool(t.names.mcp, t, f); }",
         "dist/root.js": "export const root = () => { let here = __dirname; while (!exists(here)) here = up(here); return here; };",
         "dist/entry.js": "import { z } from 'zod'; export const entry = z.object({names: z.object({mcp: z.string()}), description: z.string(), shown: z.boolean().default(true), more: z.object({hidden: z.boolean().default(false)}).optional()});",
         "tables/a.yaml": "names:\n  mcp: a\ndescription: A.\nmore: {}\n",
         "tables/b.yaml": "names: {mcp: b}\ndescription: B.\nshown: false\n",
         "tables/c.yaml": "names: {mcp: c}\ndescription: C.\nmore: {hidden: true}\n",
         "tables/d.yaml": "- &x [*x]\n"},
        {"a"},
    ),
    "libraries that a file of the package exports again": (
        {"i.ts": "import { Server, f } from './sdk.js';\nimport { words, schema, options } from './libs/index.js';\nconst args = words(process.argv).options({short: {type: 'boolean'}}).parseSync();\nconst server = new Server({});\n"
         "for (const name of args.short ? ['x'] : ['a', options.Command ? 'b' : 'y']) server.registerTool(name, {inputSchema: {q: schema.string()}}, f);",
         "sdk.ts": "export { McpServer as Server } from '@modelcontextprotocol/sdk/server/mcp.js';\nexport const f = () => 1;",
         "libs/index.ts": "export { default as words } from 'yargs';\nexport { z as schema } from 'zod';\nexport * as options from 'commander';\nexport type * from 'sade';"},
        {"a", "b"},
    ),
    "all of a library exported again": (
        {"i.ts": SERVER + "import { parseArgs, more } from './libs.js';\nconst { values } = parseArgs({options: {b: {type: 'boolean'}}});\nmore.forEach((n) => server.tool(n, '', f)); if (values.b) server.tool('b', '', f);",
         "libs.ts": "export * from './first.js';\nexport * from './more.js';", "first.ts": "export * from 'node:util';", "more.ts": "export const more = ['a'];"},
        {"a"},
    ),
    "calls through casts": (
        {"i.ts": SERVER + "(server.registerTool as (name: string, words: object, call: unknown) => void)('a', {description: ''}, f);\n(server.tool satisfies object)('b', '', f); (<any>server.tool)('c', '', f); server!.tool!('d', '', f); (server.tool as unknown as any)?.('e', '', f); (server as any).tool('g', '', f);"},
        {"a", "b", "c", "d", "e", "g"},
    ),
    "a start file that only calls a function with a short name": (
        {"i.ts": "import { make } from './server.js';\nmake('a');",
         "server.ts": SERVER + "export function make(name) { server.tool(name, '', f); }",
         "other.ts": "import { make } from 'elsewhere';\nmake('b');"},
        {"a"},
    ),
    "a start file far from what registers": (
        {"packages/all/start.ts": "#!/usr/bin/env node\nimport { main } from '../cli/main.js';\nmain({names: ['a', 'b']});",
         "packages/cli/main.ts": "import { start } from './start.js';\nexport const main = (o) => start(o);",
         "packages/cli/start.ts": "import { create } from './server.js';\nclass Help { handle(o) { if (!unknown(o).help) { return false; } say(o); return true; } }\nexport function start(o) { if (new Help().handle(o)) { return; } if (unknown().transport === 'stdio') { create(o).connect(); return; } create(o).listen(); }",
         "packages/cli/server.ts": "import { Tool } from './tool.js';\nexport class S { constructor(o) { this.all = o.names; } connect() { for (const name of this.all) new Tool(name).register(this); } listen() {} }\nexport const create = (o) => new S(o);",
         "packages/cli/tool.ts": SERVER + "export class Tool { constructor(name) { this.name = name; } register(s) { s.mcp.registerTool(this.name, {description: ''}, f); } }"},
        {"a", "b"},
    ),
    "a function of the package that refuses some": (
        {"i.ts": SERVER + "function registerTool(t) { if (t.hidden) return; server.registerTool(t.name, t, f); }\nclass R { addTool(t) { if (!t.hidden) server.addTool(t); } }\nconst r = new R();\n"
         "for (const t of [{name: 'a', description: ''}, {name: 'b', description: '', hidden: true}]) registerTool(t);\nr.addTool({name: 'c', description: ''}); r.addTool({name: 'd', description: '', hidden: true});"},
        {"a", "c"},
    ),
    "values of a container's token": (
        {"i.ts": SERVER + "import { container, inject, injectable, injectAll } from 'tsyringe';\nimport { Parts, Word, fill } from './parts.js';\nconst Others = Symbol('o');\ncontainer.register(Others, {useValue: {name: 'x'}});\ncontainer.register(Word, {useValue: 'c'}); fill(container);\n"
         "@injectable() class Desk { constructor(@injectAll(Parts, {isOptional: true}) private parts: any[], @inject(Word) private word: string) {}\n all(s) { for (const p of this.parts) s.registerTool(p.name, {description: ''}, f); s.registerTool(this.word, {description: ''}, f); } }\ncontainer.resolve(Desk).all(server);",
         "parts.ts": "export const Parts = Symbol('p'), Word = 'w';\nconst all = [{name: 'a'}, {name: 'b'}];\nexport const fill = (box) => { for (const one of all) box.register(Parts, {useValue: one}); };"},
        {"a", "b", "c"},
    ),
    "packages of one workspace": (
        {"packages/core/package.json": '{"name": "@x/core", "main": "dist/index.js"}',
         "packages/core/src/index.ts": "export const tools = [{name: 'a', description: ''}];",
         "packages/server/package.json": '{"name": "@x/server"}',
         "packages/server/src/i.ts": SERVER + "import { tools } from '@x/core';\ntools.forEach((t) => server.registerTool(t.name, t, f));"},
        {"a"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_tools_are_found_however_they_are_put_together(shape: str, definitions: Read) -> None:
    """Each shape is one that published servers have."""
    files, names = SHAPES[shape]

    assert set(definitions(files)) == names


def test_schemas_of_a_bundle_are_known_by_what_the_library_calls_its_functions(definitions: Read) -> None:
    """Also where start-up functions make both the library and the schema, and a number tells namesakes apart."""
    library = "".join(f"function f{number}(a) {{ return a + {number}; }}\n" for number in range(9_000))
    code = (
        "var ZodObject, objectType2, stringType;\nvar init_zod = __esm(() => { ZodObject = class { static create = (s) => new ZodObject(s); }; objectType2 = ZodObject.create; });\n"
        "var Q$schema;\nvar init_q = __esm(() => { init_zod(); Q$schema = objectType2({q: stringType()}); });\n"
        "var tool_a;\nvar init_a = __esm(() => { init_q(); tool_a = {name: 'a', description: 'A.', args: {request: Q$schema}}; });\n"
        "function registerAll(server) { init_a(); server.tool(tool_a.name, tool_a.description, tool_a.args, async () => 1); }\nregisterAll(new McpServer({}));\n"
    )
    found = definitions({"dist/index.js": library + code})

    assert found["a"]["inputSchema"]["properties"]["request"]["required"] == ["q"]


def test_a_minified_bundle_of_the_sdk_is_read_without_its_names(definitions: Read) -> None:
    """The schema of a request is known by the method in it, and an exported namespace by what fills it."""
    library = "".join(f"function f{number}(a){{return a+{number}}}" for number in range(9_000))
    code = (
        'var Q=S(Z,"ZodLiteral");var Ui=Vr.extend({method:Q("tools/list")}),Uj=Vr.extend({method:Q("tools/call")});'
        "var t={};X(t,{object:()=>no,string:()=>ns});var X=(e,r)=>{for(var n in r)D(e,n,{get:r[n],enumerable:!0})},D=Object.defineProperty;"
        "var P=class{setRequestHandler(e,r){this.h.set(e,r)}setNotificationHandler(e,r){}},W=class extends P{constructor(e){super(),this.setRequestHandler(Uk,1)}};"
        "var A=class e{static one;m=new Map;static get(){return this.one??=new e}add(r){return this.m.set(r.name,r),this}all(){return[...this.m.values()].map(r=>r)}},"
        'B={name:"a",description:"A.",inputSchema:t.object({q:t.string()})},'
        'C=class{s=new W({name:"x"});constructor(){A.get().add(B),this.h()}h(){this.s.setRequestHandler(Ui,async()=>({tools:A.get().all()})),this.s.setRequestHandler(Uj,async r=>r)}};new C;'
    )
    found = definitions({"dist/index.js": library + code})

    assert {name: tool["description"] for name, tool in found.items()} == {"a": "A."}
    assert found["a"]["inputSchema"]["required"] == ["q"]


def test_no_description_tells_where_the_package_lies(definitions: Read) -> None:
    """A path that only a run would show is as unknown as any other value."""
    source = "import path from 'path'; const here = path.join(__dirname, 'data');\nserver.tool('a', `Reads ${here}.`, {at: z.string().default(here)}, f); server.tool('b', 'Reads data.', f);"
    found = definitions({"i.ts": SERVER + source})

    assert "description" not in found["a"]
    assert "default" not in found["a"]["inputSchema"]["properties"]["at"]
    assert found["b"]["description"] == "Reads data."


def test_modules_that_export_all_of_each_other_are_each_asked_once(definitions: Read) -> None:
    """There are more ways through forty of them than anybody could go."""
    names = [f"m{number}" for number in range(40)]
    stars = "".join(f'export * from "./{name}.js";\n' for name in names)
    files = {f"{name}.js": stars for name in names} | {"last.js": "export const title = 'a';"}
    files["m39.js"] += 'export * from "./last.js";'
    source = 'import {title, none} from "./m0.js"; none(); server.tool(title, "A.", {}, f);'

    assert list(definitions({**files, "i.ts": SERVER + source})) == ["a"]


OWN = """
const TOOLS = [{name: 'a', description: 'A.', inputSchema: {type: 'object'}}];
const success = (id, result) => ({jsonrpc: '2.0', id, result});
function parsed(body) {
  const invalid = () => ({error: {code: -32600}});
  if (typeof body !== 'object') return invalid();
  const {method, id, jsonrpc} = body;
  if (jsonrpc !== '2.0' || typeof method !== 'string') return invalid();
  return {request: {method, id}};
}
function header(all, wanted) {
  for (const [key, value] of Object.entries(all)) { if (key === wanted) return value; }
  return undefined;
}
export class Server {
  tools = TOOLS;
  handle(text, headers) {
    const {request, error} = parsed(JSON.parse(text));
    if (error !== undefined) return this.respond(400, error);
    switch (request.method) { case 'tools/list': return this.listed(request.id, headers); default: return null; }
  }
  async authenticate(headers) {
    const given = header(headers, 'authorization');
    if (given === undefined) return {kind: 'error', status: 401, response: 1};
    try { return {kind: 'ok', who: await this.auth(given), how: 1}; } catch { return {kind: 'error', status: 401, response: 2}; }
  }
  async listed(id, headers) {
    const auth = await this.authenticate(headers);
    if (auth.kind === 'error') return this.respond(auth.status, auth.response);
    return this.respond(200, success(id, {tools: this.tools.map((t) => ({name: t.name, description: t.description, inputSchema: t.inputSchema}))}));
  }
  respond(status, response) { return {status, body: JSON.stringify(response)}; }
}
"""


def test_of_what_a_function_may_return_the_last_is_not_a_complaint(definitions: Read) -> None:
    """Objects of one size of which those before say what was wrong, and nothing where something was looked for."""
    assert list(definitions({"i.ts": OWN})) == ["a"]


LATE = """
const defined = (loader) => [{name: 'a', description: `Has ${loader.states()}.`, inputSchema: {type: 'object'}}];
class Loader { async load() { await fetch('x'); } states() { return this.found; } }
export class Program {
  tools = [];
  constructor() { this.loader = new Loader(); this.server = new Server({name: 'x'}); this.setup(); }
  async configure() {
    try { await this.loader.load(); this.tools = defined(this.loader); } catch (error) { this.tools = defined(this.loader); }
  }
  setup() { this.server.setRequestHandler(ListToolsRequestSchema, async () => ({tools: this.tools})); }
  async run() { await this.configure(); await this.server.connect(new StdioServerTransport()); }
}
"""


@pytest.mark.parametrize(
    "manifest",
    ['{"main": "dist/start.js"}', '{"scripts": {"start": "node --no-warnings dist/start.js"}}', '{"bin": "./dist/start.js"}'],
)  # fmt: skip
def test_what_a_program_fills_in_after_it_is_made(definitions: Read, manifest: str) -> None:
    """The file that the manifest starts calls what an exception does not undo."""
    files = {
        "package.json": manifest,
        "src/program.ts": LATE,
        "src/start.ts": "import { Program } from './program.js';\nconst one = new Program();\none.run().catch(() => process.exit(1));",
    }
    assert list(definitions(files)) == ["a"]


def test_parameters_that_are_described_one_by_one(definitions: Read) -> None:
    """As the first version of mcp-use takes them, with its name for the function."""
    source = """
        import { createMCPServer } from 'mcp-use/server';
        const server = createMCPServer('x', {version: '1'});
        server.tool({name: 'a', description: 'A.', inputs: [
            {name: 'q', type: 'string', required: true, description: 'What.'}, {name: 'n', type: 'number', required: false}],
          cb: async (params) => ({content: []})});
        """
    assert definitions({"i.ts": source})["a"] == {
        "name": "a",
        "description": "A.",
        "inputSchema": {
            "type": "object",
            "properties": {"q": {"type": "string", "description": "What."}, "n": {"type": "number"}},
            "required": ["q"],
        },
    }
