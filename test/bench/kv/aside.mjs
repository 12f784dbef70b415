/**
 * A client beside others, in a process of its own so that reading a long reply holds up nobody else: `node aside.mjs PORT REQUEST...`, started with a
 * channel (fork). Sends "ready" when it is connected; at the first message it sends the request, reads the reply to its end and throws it away, and
 * ends itself.
 */
import { once } from "node:events";
import { connect } from "node:net";

/** Sent behind the request and echoed behind its reply. */
const MARK = "the reply of the request before this one is complete";

const [port, ...request] = process.argv.slice(2);
const encode = (parts) => `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("")}`;

const socket = connect(Number(port), "127.0.0.1");
await once(socket, "connect");
const asked = once(process, "message");
process.send("ready");
await asked;
socket.write(encode(request) + encode(["ECHO", MARK]));
const end = Buffer.from(`${MARK}\r\n`);
let last = Buffer.alloc(0);
for await (const chunk of socket) {
  last = Buffer.concat([last, chunk.subarray(-end.length)]).subarray(-end.length);
  if (last.equals(end)) break;
}
socket.destroy();
process.disconnect();
