/**
 * Goal: the host's CRC-32C is the one that others compute, in one piece or in several.
 * Method: published values (RFC 3720, B.4), and a bit-by-bit reference on random bytes.
 */
import { expect, it } from "vitest";
import { crc32c } from "../../../../host/common/checksum.ts";
import { createRandom } from "../../../support/random.ts";

function reference(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

it("gives the published values", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe306_9283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a91_36aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8_ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, position) => position))).toBe(0x46dd_794e);
  expect(crc32c(new Uint8Array(0))).toBe(0);
});

it("agrees with the reference for every length and cut", () => {
  const random = createRandom(1);
  for (let length = 0; length < 80; length++) {
    const bytes = random.bytes(length);
    const cut = random.below(length + 1);
    expect(crc32c(bytes)).toBe(reference(bytes));
    expect(crc32c(bytes, crc32c(bytes, 0, 0, cut), cut)).toBe(reference(bytes));
    expect(crc32c(bytes, 0, cut)).toBe(reference(bytes.slice(cut)));
  }
});
