/**
 * Seeded random numbers: xoshiro128++ (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021). A mixing function over the seed and any number of keys fills its state. Keys make
 * numbered streams: `new Random(seed, image, view)` gives the same numbers wherever and whenever it is created,
 * so nothing depends on the order of work.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** `seed` and `keys` are integers; each is taken modulo 2³². */
  constructor(seed: number, ...keys: readonly number[]) {
    let hash = mix(seed | 0);
    for (const key of keys) hash = mix((hash ^ mix(key | 0)) + 0x9e3779b9);
    // Four different words even when the hash is 0; xoshiro's state must not be all zeros.
    this.#a = mix(hash + 0x9e3779b9);
    this.#b = mix(hash + 0x3c6ef372);
    this.#c = mix(hash + 0xdaa66d2b);
    this.#d = mix(hash + 0x78dde6e4) | 1;
  }

  /** Draws an integer in [0, 2³²). */
  next(): number {
    const sum = (this.#a + this.#d) | 0;
    const result = (rotateLeft(sum, 7) + this.#a) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result;
  }

  /** Draws a number in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.next() / 2 ** 32);
  }

  /** Draws an integer in [0, limit). */
  integer(limit: number): number {
    return Math.floor(this.uniform(0, limit));
  }

  /** Draws from the standard normal distribution (Box and Muller, 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Returns a shuffled copy (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = copy[last] as T;
      copy[last] = copy[other] as T;
      copy[other] = kept;
    }
    return copy;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Finaliser of MurmurHash3: every bit of the input affects every bit of the output. */
function mix(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
