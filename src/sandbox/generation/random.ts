/** A stream of random values. The same seed gives the same stream; one stream serves one world, in a fixed order. */
export interface Random {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  /** Both ends included. */
  integer(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  /** Picks by weight; the weights need not add up to anything. */
  weigh<Value>(choices: readonly (readonly [number, Value])[]): Value;
  uuid(): string;
}

const hexDigits = "0123456789abcdef";

/** Hashes a name (FNV-1a), which keeps two accounts of one seed from sharing a record. */
function mix(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/**
 * sfc32: its state of 128 bits keeps a million uuids distinct. A 32-bit generator such as mulberry32 would repeat one by the
 * birthday rule.
 */
function sfc32(seed: number): () => number {
  let a = seed | 0;
  let b = 0x9e3779b9;
  let c = 0x243f6a88;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  // The first outputs are dropped, because those of neighbouring seeds resemble each other.
  for (let round = 0; round < 16; round += 1) next();
  return next;
}

/** A stream that follows from the seed and a name. */
export function createRandom(seed: number, name: string): Random {
  const next = sfc32(mix(seed, name));
  const fraction = () => next() / 2 ** 32;
  const bytes = Buffer.alloc(36);
  const pick = <Value>(values: readonly Value[]): Value => {
    const value = values[Math.floor(fraction() * values.length)];
    if (value === undefined) throw new Error("Nothing to pick from");
    return value;
  };
  return {
    fraction,
    integer: (low, high) => low + Math.floor(fraction() * (high - low + 1)),
    chance: (probability) => fraction() < probability,
    pick,
    weigh(choices) {
      let left = fraction() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of choices) {
        left -= weight;
        if (left < 0) return value;
      }
      return pick(choices)[1];
    },
    uuid() {
      let bits = 0;
      for (let index = 0; index < 36; index += 1) {
        if (index % 8 === 0) bits = next();
        bytes[index] = hexDigits.charCodeAt(bits & 15);
        bits >>>= 4;
      }
      for (const index of [8, 13, 18, 23]) bytes[index] = 0x2d;
      // Version 4, variant 1.
      bytes[14] = 0x34;
      bytes[19] = 0x61;
      return bytes.toString("latin1");
    },
  };
}
