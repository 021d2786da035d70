// Runs before a Node.js server in the sandbox beside stub.py: every host is that service, encrypted or not, and when the server
// ends, what it looked for last in the service's answers in vain is told, since its own words seldom name that.
"use strict";
const fs = require("node:fs");
const net = require("node:net");
const tls = require("node:tls");

const PORT = 8999;
const isOwn = (host) => !host || host === "localhost" || /^(127\.|::1$)/.test(host);

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const options = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (options && typeof options === "object" && options.port && !options.path && !isOwn(options.host)) {
    Object.assign(options, { host: "127.0.0.1", port: PORT });
  }
  return connect.apply(this, given);
};

tls.connect = (...given) => {
  const answered = given.find((one) => typeof one === "function");
  const socket = net.connect({ host: "127.0.0.1", port: PORT });
  Object.assign(socket, { encrypted: true, authorized: true, alpnProtocol: false });
  for (const name of ["getPeerCertificate", "getCipher", "getSession", "getProtocol"]) socket[name] = () => ({});
  for (const name of ["setSession", "setServername", "enableTrace"]) socket[name] = () => undefined;
  socket.once("connect", () => socket.emit("secureConnect"));
  if (answered) socket.once("secureConnect", answered);
  return socket;
};
// Stands in each answer of the service.
const MARK = '"MinAPIVersion": "1.24"';
// Is looked for in what may well be without it.
const OPTIONAL = /^(?:then|toJSON|errors?|fault)$/;
let missed = "";
const watched = (value, path) =>
  value === null || typeof value !== "object"
    ? value
    : new Proxy(value, {
        get(target, name, receiver) {
          const found = Reflect.get(target, name, receiver);
          if (typeof name !== "string" || typeof found === "function") return found;
          const here = Array.isArray(target) ? path : [...path, name];
          if (found === undefined && !(name in []) && !OPTIONAL.test(name)) missed = here.join(".");
          return watched(found, here);
        },
      });

const parse = JSON.parse;
JSON.parse = (text, ...given) => {
  const read = parse(text, ...given);
  return typeof text === "string" && text.includes(MARK) ? watched(read, []) : read;
};
process.on("exit", () => missed && fs.writeSync(2, `\nlooked for in vain in an answer: ${missed}\n`));
require("node:module").syncBuiltinESMExports();
