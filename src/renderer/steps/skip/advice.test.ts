import { expect, it } from 'vitest';
import { adviceFor } from './advice.ts';

const usual = { steps: 600, batch: 128, views: 64 };
const teacher = { depth: 12, imageSize: 518 };
const blocks = [0, 2, 4, 6, 8, 10];

const advice = (
  settings: Partial<typeof usual>,
  seconds: number | null = 360,
  images = 40,
): ReturnType<typeof adviceFor> =>
  adviceFor(
    { blocks, seconds },
    teacher,
    { ...usual, imageSize: null, ...settings },
    usual,
    images,
  );

it('calls a choice good if it has no warnings', () => {
  expect(advice({})).toEqual({
    sentence: 'The student usually recovers most of the teacher’s accuracy. A good first choice.',
    warnings: [],
  });
  expect(advice({}, null).warnings).toEqual([]);
});

it.each([
  [{ steps: 4, batch: 4 }, 360, /^With 4 steps of 4 images .* 600 of 128 are typical/],
  [{ views: 1 }, 360, /^The student receives 40 images in 1 view each/],
  [{}, 79_000, /^600 steps of 128 images of 518 × 518 px take this computer about 22 h\. Fewer/],
] as const)('warns about settings %j that take %d s', (settings, seconds, expected) => {
  const { sentence, warnings } = advice(settings, seconds);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(expected);
  expect(sentence).not.toContain('good');
});
