import { describe, expect, it } from 'vitest';
import type { Teacher } from '../../../contract/app.ts';
import { correctedBy, correctionsOf } from './corrections.ts';

const inferred: Teacher['inferred'] = [
  { property: 'heads', value: 12, source: 'guess', sentence: '12 heads' },
  { property: 'epsilon', value: 1e-6, source: 'family', sentence: 'ε' },
  { property: 'activation', value: 'gelu', source: 'config', sentence: 'GELU' },
  { property: 'mean', value: [0.5, 0.5, 0.5], source: 'given', sentence: 'mean' },
  { property: 'colourBands', value: [], source: 'guess', sentence: 'all' },
];
const before = correctionsOf({ inferred });

describe('corrections of a teacher', () => {
  it('start with the inferred values', () => {
    expect(before.map(({ property, text }) => [property, text])).toEqual([
      ['heads', '12'],
      ['epsilon', '0.000001'],
      ['activation', 'gelu'],
      ['mean', '0.5, 0.5, 0.5'],
      ['colourBands', ''],
    ]);
    expect(before[2]?.choices).toEqual(['gelu', 'gelu-tanh', 'quick-gelu']);
    expect(before[0]?.choices).toBeNull();
  });

  it('consist of the changes and of earlier corrections', () => {
    expect(correctedBy({ inferred }, before, {}, 3)).toEqual({
      overrides: { mean: [0.5, 0.5, 0.5] },
    });
    const now = { heads: ' 6 ', epsilon: '1e-5', activation: 'quick-gelu', mean: '0.1 0.2; 0.3' };
    expect(correctedBy({ inferred }, before, now, 3)).toEqual({
      overrides: { heads: 6, epsilon: 1e-5, activation: 'quick-gelu', mean: [0.1, 0.2, 0.3] },
    });
    expect(
      correctedBy({ inferred }, before, { mean: '0.5, 0.5, 0.5', colourBands: '4 3 2' }, 3),
    ).toEqual({
      overrides: { mean: [0.5, 0.5, 0.5], colourBands: [4, 3, 2] },
    });
  });

  it.each([
    ['heads', ''],
    ['heads', 'six'],
    ['heads', '2.5'],
    ['epsilon', '2'],
    ['mean', '0.1, x'],
    ['activation', 'relu'],
    ['colourBands', '3, 3, 1'],
    ['colourBands', '3, 2'],
    ['colourBands', '1-6'],
    ['colourBands', 'red'],
  ] as const)('of %s to %j are refused, with a reason', (property, text) => {
    expect(correctedBy({ inferred }, before, { [property]: text }, 3)).toMatchObject({
      property,
      why: expect.stringMatching(/\.$/) as string,
    });
  });

  it('name three bands, or as many as the images of the project have', () => {
    const named = (colourBands: string) => correctedBy({ inferred }, before, { colourBands }, 6);
    expect(named('1-5, 8')).toMatchObject({ overrides: { colourBands: [1, 2, 3, 4, 5, 8] } });
    expect(named('4, 3, 2')).toMatchObject({ overrides: { colourBands: [4, 3, 2] } });
    expect(named('1-4')).toEqual({
      property: 'colourBands',
      why: 'Name 6 bands, as many as the project uses, or three for red, green and blue.',
    });
  });
});
