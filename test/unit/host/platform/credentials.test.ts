/**
 * Goal: a TLS server starts with the pair it was given, makes one when there is none, and otherwise says what is wrong.
 * Method: files in a temporary folder.
 */
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadCredentials } from "../../../../host/platform/node/credentials.ts";

describe("credentials", () => {
  let directory: string;
  const path = (name: string): string => join(directory, name);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "memflux-credentials-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const refusal = (message: RegExp): unknown =>
    expect.objectContaining({ code: "TLS_CREDENTIALS", message: expect.stringMatching(message) });

  it("makes a pair for localhost once, the key for its owner only", async () => {
    const first = await loadCredentials(path("deep/a.crt"), path("deep/a.key"));
    const certificate = new X509Certificate(first.certificatePem);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(statSync(path("deep/a.key")).mode & 0o777).toBe(0o600);
    expect(first.keyPem).toContain("BEGIN PRIVATE KEY");
    expect(await loadCredentials(path("deep/a.crt"), path("deep/a.key"))).toEqual(first);
  });

  it("refuses one file without the other, and writes nothing", async () => {
    writeFileSync(path("a.key"), "key");
    await expect(loadCredentials(path("a.crt"), path("a.key"))).rejects.toEqual(
      refusal(/key file .*a\.key exists but the certificate file/),
    );
    writeFileSync(path("b.crt"), "certificate");
    await expect(loadCredentials(path("b.crt"), path("b.key"))).rejects.toEqual(
      refusal(/certificate file .*b\.crt exists but the key file/),
    );
    expect(readFileSync(path("a.key"), "utf8")).toBe("key");
  });

  it("refuses files that are not PEM, folders, and places that cannot be written", async () => {
    await loadCredentials(path("a.crt"), path("a.key"));
    writeFileSync(path("bad"), "nonsense");
    await expect(loadCredentials(path("bad"), path("a.key"))).rejects.toEqual(refusal(/not a PEM certificate/));
    await expect(loadCredentials(path("a.crt"), path("bad"))).rejects.toEqual(refusal(/not an unencrypted PEM private key/));
    await expect(loadCredentials(directory, path("a.key"))).rejects.toEqual(refusal(/cannot be read/));
    await expect(loadCredentials(path("bad/x.crt"), path("bad/x.key"))).rejects.toEqual(refusal(/cannot be read|could not be written/));
    // A directory that takes no entries: making one there must end.
    await expect(loadCredentials("/proc/memflux/x.crt", "/proc/memflux/x.key")).rejects.toEqual(refusal(/could not be written/));
  });

  it("refuses a pair that does not belong together", async () => {
    await loadCredentials(path("a.crt"), path("a.key"));
    await loadCredentials(path("b.crt"), path("b.key"));
    await expect(loadCredentials(path("a.crt"), path("b.key"))).rejects.toEqual(refusal(/does not belong to the key/));
  });
});
