/**
 * The ways into a server that real clients use: plain TCP or TLS, with or without a password. One row per way; `openDoor`
 * starts a server of that kind and says what a client needs to know.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address } from "../support/raw-client.ts";
import { startTarget } from "../support/test-server.ts";
import { writeTlsPair } from "./tls-pair.ts";

/** Blanks, quotes and a character of more than one byte. */
export const PASSWORD = `pass "wörd' 1`;

export interface Door {
  readonly name: string;
  /** Which certificate the server shows; absent: plain TCP. */
  readonly tls?: "made by the server" | "given";
  readonly password?: string;
}

export const DOORS: readonly Door[] = [
  { name: "plain TCP" },
  { name: "plain TCP with a password", password: PASSWORD },
  { name: "TLS with the server's own certificate", tls: "made by the server", password: PASSWORD },
  { name: "TLS with a given certificate", tls: "given" },
];

export interface OpenDoor {
  readonly address: Address;
  readonly password: string | undefined;
  /** File of the certificate that the server shows, for clients that want a file. */
  readonly certificateFile: string | undefined;
  close(): Promise<void>;
}

/** Starts a server behind this door. */
export async function openDoor(door: Door): Promise<OpenDoor> {
  const folder = mkdtempSync(join(tmpdir(), "memflux-door-"));
  const options: Record<string, string> = {};
  if (door.password !== undefined) options.requirepass = door.password;
  if (door.tls !== undefined) options.encrypt = "yes";
  let certificateFile: string | undefined;
  if (door.tls === "given") {
    const pair = await writeTlsPair(folder, "given");
    options["cert-file"] = pair.certificateFile;
    options["key-file"] = pair.keyFile;
    certificateFile = pair.certificateFile;
  }
  const server = await startTarget({ options });
  if (door.tls === "made by the server") certificateFile = join(server.directory, "memflux.crt");
  const { host, port } = server;
  const address = certificateFile === undefined ? { host, port } : { host, port, tlsCertificatePem: readFileSync(certificateFile, "utf8") };
  return {
    address,
    password: door.password,
    certificateFile,
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
