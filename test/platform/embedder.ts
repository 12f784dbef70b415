/**
 * A program that embeds the server: it starts two, uses them, stops them, and ends by itself because nothing of them is
 * left open. library-serve.test.ts runs it and compares what it prints.
 */
import { OptionStore } from "../../host/common/options.ts";
import { serve } from "../../host/entry/node.ts";
import { openClient } from "../support/raw-client.ts";

const options = (): OptionStore =>
  new OptionStore(
    new Map<string, number | boolean>([
      ["port", 0],
      ["persistence", false],
    ]),
  );
const first = await serve(options());
const second = await serve(options(), { announce: (line) => process.stdout.write(`second: ${line.replace(/\d+$/, "PORT")}\n`) });
for (const [name, { host, port }] of Object.entries({ first, second })) {
  const client = await openClient({ host, port });
  await client.call("SET", "name", name);
  const reply = await client.call("GET", "name");
  process.stdout.write(`${name} holds ${reply.kind === "bulk" ? reply.text : reply.kind}\n`);
  // Stays open: stopping must end it.
}
await Promise.all([first.stop(), second.stop()]);
await Promise.all([first.ended, second.ended]);
process.stdout.write("both have ended\n");
