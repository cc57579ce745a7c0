import { describe, expect, it } from 'vitest';
import { axisDirections, obliqueness, orientationCode } from './orientation.ts';
import type { Affine } from './orientation.ts';

/** Rows of three, without an offset. */
function affineOf(rows: readonly (readonly number[])[]): Affine {
  const row = ([a = 0, b = 0, c = 0]: readonly number[]): [number, number, number, number] => [
    a,
    b,
    c,
    7,
  ];
  const [x = [], y = [], z = []] = rows;
  return [row(x), row(y), row(z)];
}

function codeOf(rows: readonly (readonly number[])[]): string | undefined {
  const directions = axisDirections(affineOf(rows));
  return directions && orientationCode(directions);
}

describe('orientationCode', () => {
  it.each<[string, number[][]]>([
    [
      'RAS',
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    ],
    [
      'LPI',
      [
        [-2, 0, 0],
        [0, -3, 0],
        [0, 0, -4],
      ],
    ],
    [
      'PSR',
      [
        [0, 0, 3],
        [-1, 0, 0],
        [0, 2, 0],
      ],
    ],
    [
      'IRP',
      [
        [0, 1, 0],
        [0, 0, -1],
        [-5, 0, 0],
      ],
    ],
  ])('%s of axes along the anatomical ones', (code, rows) => {
    expect(codeOf(rows)).toBe(code);
  });

  // From nibabel 5.4.2, aff2axcodes: tilts, shears, very uneven sizes, ties.
  it.each<[string, number[][]]>([
    [
      'PLI',
      [
        [2.041, -2.556, 0.4181],
        [-0.5678, -0.4526, -0.2156],
        [-2.02, -0.2319, -0.8652],
      ],
    ],
    [
      'LPS',
      [
        [-6.92, 0.01735, 0.01644],
        [0.5858, -2.361, 0.07005],
        [0.8139, 1.847, 0.08939],
      ],
    ],
    [
      'AIL',
      [
        [0.006207, 0.704, -0.08323],
        [0.01622, 1.304, 0.04761],
        [0.001888, -5.445, -0.02466],
      ],
    ],
    [
      'PSL',
      [
        [0.2764, 0.7005, -0.4448],
        [-1.076, 0.02612, -0.05275],
        [1.406, 0.7474, 0.1938],
      ],
    ],
    [
      'LPS',
      [
        [-1.538, 0.4909, 4.545],
        [-0.8078, -1.722, -0.7231],
        [1.083, -0.5878, 5.914],
      ],
    ],
    [
      'ARS',
      [
        [-0.0006021, 0.005302, -0.005448],
        [0.001495, 0.001983, -0.003824],
        [0.000424, -0.003532, 0.03141],
      ],
    ],
    [
      'IPL',
      [
        [-3.472, 3.459, -2.495],
        [0.534, -5.893, -2.572],
        [-4.113, -3.685, 1.772],
      ],
    ],
    [
      'AIR',
      [
        [0.4146, 368.1, 2.433],
        [1.301, 18.13, -0.1057],
        [-1.144, -202.2, -0.4394],
      ],
    ],
    [
      'LIP',
      [
        [-4.913, 1.722, -0.9246],
        [1.273, -1.641, -1.754],
        [-4.354, -2.423, 0.5307],
      ],
    ],
    [
      'LSP',
      [
        [-775.5, 0.003408, 0.894],
        [-132.7, -0.0003373, -1.767],
        [209.4, 0.009751, 0.006144],
      ],
    ],
    [
      'PRS',
      [
        [-0.5574, 8.613, 0.6615],
        [-4.301, -1.308, 1.405],
        [1.171, -0.7046, 5.477],
      ],
    ],
    [
      'SPL',
      [
        [-6.437, 0.02327, -14.74],
        [2.34, -0.1011, 0.06984],
        [8.434, 0.005866, 3.053],
      ],
    ],
    [
      'RAS',
      [
        [0.7071, -0.7071, 0.0],
        [0.7071, 0.7071, 0.0],
        [0.0, 0.0, 1.0],
      ],
    ],
    [
      'RAS',
      [
        [1.0, 1.0, 0.0],
        [-1.0, 1.0, 0.0],
        [0.0, 0.0, 2.0],
      ],
    ],
    [
      'ARI',
      [
        [1.0, 1.0, 1.0],
        [1.0, -1.0, 0.0],
        [1.0, 1.0, -2.0],
      ],
    ],
  ])('%s as in nibabel', (code, rows) => {
    expect(codeOf(rows)).toBe(code);
  });

  it.each([
    [
      'an axis without length',
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 0],
      ],
    ],
    [
      'parallel axes',
      [
        [1, 2, 0],
        [1, 2, 0],
        [0, 0, 1],
      ],
    ],
    [
      'axes in one plane',
      [
        [1, 0, 1],
        [0, 1, 1],
        [0, 0, 0],
      ],
    ],
    [
      'no numbers',
      [
        [NaN, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    ],
    [
      'infinite sizes',
      [
        [Infinity, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    ],
  ])('is undefined for %s', (_name, rows) => {
    expect(codeOf(rows)).toBeUndefined();
  });
});

it.each([0, 10, 30, 44])('obliqueness of a rotation by %i° is that angle', (degrees) => {
  const turn = (degrees * Math.PI) / 180;
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const affine = affineOf([
    [-3 * c, -2 * s, 0],
    [-3 * s, 2 * c, 0],
    [0, 0, 5],
  ]);
  const directions = axisDirections(affine);
  expect(directions && orientationCode(directions)).toBe('LAS');
  expect(directions && obliqueness(affine, directions)).toBeCloseTo(degrees, 5);
});
