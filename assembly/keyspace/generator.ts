/**
 * The engine's random generator: seeded once by the host, advanced only by commands, so that the same calls give the same
 * choices (RANDOMKEY).
 */
import { RANDOM_STATE_SIZE, randomSeed } from "../bytes/random";

export const generator: usize = memory.data(RANDOM_STATE_SIZE, 8);

export function generatorSeed(seed: u64): void {
  randomSeed(generator, seed, ~seed);
}
