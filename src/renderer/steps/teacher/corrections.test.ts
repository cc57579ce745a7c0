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
  it('begin as it was read', () => {
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

  it('are what was changed, and what had been said before', () => {
    expect(correctedBy({ inferred }, before, {})).toEqual({
      overrides: { mean: [0.5, 0.5, 0.5] },
    });
    const now = { heads: ' 6 ', epsilon: '1e-5', activation: 'quick-gelu', mean: '0.1 0.2; 0.3' };
    expect(correctedBy({ inferred }, before, now)).toEqual({
      overrides: { heads: 6, epsilon: 1e-5, activation: 'quick-gelu', mean: [0.1, 0.2, 0.3] },
    });
    expect(
      correctedBy({ inferred }, before, { mean: '0.5, 0.5, 0.5', colourBands: '4 3 2' }),
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
  ] as const)('of %s to %j will not do, and it is said why', (property, text) => {
    expect(correctedBy({ inferred }, before, { [property]: text })).toMatchObject({
      property,
      why: expect.stringMatching(/\.$/) as string,
    });
  });
});
