import { describe, expect, it } from 'vitest';
import { edgeLetters } from '../../../core/image/directions.ts';
import { defaultLimits } from '../image-file.ts';
import { testFolder } from '../testing/test-folder.ts';
import { niftiFile, type NiftiOptions } from './nifti-fixtures.ts';
import { openNifti, openNiftiPlane } from './open-nifti.ts';
import { voxelOf } from './volume.ts';

const folder = testFolder();

/** Arrangement of a file's axes: world axis (0 right, 1 front, 2 head) and sign of each. */
interface Placing {
  readonly code: string;
  readonly worlds: readonly number[];
  readonly signs: readonly number[];
}

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** Arrangements of axes along the anatomical ones, all 48. */
const placings: Placing[] = orders.flatMap((worlds) =>
  Array.from({ length: 8 }, (_, bits) => {
    const signs = [0, 1, 2].map((axis) => ((bits >> axis) & 1 ? -1 : 1));
    const code = worlds
      .map((world, axis) => (['LR', 'PA', 'IS'][world] ?? '')[signs[axis] === 1 ? 1 : 0])
      .join('');
    return { code, worlds, signs };
  }),
);

/** Extent along the anatomical axes: right, front, head. */
const extent = [3, 4, 5];
const zooms = [1.5, 2, 2.5];

/**
 * A volume whose voxels state their position: 100 · steps to the right + 10 · steps to the front + steps to the head,
 * counted from the leftmost, hindmost, lowest voxel.
 */
function placed({ worlds, signs }: Placing): NiftiOptions & { matrix: number[][] } {
  const shape = worlds.map((world) => extent[world] ?? 0);
  const weights = [100, 10, 1];
  const values: number[] = [];
  const [nx = 0, ny = 0, nz = 0] = shape;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        const steps = [i, j, k].map((place, axis) =>
          signs[axis] === 1 ? place : (shape[axis] ?? 0) - 1 - place,
        );
        values.push(
          steps.reduce((sum, step, axis) => sum + step * (weights[worlds[axis] ?? 0] ?? 0), 0),
        );
      }
    }
  }
  const matrix = [0, 1, 2].map((row) =>
    [0, 1, 2].map((axis) => (worlds[axis] === row ? (signs[axis] ?? 0) * (zooms[axis] ?? 0) : 0)),
  );
  return { type: 'int16', shape, values, zooms, matrix };
}

function sformOf(matrix: readonly (readonly number[])[]): number[] {
  return matrix.flatMap((row) => [...row, 11]);
}

/**
 * b, c, d of the unit quaternion of a rotation (nifti1.h): the axis it turns about, times the sine of
 * half its angle.
 */
function quaternionOf(rotation: readonly (readonly number[])[]): number[] {
  const at = (row: number, column: number): number => rotation[row]?.[column] ?? 0;
  const trace = at(0, 0) + at(1, 1) + at(2, 2);
  const a = Math.sqrt(Math.max(0, 1 + trace)) / 2;
  if (a > 0.1) {
    return [at(2, 1) - at(1, 2), at(0, 2) - at(2, 0), at(1, 0) - at(0, 1)].map((v) => v / (4 * a));
  }
  // A half turn: R = 2 u uᵀ − 1, so the largest column of R + 1 shows the axis u.
  const columns = [0, 1, 2].map((column) =>
    [0, 1, 2].map((row) => at(row, column) + (row === column ? 1 : 0)),
  );
  const axis = columns.reduce((best, column) =>
    Math.hypot(...column) > Math.hypot(...best) ? column : best,
  );
  return axis.map((v) => v / Math.hypot(...axis));
}

const planes = {
  // Right on the left, front up; from the feet up.
  axial: {
    width: 3,
    height: 4,
    frames: 5,
    edges: { left: 'R', right: 'L', top: 'A', bottom: 'P' },
    value: (x: number, y: number, s: number) => 100 * (2 - x) + 10 * (3 - y) + s,
  },
  // Right on the left, head up; from the back.
  coronal: {
    width: 3,
    height: 5,
    frames: 4,
    edges: { left: 'R', right: 'L', top: 'H', bottom: 'F' },
    value: (x: number, y: number, s: number) => 100 * (2 - x) + 10 * s + (4 - y),
  },
  // Front on the left, head up; from the left.
  sagittal: {
    width: 4,
    height: 5,
    frames: 3,
    edges: { left: 'A', right: 'P', top: 'H', bottom: 'F' },
    value: (x: number, y: number, s: number) => 100 * s + 10 * (3 - x) + (4 - y),
  },
} as const;

async function expectPlanes(path: string, code: string): Promise<void> {
  for (const [plane, { width, height, frames, edges, value }] of Object.entries(planes)) {
    const file = await openNiftiPlane(path, defaultLimits, plane as keyof typeof planes);
    expect(file.volume.orientation).toBe(code);
    expect(file.header).toMatchObject({ width, height, frames, notes: [] });
    const { directions } = file.header;
    expect(directions && edgeLetters(directions)).toEqual(edges);
    for (let frame = 0; frame < frames; frame++) {
      const expected = Array.from({ length: width * height }, (_, pixel) =>
        value(pixel % width, Math.floor(pixel / width), frame),
      );
      expect([...(await file.read({ frame })).data]).toEqual(expected);
    }
    await file.close();
  }
}

describe('slices are displayed by the radiological convention:', () => {
  it.each(placings)('$code by its sform', async (placing) => {
    const { matrix, ...options } = placed(placing);
    const bytes = niftiFile({ ...options, sform: sformOf(matrix) });
    await expectPlanes(await folder.file('sform.nii', bytes), placing.code);
  });

  it.each(placings)('$code by its qform', async (placing) => {
    const { matrix, ...options } = placed(placing);
    const rows = matrix.map((row) => row.map((value) => Math.sign(value)));
    const [a = [], b = [], c = []] = rows;
    const cross = [0, 1, 2].map(
      (axis) =>
        (a[(axis + 1) % 3] ?? 0) * (b[(axis + 2) % 3] ?? 0) -
        (a[(axis + 2) % 3] ?? 0) * (b[(axis + 1) % 3] ?? 0),
    );
    const qfac = Math.sign(cross.reduce((sum, value, axis) => sum + value * (c[axis] ?? 0), 0));
    // Mirrored volumes are a rotation once their third axis is reversed.
    const rotation = rows.map(([x = 0, y = 0, z = 0]) => [x, y, z * qfac]);
    for (const version of [1, 2] as const) {
      const qform = [...quaternionOf(rotation), 4, 5, 6];
      const bytes = niftiFile({ ...options, version, qform, qfac });
      const path = await folder.file('qform.nii', bytes);
      await expectPlanes(path, placing.code);
      const file = await openNifti(path, defaultLimits);
      for (const [row, offset] of [4, 5, 6].entries()) {
        const expected = [...(matrix[row] ?? []), offset];
        for (const [column, value] of expected.entries()) {
          expect(file.volume.affine[row]?.[column]).toBeCloseTo(value, 5);
        }
      }
      await file.close();
    }
  });
});

describe('the form that is used', () => {
  const { matrix, ...options } = placed({ code: 'PSR', worlds: [1, 2, 0], signs: [-1, 1, 1] });
  const identity = [0, 0, 0, 0, 0, 0];
  const damaged = sformOf(matrix).map((value, index) => (index === 1 ? NaN : value));
  const flat = sformOf(matrix).map((value, index) => (index % 4 === 1 ? 0 : value));

  it.each<[string, Partial<NiftiOptions>, string, string, RegExp | undefined]>([
    ['the sform', { sform: sformOf(matrix), qform: identity }, 'sform', 'PSR', undefined],
    ['the qform', { qform: identity }, 'qform', 'RAS', undefined],
    ['neither', {}, 'none', 'LAS', /does not state the orientation of the volume/],
    [
      'the qform for a damaged sform',
      { sform: damaged, qform: identity },
      'qform',
      'RAS',
      /sform is damaged/,
    ],
    [
      'the qform for a flat sform',
      { sform: flat, qform: identity },
      'qform',
      'RAS',
      /sform is damaged/,
    ],
    [
      'neither of two damaged ones',
      { sform: flat, qform: [1, 1, 0, 0, 0, 0] },
      'none',
      'LAS',
      /qform is damaged/,
    ],
    [
      'a quaternion a little too long',
      { qform: [1.00001, 0, 0, 0, 0, 0] },
      'qform',
      'RPI',
      undefined,
    ],
    [
      'a qform with sizes below 0',
      { qform: identity, zooms: [-1, -2, -3] },
      'qform',
      'RAS',
      undefined,
    ],
    [
      'a qform with a size that is none',
      { qform: identity, zooms: [-1, NaN, 0] },
      'qform',
      'RAS',
      /an unusable voxel size \(NaN, 0\)/,
    ],
  ])('%s', async (_name, forms, source, orientation, note) => {
    for (const version of [1, 2] as const) {
      const path = await folder.file('forms.nii', niftiFile({ ...options, version, ...forms }));
      const file = await openNifti(path, defaultLimits);
      const { volume, header } = file;
      expect(volume).toMatchObject({ affineSource: source, orientation });
      if (note === undefined) expect(header.notes).toEqual([]);
      else expect(header.notes.join(' ')).toMatch(note);
      await file.close();
    }
  });

  it('without one has the middle of the volume at the origin', async () => {
    const path = await folder.file('none.nii', niftiFile({ ...options, shape: [4, 5, 3] }));
    const file = await openNifti(path, defaultLimits);
    await file.close();
    expect(file.volume.affine).toEqual([
      [-1.5, 0, 0, 2.25],
      [0, 2, 0, -4],
      [0, 0, 2.5, -2.5],
    ]);
  });
});

it.each([
  [5, []],
  [20, [expect.stringContaining('tilted by 20°') as string]],
])('shows a volume rotated by %i° as stored', async (degrees, notes) => {
  const turn = (degrees * Math.PI) / 180;
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const sform = [c, -s, 0, 0, s, c, 0, 0, 0, 0, 1, 0];
  const bytes = niftiFile({
    type: 'uint8',
    shape: [2, 2, 2],
    values: [1, 2, 3, 4, 5, 6, 7, 8],
    sform,
  });
  const file = await openNifti(await folder.file('askew.nii', bytes), defaultLimits);
  expect(file.header.notes).toEqual(notes);
  expect([...(await file.read()).data]).toEqual([4, 3, 2, 1]);
  await file.close();
});

it('voxelOf leads from each pixel back to its voxel', async () => {
  for (const placing of placings) {
    const { matrix, ...options } = placed(placing);
    const [nx = 0, ny = 0, nz = 0] = options.shape;
    const values = [...options.values, ...options.values.map((value) => Number(value) + 1000)];
    const shape = [nx, ny, nz, 2];
    const bytes = niftiFile({ ...options, shape, values, sform: sformOf(matrix) });
    const path = await folder.file('back.nii', bytes);
    for (const plane of ['axial', 'coronal', 'sagittal'] as const) {
      const file = await openNiftiPlane(path, defaultLimits, plane);
      for (const [frame, x, y] of [
        [0, 0, 0],
        [file.volume.slices + 1, 2, 1],
        [file.header.frames - 1, file.header.width - 1, 3],
      ] as const) {
        const [i, j, k, time] = voxelOf(file.volume, frame, x, y);
        const [value] = (await file.read({ frame, region: { x, y, width: 1, height: 1 } })).data;
        expect(value).toBe(values[i + nx * (j + ny * (k + nz * time))]);
      }
      await file.close();
    }
  }
});
