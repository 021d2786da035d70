"""A workspace of npm packages, one of them a server, as a source tree."""

import json


def manifest(name: str = "", *needs: str) -> bytes:
    named = {"name": name} if name else {}
    return json.dumps({**named, "dependencies": dict.fromkeys(needs, "workspace:*")}).encode()


TREE = {
    "package.json": b'{"private": true, "workspaces": ["packages/*"]}',
    "packages/server/package.json": manifest("@x/server", "@x/kit", "@modelcontextprotocol/sdk"),
    "packages/server/src/index.ts": b"1",
    "packages/kit/package.json": manifest("@x/kit", "base", "elsewhere"),
    "packages/kit/src/index.ts": b"2",
    "packages/base/package.json": manifest("base", "@x/kit", "@x/server"),
    "packages/base/index.js": b"3",
    "packages/other/package.json": manifest("other"),
    "packages/server/node_modules/elsewhere/package.json": manifest("elsewhere"),
}
