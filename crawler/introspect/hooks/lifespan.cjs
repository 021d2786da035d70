// Runs before a Node.js server in the sandbox: where it would end itself, for want of a login, a service or a setting,
// it goes on and may list its tools all the same. Compiled modules that are not there do nothing, as in native.cjs.
"use strict";
require("./native.cjs");

const exit = process.exit;
process.exit = (code) => {
  if (!Number(code ?? process.exitCode)) exit.call(process, code);
};
process.abort = () => undefined;
process.on("uncaughtException", (fault) => console.error(fault));
process.on("unhandledRejection", (fault) => console.error(fault));
require("node:module").syncBuiltinESMExports();
