/**
 * Packs frames of one bit per pixel one after the other, the first pixel in the lowest bit (PS3.5, 8.1.1): a frame
 * begins where the previous one ended, even within a byte.
 */
export class BitPacker {
  #rest = 0;
  /** Number of bits in the rest, 0 to 7. */
  #count = 0;

  /** Adds pixels and returns the bytes that are complete; a bit is set if its pixel has the value. */
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

  /** Returns the last bits, padded to a byte. */
  end(): Uint8Array {
    return this.#count === 0 ? new Uint8Array() : Uint8Array.of(this.#rest);
  }
}
