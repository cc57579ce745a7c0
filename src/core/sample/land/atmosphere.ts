import type { Random } from '../../random.ts';
import type { Canvas } from '../canvas.ts';
import { chance, clamp, type Colour, mixColours } from '../drawing.ts';
import { coarse, makeNoise } from '../noise.ts';

/**
 * Paints the influences between ground and file: cloud shadow, haze (blue, or white under thin cloud),
 * exposure and white balance, and the blur of the optics.
 */
export function paintAtmosphere(random: Random, canvas: Canvas): void {
  const { side } = canvas;
  const clouds = coarse(side, makeNoise(random, { scale: random.uniform(25, 50), octaves: 3 }));
  const shadow = chance(random, 0.02) ? random.uniform(0.1, 0.3) : 0;
  const veil = chance(random, 0.02) ? random.uniform(0.05, 0.25) : 0;
  const haze = random.uniform(0, 0.05) + (chance(random, 0.08) ? random.uniform(0.04, 0.18) : 0);
  const air: Colour = mixColours([70, 100, 165], [110, 130, 165], random.uniform());
  const gain = random.uniform(0.9, 1.1);
  const warm = random.uniform(-0.025, 0.025);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const cloud = shadow + veil === 0 ? 0 : clouds(x, y);
      if (shadow > 0) canvas.filter(pixel, 1 - shadow * clamp(0.5 + 3 * cloud));
      canvas.mix(pixel, air, haze);
      if (veil > 0) canvas.mix(pixel, [206, 208, 212], veil * clamp(0.4 - 1.5 * cloud));
      canvas.filter(pixel, gain * (1 + warm), gain, gain * (1 - warm));
    }
  canvas.blur(random.uniform(0.45, 0.65));
}
