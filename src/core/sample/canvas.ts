import type { Raster } from '../image/raster.ts';
import type { Random } from '../random.ts';
import { clamp, type Colour, type Vector } from './drawing.ts';

/** Square colour image under construction, in floating point. */
export class Canvas {
  readonly side: number;
  /** Channel values, (side, side, 3), [0, 255]. */
  readonly data: Float32Array;

  constructor(side: number, colour: Colour = [0, 0, 0]) {
    this.side = side;
    this.data = new Float32Array(side * side * 3);
    for (let pixel = 0; pixel < side * side; pixel++) this.data.set(colour, pixel * 3);
  }

  /** Covers the share `amount` of a pixel with `colour`. */
  mix(pixel: number, colour: Colour, amount: number): void {
    const keep = 1 - amount;
    const at = pixel * 3;
    this.data[at] = (this.data[at] ?? 0) * keep + colour[0] * amount;
    this.data[at + 1] = (this.data[at + 1] ?? 0) * keep + colour[1] * amount;
    this.data[at + 2] = (this.data[at + 2] ?? 0) * keep + colour[2] * amount;
  }

  /** Multiplies a pixel's channels. */
  filter(pixel: number, red: number, green = red, blue = red): void {
    const at = pixel * 3;
    this.data[at] = (this.data[at] ?? 0) * red;
    this.data[at + 1] = (this.data[at + 1] ?? 0) * green;
    this.data[at + 2] = (this.data[at + 2] ?? 0) * blue;
  }

  colourAt(pixel: number): Colour {
    const at = pixel * 3;
    return [this.data[at] ?? 0, this.data[at + 1] ?? 0, this.data[at + 2] ?? 0];
  }

  /** Draws a filled rectangle: `axis` is the unit vector of its length, `half` its half length and half width. */
  box(centre: Vector, axis: Vector, half: Vector, colour: Colour, amount = 1): void {
    this.#around(centre, Math.sqrt(half.x * half.x + half.y * half.y), (pixel, dx, dy) => {
      const u = half.x - Math.abs(dx * axis.x + dy * axis.y);
      const v = half.y - Math.abs(dy * axis.x - dx * axis.y);
      // The coverage of a pixel is its overlap along each axis, never more than the width of the box.
      const cover =
        clamp(u + 0.5, 0, Math.min(1, 2 * half.x)) * clamp(v + 0.5, 0, Math.min(1, 2 * half.y));
      if (cover > 0) this.mix(pixel, colour, amount * cover);
    });
  }

  /** Draws a filled disc with a soft edge of one pixel. */
  disc(centre: Vector, radius: number, colour: Colour, amount = 1): void {
    const most = Math.min(1, 2 * radius);
    this.#around(centre, radius, (pixel, dx, dy) => {
      const cover = clamp(radius + 0.5 - Math.sqrt(dx * dx + dy * dy), 0, most);
      if (cover > 0) this.mix(pixel, colour, amount * cover);
    });
  }

  /**
   * Blurs with a standard deviation of `sigma` pixels: repeated three-tap binomials, whose variances add up.
   * Pixels outside count as the nearest one inside.
   */
  blur(sigma: number): void {
    const variance = sigma * sigma;
    const passes = Math.ceil(variance / 0.45);
    for (let pass = 0; pass < passes; pass++) {
      blurAxis(this.data, this.side, 3, this.side * 3, variance / passes / 2);
      blurAxis(this.data, this.side, this.side * 3, 3, variance / passes / 2);
    }
  }

  /**
   * Rounds to bytes, after adding noise of standard deviation `noise` to each pixel. The channels share
   * two thirds of it: after compression a sensor's noise is nearly grey.
   */
  toRaster(random: Random, noise: number): Raster {
    const bytes = new Uint8Array(this.data.length);
    for (let at = 0; at < bytes.length;) {
      const word = random.next();
      // Sums of two and of four bytes, about 0: triangular, and close enough to normal.
      const first = (word & 255) + ((word >>> 8) & 255) - 255;
      const second = ((word >>> 16) & 255) + (word >>> 24) - 255;
      const common = (noise * (first + second)) / 147.8;
      const tint = (noise * (first - second)) / 443;
      for (let channel = -1; channel <= 1; channel++, at++) {
        const value = (this.data[at] ?? 0) + common + channel * tint;
        bytes[at] = clamp(Math.round(value), 0, 255);
      }
    }
    return { width: this.side, height: this.side, channels: 3, data: bytes };
  }

  #around(
    centre: Vector,
    reach: number,
    visit: (pixel: number, dx: number, dy: number) => void,
  ): void {
    const last = this.side - 1;
    const top = Math.max(0, Math.ceil(centre.y - reach - 1));
    const bottom = Math.min(last, Math.floor(centre.y + reach + 1));
    const left = Math.max(0, Math.ceil(centre.x - reach - 1));
    const right = Math.min(last, Math.floor(centre.x + reach + 1));
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) visit(y * this.side + x, x - centre.x, y - centre.y);
  }
}

/** Blurs once along an axis with a step of `step` values between neighbours, over lines `line` apart. */
function blurAxis(data: Float32Array, side: number, step: number, line: number, tap: number): void {
  for (let start = 0; start < side; start++)
    for (let channel = 0; channel < 3; channel++) {
      let at = start * line + channel;
      let before = data[at] ?? 0;
      let here = before;
      for (let index = 0; index < side; index++, at += step) {
        const after = index + 1 < side ? (data[at + step] ?? 0) : here;
        data[at] = here + tap * (before + after - 2 * here);
        before = here;
        here = after;
      }
    }
}
