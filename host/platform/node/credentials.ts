/**
 * The certificate and key of a TLS server, as PEM files. When neither file exists a self-signed pair for localhost is made
 * and kept, so that the next start has the same one; any other trouble is an error at start, never a server without TLS.
 *
 * The key is a P-256 key in PKCS#8, written first and readable by its owner only (0600); both files are created with the
 * exclusive flag, so a file that appears meanwhile is not overwritten.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseError } from "../../common/error.ts";
import type { TlsCredentials } from "../types.ts";
import { makeDirectory } from "./directory.ts";

const VALID_DAYS = 3650;
const DAY_MS = 86_400_000;

/**
 * Reads the pair, or makes it when both files are missing. Rejects with TLS_CREDENTIALS when one is missing, one cannot be
 * read or written, or the two do not belong together.
 */
export async function loadCredentials(certificatePath: string, keyPath: string): Promise<TlsCredentials> {
  const [certificatePem, keyPem] = await Promise.all([readIfPresent(certificatePath, "certificate"), readIfPresent(keyPath, "key")]);
  if (certificatePem === undefined && keyPem === undefined) return createPair(certificatePath, keyPath);
  if (certificatePem === undefined) {
    throw refused(`the key file ${keyPath} exists but the certificate file ${certificatePath} does not`);
  }
  if (keyPem === undefined) throw refused(`the certificate file ${certificatePath} exists but the key file ${keyPath} does not`);
  checkPair(certificatePem, keyPem, certificatePath, keyPath);
  return { certificatePem, keyPem };
}

async function readIfPresent(path: string, what: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw refused(`the ${what} file ${path} cannot be read: ${(cause as Error).message}`, cause);
  }
}

function checkPair(certificatePem: string, keyPem: string, certificatePath: string, keyPath: string): void {
  const certificate = parse(() => new X509Certificate(certificatePem), `${certificatePath} is not a PEM certificate`);
  const key = parse(() => createPrivateKey(keyPem), `${keyPath} is not an unencrypted PEM private key`);
  if (!certificate.checkPrivateKey(key)) throw refused(`the certificate ${certificatePath} does not belong to the key ${keyPath}`);
}

function parse<Result>(read: () => Result, problem: string): Result {
  try {
    return read();
  } catch (cause) {
    throw refused(problem, cause);
  }
}

async function createPair(certificatePath: string, keyPath: string): Promise<TlsCredentials> {
  const { generate } = await import("selfsigned");
  const pair = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
          { type: 7, ip: "::1" },
        ],
      },
    ],
  });
  try {
    for (const path of [keyPath, certificatePath]) makeDirectory(dirname(path));
    await writeFile(keyPath, pair.private, { mode: 0o600, flag: "wx" });
    await writeFile(certificatePath, pair.cert, { mode: 0o644, flag: "wx" });
  } catch (cause) {
    throw refused(`a self-signed certificate could not be written: ${(cause as Error).message}`, cause);
  }
  return { certificatePem: pair.cert, keyPem: pair.private };
}

function refused(message: string, cause?: unknown): DatabaseError {
  return new DatabaseError("TLS_CREDENTIALS", message, { cause });
}
