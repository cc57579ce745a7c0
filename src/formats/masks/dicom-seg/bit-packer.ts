/**
 * Packs frames of one bit a pixel one after the other, the first pixel in the lowest bit (PS3.5, 8.1.1):
 * a frame begins where the one before it ended, also within a byte.
 */
export class BitPacker {
  #rest = 0;
  /** Bits in the rest, 0 to 7. */
  #count = 0;

  /** Whole bytes of what has come so far; a bit is set where a pixel has the value. */
  push(pixels: Uint8Array, value: number): Uint8Array {
    const bytes = new Uint8Array((this.#count + pixels.length) >> 3);
    let held = this.#rest;
    let count = this.#count;
    let at = 0;
    for (const pixel of pixels) {
      if (pixel === value) held |= 1 << count;
      if (++count < 8) continue;
      bytes[at++] = held;
      held = 0;
      count = 0;
    }
    this.#rest = held;
    this.#count = count;
    return bytes;
  }

  /** The last bits, filled up to a byte. */
  end(): Uint8Array {
    return this.#count === 0 ? new Uint8Array() : Uint8Array.of(this.#rest);
  }
}
