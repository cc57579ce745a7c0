/** px of the wheel a slice: a notch of a mouse is one, and a touch pad turns as evenly. */
const pixelsPerSlice = 100;
/** ms after which what was left of a turn is forgotten. */
const pause = 250;

/** Turns of the wheel into whole slices. */
export class SliceWheel {
  #left = 0;
  #last = -Infinity;

  /** @returns how many slices to go on; negative: back */
  turn(deltaY: number, time: number): number {
    if (time - this.#last > pause || Math.sign(deltaY) !== Math.sign(this.#left)) this.#left = 0;
    this.#last = time;
    // Some mice give a little less than a whole notch.
    const isNotch = Math.abs(deltaY) >= pixelsPerSlice / 2;
    if (isNotch)
      return Math.sign(deltaY) * Math.max(1, Math.round(Math.abs(deltaY) / pixelsPerSlice));
    this.#left += deltaY;
    const whole = Math.trunc(this.#left / pixelsPerSlice);
    this.#left -= whole * pixelsPerSlice;
    return whole;
  }
}

/** The slices around one, the nearest first and in the direction of travel before the other. */
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
