// Runs before a Node.js server in the sandbox beside stub.py: every host is that service, encrypted or not.
"use strict";
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
require("node:module").syncBuiltinESMExports();
