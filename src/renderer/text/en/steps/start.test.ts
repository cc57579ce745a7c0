import { expect, it } from 'vitest';
import { start } from './start.ts';

it.each([
  [0, 0, false, 'This cannot be undone. Your image files stay where they are.'],
  [
    ...([12, 0, false] as const),
    'This cannot be undone. The labels of 12 images will be lost. Your image files stay where they are.',
  ],
  [
    ...([1, 2, true] as const),
    'This cannot be undone. The current run is stopped. The labels of 1 image and 2 runs with their students will be lost. Your image files stay where they are.',
  ],
] as const)(
  'says what is lost with %d labels and %d runs, at work: %s',
  (labelled, runs, isAtWork, expected) => {
    expect(start.removeLoses(labelled, runs, isAtWork)).toBe(expected);
  },
);
