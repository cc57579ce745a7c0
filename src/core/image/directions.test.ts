import { describe, expect, it } from 'vitest';
import { edgeLetters, type PatientVector } from './directions.ts';

const turned = (degrees: number): readonly [cosine: number, sine: number] => {
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
};

/** Letters at the left, right, top and bottom edge. */
function letters(right: PatientVector, down: PatientVector): string | null {
  const found = edgeLetters({ right, down });
  return found === null ? null : found.left + found.right + found.top + found.bottom;
}

describe('letters at the edges', () => {
  it.each<[string, PatientVector, PatientVector, string]>([
    ['axial', [1, 0, 0], [0, 1, 0], 'RLAP'],
    ['axial, seen from the head', [-1, 0, 0], [0, 1, 0], 'LRAP'],
    ['axial, prone', [-1, 0, 0], [0, -1, 0], 'LRPA'],
    ['coronal', [1, 0, 0], [0, 0, -1], 'RLHF'],
    ['sagittal', [0, 1, 0], [0, 0, -1], 'APHF'],
    ['of lengths in mm', [0.7, 0, 0], [0, 0.7, 0], 'RLAP'],
  ])('%s', (_, right, down, expected) => {
    expect(letters(right, down)).toBe(expected);
  });

  it('are those of the nearest axis if the image is oblique', () => {
    for (const degrees of [-44, -20, 20, 44]) {
      const [cosine, sine] = turned(degrees);
      // Rotated about the axis to the head, and about the axis to the left.
      expect(letters([cosine, sine, 0], [-sine, cosine, 0])).toBe('RLAP');
      expect(letters([1, 0, 0], [0, cosine, sine])).toBe('RLAP');
    }
    const [cosine, sine] = turned(60);
    expect(letters([1, 0, 0], [0, cosine, -sine])).toBe('RLHF');
    expect(letters([cosine, sine, 0], [-sine, cosine, 0])).toBe('APLR');
  });

  it('name no axis twice', () => {
    // Both directions are nearest to the axis to the left.
    const right: PatientVector = [0.7, 0.714, 0.02];
    const down: PatientVector = [0.6, -0.6, 0.53];
    const found = letters(right, down) ?? '';
    expect(new Set(found).size).toBe(4);
  });

  it('are empty without directions', () => {
    expect(letters([0, 0, 0], [0, 1, 0])).toBeNull();
    expect(letters([NaN, 0, 0], [0, 1, 0])).toBeNull();
    expect(letters([1, 0, 0], [1, 0, 0])).toBeNull();
    expect(letters([1, 0, 0], [0.7, 0.7, 0])).toBeNull();
  });
});
