// Runs before a Node.js server in the sandbox: a compiled module that only an install script would have made or fetched
// becomes one that does nothing, so that what does not need it can still be listed.
"use strict";
const Module = require("node:module");

const ABSENT = /could not find module root|\.node\b|native (?:build|binding|module)|bindings file|prebuil/i;
const FINDERS = new Set(["bindings", "node-gyp-build", "node-gyp-build-optional-packages"]);

const nothing = new Proxy(function () {}, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => "" : name === "then" ? undefined : nothing),
  set: () => true,
  apply: () => nothing,
  construct: () => nothing,
});

const orNothing = (action) => {
  try {
    return action();
  } catch (fault) {
    if (!ABSENT.test(String(fault && fault.message))) throw fault;
    return nothing;
  }
};

const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = orNothing(() => load.call(this, request, ...rest));
  if (!FINDERS.has(request) || typeof loaded !== "function" || loaded === nothing) return loaded;
  if (request === "bindings" && rest[0] && rest[0].filename) {
    // It would ask the stack who calls it, and find us.
    const place = () => ({ module_root: loaded.getRoot(rest[0].filename) });
    const named = (given) => (typeof given === "string" ? { bindings: given } : given);
    return Object.assign((given) => orNothing(() => loaded({ ...place(), ...named(given) })), loaded);
  }
  return Object.assign((...given) => orNothing(() => loaded(...given)), loaded);
};
