/**
 * Certificates for tests: an RSA pair, as an operator would bring one, unlike the elliptic-curve pair that the server makes
 * for itself. Valid for localhost and 127.0.0.1, for a day.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";

export interface TlsPair {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly certificatePem: string;
}

/** Writes a new pair as NAME.crt and NAME.key. Requires: the folder exists. */
export async function writeTlsPair(folder: string, name: string): Promise<TlsPair> {
  const pair = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "rsa",
    keySize: 2048,
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + 24 * 3600 * 1000),
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  const certificateFile = join(folder, `${name}.crt`);
  const keyFile = join(folder, `${name}.key`);
  writeFileSync(certificateFile, pair.cert);
  writeFileSync(keyFile, pair.private, { mode: 0o600 });
  return { certificateFile, keyFile, certificatePem: pair.cert };
}
