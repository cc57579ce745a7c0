import { expect, it } from 'vitest';
import { classColours, nextColour } from './palette.ts';

it('gives colours that are not taken, and goes round once all are', () => {
  const taken: string[] = [];
  for (const colour of classColours) {
    expect(nextColour(taken)).toBe(colour);
    taken.push(colour);
  }
  expect(classColours).toContain(nextColour(taken));
  expect(nextColour(taken.filter((colour) => colour !== classColours[3]))).toBe(classColours[3]);
});
