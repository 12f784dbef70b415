/**
 * Checksums: CRC-64 and CRC-32C for files and frames, CRC-16 for the hash slots of a cluster.
 *
 * | name | polynomial (normal form) | bits reflected | initial | final xor | of "123456789" | used for |
 * |---|---|---|---|---|---|---|
 * | crc64 (Jones) | 0xad93d23594c935a9 | yes | 0 | 0 | e9c6d914c4b8d9ca | RDB files, DUMP and RESTORE, as Redis |
 * | crc32c (Castagnoli) | 0x1edc6f41 | yes | ~0 | ~0 | e3069283 | frames of the log |
 * | crc16 (XMODEM) | 0x1021 | no | 0 | 0 | 31c3 | hash slot of a key, as Redis Cluster |
 *
 * The two long ones take eight bytes a step ("slicing by 8": Kounavis, Berry: "A Systematic Approach to Building High Performance,
 * Software-based, CRC Generators", ISCC 2005): table j holds the effect of a byte that j further bytes follow. CRC-16 is taken of short
 * keys only and goes byte by byte.
 *
 * State: three static tables of 16384, 8192 and 512 bytes, filled when the module starts and constant from then on.
 * Cost: O(length).
 */

const CRC64_POLYNOMIAL_REFLECTED: u64 = 0x95ac9329ac4bc9b5;
const CRC32C_POLYNOMIAL_REFLECTED: u32 = 0x82f63b78;
const CRC16_POLYNOMIAL: u32 = 0x1021;

const CRC64_TABLES = memory.data(8 * 256 * 8, 16);
const CRC32C_TABLES = memory.data(8 * 256 * 4, 16);
const CRC16_TABLE = memory.data(256 * 2, 16);

fillCrc64Tables();
fillCrc32cTables();
fillCrc16Table();

/** CRC-64 (Jones) of `length` bytes at `p`, continuing from `crc`: 0 to begin, or the result for the bytes before. */
export function crc64(crc: u64, p: usize, length: u32): u64 {
  const end = p + length;
  while (p + 8 <= end) {
    crc ^= load<u64>(p);
    crc =
      crc64Entry(7, crc) ^
      crc64Entry(6, crc >> 8) ^
      crc64Entry(5, crc >> 16) ^
      crc64Entry(4, crc >> 24) ^
      crc64Entry(3, crc >> 32) ^
      crc64Entry(2, crc >> 40) ^
      crc64Entry(1, crc >> 48) ^
      crc64Entry(0, crc >> 56);
    p += 8;
  }
  while (p < end) crc = crc64Entry(0, crc ^ load<u8>(p++)) ^ (crc >> 8);
  return crc;
}

/** CRC-32C of `length` bytes at `p`, continuing from `crc`: 0 to begin, or the result for the bytes before. */
export function crc32c(crc: u32, p: usize, length: u32): u32 {
  const end = p + length;
  crc = ~crc;
  while (p + 8 <= end) {
    const low = load<u32>(p) ^ crc;
    const high = load<u32>(p, 4);
    crc =
      crc32cEntry(7, low) ^
      crc32cEntry(6, low >> 8) ^
      crc32cEntry(5, low >> 16) ^
      crc32cEntry(4, low >> 24) ^
      crc32cEntry(3, high) ^
      crc32cEntry(2, high >> 8) ^
      crc32cEntry(1, high >> 16) ^
      crc32cEntry(0, high >> 24);
    p += 8;
  }
  while (p < end) crc = crc32cEntry(0, crc ^ load<u8>(p++)) ^ (crc >> 8);
  return ~crc;
}

/** CRC-16 (XMODEM) of `length` bytes at `p`, in the low 16 bits. */
export function crc16(p: usize, length: u32): u32 {
  const end = p + length;
  let crc: u32 = 0;
  while (p < end) {
    const position = ((crc >> 8) ^ load<u8>(p++)) & 0xff;
    crc = ((crc << 8) & 0xffff) ^ (<u32>load<u16>(CRC16_TABLE + ((<usize>position) << 1)));
  }
  return crc;
}

/** Entry of one of the eight tables for the lowest byte of `value`. */
@inline
function crc64Entry(table: u32, value: u64): u64 {
  return load<u64>(CRC64_TABLES + ((<usize>table) << 11) + (((<usize>value) & 0xff) << 3));
}

/** Entry of one of the eight tables for the lowest byte of `value`. */
@inline
function crc32cEntry(table: u32, value: u32): u32 {
  return load<u32>(CRC32C_TABLES + ((<usize>table) << 10) + (((<usize>value) & 0xff) << 2));
}

function fillCrc64Tables(): void {
  for (let byte: u32 = 0; byte < 256; ++byte) {
    let crc = <u64>byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((0 - (crc & 1)) & CRC64_POLYNOMIAL_REFLECTED);
    store<u64>(CRC64_TABLES + ((<usize>byte) << 3), crc);
  }
  for (let position: u32 = 256; position < 2048; ++position) {
    const previous = load<u64>(CRC64_TABLES + ((<usize>position - 256) << 3));
    store<u64>(CRC64_TABLES + ((<usize>position) << 3), crc64Entry(0, previous) ^ (previous >> 8));
  }
}

function fillCrc32cTables(): void {
  for (let byte: u32 = 0; byte < 256; ++byte) {
    let crc = byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((0 - (crc & 1)) & CRC32C_POLYNOMIAL_REFLECTED);
    store<u32>(CRC32C_TABLES + ((<usize>byte) << 2), crc);
  }
  for (let position: u32 = 256; position < 2048; ++position) {
    const previous = load<u32>(CRC32C_TABLES + ((<usize>position - 256) << 2));
    store<u32>(CRC32C_TABLES + ((<usize>position) << 2), crc32cEntry(0, previous) ^ (previous >> 8));
  }
}

function fillCrc16Table(): void {
  for (let byte: u32 = 0; byte < 256; ++byte) {
    let crc = byte << 8;
    for (let bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((0 - ((crc >> 15) & 1)) & CRC16_POLYNOMIAL);
    store<u16>(CRC16_TABLE + ((<usize>byte) << 1), crc);
  }
}
