import { expect, it } from 'vitest';
import { colourOf } from '../paired/label-list.ts';
import { cielabColour } from './cielab.ts';
import { cielab } from './to-cielab.ts';

it.each(['#000000', '#ffffff', '#0072b2', '#e69f00', '#009e73', '#cc79a7', '#ff0000', '#010203'])(
  'the colour %s survives the conversion and back',
  (colour) => {
    expect(cielabColour(cielab(colourOf(colour)))).toBe(colour);
  },
);

it('black and white are at the ends of lightness, and without colour', () => {
  const [low, ...none] = cielab([0, 0, 0]);
  const [high, ...alsoNone] = cielab([255, 255, 255]);
  expect([low, high]).toEqual([0, 65535]);
  // 0 on a range of −128 to 127, within the error of rounded coefficients.
  for (const part of [...none, ...alsoNone]) {
    expect(Math.abs(part - (128 / 255) * 65535)).toBeLessThan(10);
  }
});
