"""Servers that speak the protocol by themselves, without an SDK."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Read = Callable[[Mapping[str, str]], dict[str, Any]]

TOOLS = "const tools = [{name: 'a', description: 'A.', inputSchema: {type: 'object', properties: {}}}];\n"
LISTENING = "process.stdin.on('data', (data) => { const m = JSON.parse(data); %s });"

ANSWERS = {
    "under a condition": "async function handle(request) { const {id, method} = request; if (method === 'initialize') { return send({id, result: {capabilities: {tools: {}}}}); } if (method === 'tools/list') { return send({jsonrpc: '2.0', id, result: {tools}}); } }\nrl.on('line', (line) => handle(JSON.parse(line)));",
    "unless it is something else": "export async function list(m) { if (m.method !== 'tools/list') { return null; } return {tools}; }",
    "in one of several cases": "class S { async handle(m: any) { switch (m.method) { case 'initialize': return {id: m.id}; case 'tools/list': return this.list(m); case 'tools/call': return 1; } }\n list(m) { return {jsonrpc: '2.0', id: m.id, result: {tools}}; } }\nnew S();",
    "in a case with another name": "export function handle(m) { switch (m.method) { case 'tools/list': case 'list_tools': { const result = {tools}; return result; } } }",
    "in a choice": LISTENING % "const r = m.method === 'tools/list' ? {tools} : {}; process.stdout.write(JSON.stringify({id: m.id, result: r}));",
    "assigned": LISTENING % "let r; if (m.id && m.method == 'tools/list') { r = {tools: tools.map((t) => ({...t}))}; } process.stdout.write(JSON.stringify(r));",
    "made before": "const answer = {tools};\nexport function handle(m, reply) { if (m.method === 'tools/list') reply(m.id, answer); }",
    "over HTTP": "app.post('/mcp', (req, res) => { const {method, id} = req.body; if (method === 'tools/list') { res.json({jsonrpc: '2.0', id, result: {tools}}); } });",
    "in a table": LISTENING % "const methods = {initialize: () => ({}), 'tools/list': async () => ({tools})}; methods[m.method](m.params);",
    "in a registry": "class Rpc { m = new Map<string, any>(); on(name, f) { this.m.set(name, f); } }\nconst rpc = new Rpc(); rpc.on('tools/list', async () => ({tools}));",
    "in a table that is filled later": "const methods = {}; methods['tools/list'] = () => ({tools});",
    "for a session": "const sessions = new Map(); const make = (c) => tools; async function answer(session, m) { if (m.method === 'tools/list') { return {jsonrpc: '2.0', result: {tools: session.tools.map((t) => t)}}; } }\nexport default { async fetch(request, env) { const body = await request.json(); const id = crypto.randomUUID(); sessions.set(id, {tools: make(env)}); const more = await fetch('x'); return Response.json(await answer(sessions.get(request.headers.get('id')), body)); } };",
    "with a library": "import { JSONRPCServer } from 'json-rpc-2.0'; const server = new JSONRPCServer(); server.addMethod('tools/list', () => ({tools}));",
}  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_to_a_request_for_the_list_lists_tools(answer: str, definitions: Read) -> None:
    """Wherever the method decides what is answered; schemas and descriptions are those of the answer."""
    found = definitions({"index.ts": TOOLS + ANSWERS[answer]})

    assert {name: tool["description"] for name, tool in found.items()} == {"a": "A."}


@pytest.mark.parametrize(
    "source",
    [
        "export async function ask(client) { const got = await client.request({method: 'tools/list'}, Schema); const agent = {tools}; return agent; }",
        "const agent = {tools}; export function handle(m, log) { if (m.method === 'tools/list') { log(agent.name); } }",
        "export function handle(m) { if (m.method === 'tools/call') { return {tools}; } }",
        "export function handle(m) { if (m.method !== 'tools/list') { return {tools}; } }",
    ],
)
def test_a_list_that_answers_nothing_is_no_answer(source: str, definitions: Read) -> None:
    """A client's request, or a table that is only mentioned where somebody asks."""
    assert definitions({"index.js": TOOLS + source}) == {}


GENKIT = {
    "src/index.ts": "import { genkit } from 'genkit';\nimport { createMcpServer } from '@genkit-ai/mcp';\n"
    "import { more } from './more.js';\nconst ai = genkit({});\n"
    "ai.defineTool({name: 'one', description: 'One.', inputSchema: z.object({a: z.string()})}, async () => 1);\n"
    "more(ai);\nSERVE",
    "src/more.ts": "export function more(ai: Genkit) { return [ai.defineTool({name: 'two', description: 'Two.'}, async () => 2)]; }",
}


def test_what_is_defined_for_a_framework_is_listed_where_it_serves(definitions: Any) -> None:
    """Genkit's tools are for its own models, unless a server is made of them."""
    serve = "createMcpServer(ai, { name: 'x' }).start();"
    found = definitions({path: text.replace("SERVE", serve) for path, text in GENKIT.items()})

    assert set(found) == {"one", "two"}
    assert found["one"]["inputSchema"]["required"] == ["a"]
    assert definitions(GENKIT) == {}


def test_another_package_may_make_the_server_of_a_list(definitions: Any) -> None:
    """The function is called as such functions are; what its package is called does not matter."""
    source = """
        import { createMcpServer } from '@x/kit';
        const make = (name) => ({ name, description: 'D.', inputSchema: { a: z.string() }, handler: async () => 1 });
        createMcpServer({ name: 'x', tools: [make('one'), make('two')] });
    """
    assert set(definitions({"index.ts": source})) == {"one", "two"}
