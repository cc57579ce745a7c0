/** Wheel delta per slice, px: one notch of a mouse; touchpads accumulate to it. */
const pixelsPerSlice = 100;
/** Pause in ms after which the accumulated delta is reset. */
const pause = 250;

/** Converts wheel deltas to whole slices. */
export class SliceWheel {
  #left = 0;
  #last = -Infinity;

  /** @returns number of slices to move, negative for backwards */
  turn(deltaY: number, time: number): number {
    if (time - this.#last > pause || Math.sign(deltaY) !== Math.sign(this.#left)) this.#left = 0;
    this.#last = time;
    // Some mice report slightly less than a whole notch.
    const isNotch = Math.abs(deltaY) >= pixelsPerSlice / 2;
    if (isNotch)
      return Math.sign(deltaY) * Math.max(1, Math.round(Math.abs(deltaY) / pixelsPerSlice));
    this.#left += deltaY;
    const whole = Math.trunc(this.#left / pixelsPerSlice);
    this.#left -= whole * pixelsPerSlice;
    return whole;
  }
}

/** Neighbouring slices to prefetch: the nearest first, and `direction` before the other. */
export function neighbours(
  stack: readonly number[],
  image: number,
  direction: 1 | -1,
  reach: number,
): number[] {
  const at = stack.indexOf(image);
  if (at < 0) return [];
  const found: number[] = [];
  for (let step = 1; step <= reach; step++) {
    for (const by of step === 1 ? [direction, -direction] : [direction]) {
      const one = stack[at + by * step];
      if (one !== undefined) found.push(one);
    }
  }
  return found;
}
