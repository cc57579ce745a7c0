import { expect, it } from 'vitest';
import { classColours, nextColour } from './palette.ts';

it('gives unused colours, and repeats the palette once all are used', () => {
  const taken: string[] = [];
  for (const colour of classColours) {
    expect(nextColour(taken)).toBe(colour);
    taken.push(colour);
  }
  expect(classColours).toContain(nextColour(taken));
  expect(nextColour(taken.filter((colour) => colour !== classColours[3]))).toBe(classColours[3]);
});
