import { expect, it } from 'vitest';
import { overrideOptions } from '../../cli/commands/teacher-options.ts';
import type { InferredProperty } from '../../contract/descriptions.ts';
import { correctingFlags, guessTexts } from './teacher-texts.ts';

it('lists guesses with the options that correct them, mean and deviation only once', () => {
  const images = 'images normalised with the mean and standard deviation of ImageNet';
  const inferred: InferredProperty[] = [
    { property: 'heads', value: 6, source: 'guess', sentence: '6 attention heads, 64 wide each' },
    { property: 'epsilon', value: 1e-6, source: 'family', sentence: 'layer norm with ε = 1e-6' },
    { property: 'mean', value: [0.5], source: 'guess', sentence: images },
    { property: 'deviation', value: [0.5], source: 'guess', sentence: images },
  ];
  const texts = guessTexts(inferred);
  expect(texts).toHaveLength(2);
  expect(texts[0]).toMatch(
    /guess about the teacher.*6 attention heads.*correct it with --heads\.$/,
  );
  expect(texts[1]).toMatch(/of ImageNet.*correct it with --mean and --std\.$/);
});

it('uses the options of the command line', () => {
  const flags = Object.entries(overrideOptions).map(([property, { flags: text }]) => {
    return [property, text.replace(/ .*/, '')];
  });
  expect(correctingFlags).toEqual(Object.fromEntries(flags));
});
