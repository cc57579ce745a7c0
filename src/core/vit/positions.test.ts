import { describe, expect, it } from 'vitest';
import { tensor } from '../tensor.ts';
import { interpolatePositions } from './positions.ts';

/** Values sin(i² / 100 + 0.3 i) for the i-th of (1, entries, width). */
function waves(entries: number, width: number) {
  const values = Array.from({ length: entries * width }, (_, i) =>
    Math.sin((i * i) / 100 + 0.3 * i),
  );
  return tensor([1, entries, width], values);
}

describe('interpolatePositions', () => {
  it('agrees with timm', () => {
    // resample_abs_pos_embed(waves, new_size=(7, 5), old_size=(4, 4), num_prefix_tokens=1) of timm
    // 1.0.31 on PyTorch 2.15; the first row is the prefix token.
    const expected = [
      0.0, 0.305059, 0.597195, 0.867742, 1.004157, 1.019398, 0.930615, 0.769707, 0.469934, 0.308996,
      -0.12004, -0.541136, -0.602424, -0.843002, -0.881243, -1.084356, -0.763911, -0.169344,
      0.71929, 1.027345, 1.113758, 0.918605, 0.659356, 0.238059, 0.11824, -0.303677, -0.601231,
      -0.683816, -0.729192, -0.552158, -0.487682, -0.086684, 0.242201, 0.45939, 0.961798, 1.120774,
      0.801532, 0.433164, -0.118043, -0.183597, -0.561755, -0.650491, -0.734523, -0.494776,
      -0.019938, 0.42389, 0.972881, 0.927601, 0.330067, 0.13465, -0.017256, 0.076089, 0.112078,
      0.110012, -0.035538, -0.163134, -0.259282, -0.1017, -0.158196, -0.143309, -0.270207, 0.345893,
      0.896228, 0.387982, -0.539342, -1.118439, -0.610176, -0.117901, 0.457444, 0.140544, 0.215716,
      0.119999, 0.555162, 0.092323, -0.444419, -1.074842, -0.345381, 0.704773, 0.845825, -0.017794,
      -0.970177, -0.577065, 0.005148, 0.558954, -0.053873, -0.118155, 0.025017, 0.596606, -0.003165,
      -0.593535, -0.586995, 0.467752, 0.776525, 1.116771, 0.348449, -0.793284, -0.50132, 0.098868,
      0.594474, -0.18186, -0.346081, -0.061793, 0.569059, -0.082127, -0.662574, -0.237917, 1.000981,
      0.829497,
    ];
    const { shape, data } = interpolatePositions(waves(17, 3), 1, { from: [4, 4], to: [7, 5] });
    expect(shape).toEqual([1, 36, 3]);
    expected.forEach((value, at) => {
      expect(data[at]).toBeCloseTo(value, 5);
    });
  });

  it('leaves an unchanged grid untouched', () => {
    const positions = waves(2 + 6, 4);
    expect(interpolatePositions(positions, 2, { from: [2, 3], to: [2, 3] })).toBe(positions);
  });

  it.each([0, 1, 5])('keeps %i prefix tokens and the patches apart', (prefix) => {
    const width = 2;
    const values = Array.from({ length: (prefix + 9) * width }, (_, at) =>
      at < prefix * width ? 100 + at : -3,
    );
    const positions = tensor([1, prefix + 9, width], values);
    const { shape, data } = interpolatePositions(positions, prefix, { from: [3, 3], to: [2, 5] });
    expect(shape).toEqual([1, prefix + 10, width]);
    expect([...data.subarray(0, prefix * width)]).toEqual(values.slice(0, prefix * width));
    data.subarray(prefix * width).forEach((value) => {
      expect(value).toBeCloseTo(-3, 5);
    });
  });

  it.each([
    { shape: [1, 16, 3], prefix: 1 },
    { shape: [2, 17, 3], prefix: 1 },
    { shape: [17, 3], prefix: 1 },
    { shape: [1, 17, 3], prefix: 0 },
  ])('refuses shape $shape for $prefix prefix tokens and 4 × 4 patches', ({ shape, prefix }) => {
    const length = shape.reduce((product, size) => product * size);
    const positions = tensor(shape, new Float32Array(length));
    expect(() => interpolatePositions(positions, prefix, { from: [4, 4], to: [4, 4] })).toThrow(
      `need shape (1, ${prefix + 16}, D), got (${shape.join(', ')})`,
    );
  });
});
