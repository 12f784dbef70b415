/**
 * Message digests: MD5 (RFC 1321) and SHA-256 (FIPS 180-4), for the functions of SQL of these names. Neither guards anything here.
 *
 * Both take blocks of 64 bytes; the last ones, with a one bit, zeros and the length, are put together in a static area.
 * Cost: O(length). State: the working area alone.
 */
const MD5_SINES: usize = memory.data<u32>([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1,
  0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453,
  0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942,
  0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
  0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d,
  0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
]);
/** Rotations of MD5, four a round. */
const MD5_SHIFTS: usize = memory.data<u8>([7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]);
const SHA_CONSTANTS: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
  0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
  0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
  0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
  0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
  0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const SHA_START: usize = memory.data<u32>([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
const BLOCK_BYTES: u32 = 64;
/** Two blocks for the end, and the message schedule. */
const tail: usize = memory.data(128, 8);
const schedule: usize = memory.data(256, 8);

/** Puts what is left of a message with its padding in `tail`; answers its bytes: one block or two. */
function padTail(message: usize, length: u32, bigEndian: bool): u32 {
  const rest = length & 63;
  memory.fill(tail, 0, 128);
  memory.copy(tail, message + length - rest, rest);
  store<u8>(tail + rest, 0x80);
  const size: u32 = rest < 56 ? 64 : 128;
  const bits = (<u64>length) << 3;
  store<u64>(tail + size - 8, bigEndian ? bswap<u64>(bits) : bits);
  return size;
}

/** Writes the 16 bytes of the MD5 digest. */
export function md5(target: usize, message: usize, length: u32): void {
  store<u32>(target, 0x67452301);
  store<u32>(target, 0xefcdab89, 4);
  store<u32>(target, 0x98badcfe, 8);
  store<u32>(target, 0x10325476, 12);
  const whole = length & ~63;
  for (let offset: u32 = 0; offset < whole; offset += BLOCK_BYTES) md5Block(target, message + offset);
  const size = padTail(message, length, false);
  for (let offset: u32 = 0; offset < size; offset += BLOCK_BYTES) md5Block(target, tail + offset);
}

function md5Block(state: usize, block: usize): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  for (let index: u32 = 0; index < 64; index++) {
    const round = index >> 4;
    let mixed: u32 = 0;
    let word: u32 = 0;
    if (round == 0) {
      mixed = (b & c) | (~b & d);
      word = index;
    } else if (round == 1) {
      mixed = (d & b) | (~d & c);
      word = (5 * index + 1) & 15;
    } else if (round == 2) {
      mixed = b ^ c ^ d;
      word = (3 * index + 5) & 15;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * index) & 15;
    }
    const sum = a + mixed + load<u32>(MD5_SINES + ((<usize>index) << 2)) + load<u32>(block + ((<usize>word) << 2));
    a = d;
    d = c;
    c = b;
    b += rotl<u32>(sum, load<u8>(MD5_SHIFTS + (round << 2) + (index & 3)));
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
}

/** Writes the 32 bytes of the SHA-256 digest. */
export function sha256(target: usize, message: usize, length: u32): void {
  memory.copy(target, SHA_START, 32);
  const whole = length & ~63;
  for (let offset: u32 = 0; offset < whole; offset += BLOCK_BYTES) shaBlock(target, message + offset);
  const size = padTail(message, length, true);
  for (let offset: u32 = 0; offset < size; offset += BLOCK_BYTES) shaBlock(target, tail + offset);
  for (let index: usize = 0; index < 32; index += 4) store<u32>(target + index, bswap<u32>(load<u32>(target + index)));
}

/** Words of the block, and those that are made of them. */
function fillSchedule(block: usize): void {
  for (let index: usize = 0; index < 64; index += 4) store<u32>(schedule + index, bswap<u32>(load<u32>(block + index)));
  for (let index: usize = 64; index < 256; index += 4) {
    const place = schedule + index;
    const early = load<u32>(place - 60);
    const late = load<u32>(place - 8);
    const first = rotr<u32>(early, 7) ^ rotr<u32>(early, 18) ^ (early >> 3);
    const second = rotr<u32>(late, 17) ^ rotr<u32>(late, 19) ^ (late >> 10);
    store<u32>(place, load<u32>(place - 64) + first + load<u32>(place - 28) + second);
  }
}

function shaBlock(state: usize, block: usize): void {
  fillSchedule(block);
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  for (let index: usize = 0; index < 256; index += 4) {
    const sumE = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const first = h + sumE + ((e & f) ^ (~e & g)) + load<u32>(SHA_CONSTANTS + index) + load<u32>(schedule + index);
    const sumA = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
    const second = sumA + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}
