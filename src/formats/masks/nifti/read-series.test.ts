import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FoundImage } from '../../labels/labelled-images.ts';
import { niftiFile } from '../../raster/nifti/nifti-fixtures.ts';
import { testFolder } from '../../raster/testing/test-folder.ts';
import { openMaskSource } from '../open-source.ts';
import { wholeMask } from '../strips.ts';
import { ctSlice } from '../testing/geo-fixtures.ts';

const test = testFolder();

/** 4 columns of 0.8 mm, 3 rows of 0.7 mm, at z = 1, 3.5, 6; not in the order of their names. */
const [columns, rows] = [4, 3];
const depths = { 'b.dcm': 1, 'c.dcm': 3.5, 'a.dcm': 6 };
const position = [-10.5, -20.25] as const;

/** Returns a value for a pixel of a slice that no other pixel has. */
const marked = (column: number, row: number, slice: number): number =>
  1 + column + columns * (row + rows * slice);

async function series(): Promise<FoundImage[]> {
  const names = Object.entries(depths);
  return Promise.all(
    names.map(async ([name, z], at) => {
      const bytes = ctSlice({ rows, columns, z, instance: `2.25.88${at}` });
      return { name, path: await test.file(name, bytes) };
    }),
  );
}

/** Axes of the file as columns, rows or slices of the series, each forwards or backwards. */
type Axes = readonly (readonly ['column' | 'row' | 'slice', 1 | -1])[];

/** The same places in RAS: x and y of DICOM the other way round. */
async function labels(name: string, axes: Axes, shift = 0): Promise<string> {
  const lengths = { column: columns, row: rows, slice: 3 };
  const steps = { column: [-0.8, 0, 0], row: [0, -0.7, 0], slice: [0, 0, 2.5] };
  const start: number[] = [-position[0] + shift, -position[1], 1];
  for (const [what, sign] of axes) {
    if (sign === 1) continue;
    for (const part of [0, 1, 2]) {
      start[part] = (start[part] ?? 0) + (lengths[what] - 1) * (steps[what][part] ?? 0);
    }
  }
  const sform = [0, 1, 2].flatMap((part) => [
    ...axes.map(([what, sign]) => sign * (steps[what][part] ?? 0)),
    start[part] ?? 0,
  ]);
  const shape = axes.map(([what]) => lengths[what]);
  const [ni = 1, nj = 1, nk = 1] = shape;
  const values: number[] = [];
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++) {
        const at = { column: 0, row: 0, slice: 0 };
        for (const [axis, place] of [i, j, k].entries()) {
          const [what, sign] = axes[axis] ?? ['column', 1];
          at[what] = sign === 1 ? place : lengths[what] - 1 - place;
        }
        values.push(marked(at.column, at.row, at.slice));
      }
    }
  }
  const zooms = axes.map(([what]) => Math.hypot(...steps[what]));
  const path = join(test.path, name);
  await writeFile(path, niftiFile({ shape, type: 'uint8', values, zooms, sform }));
  return path;
}

const open = async (path: string, found: FoundImage[]) =>
  openMaskSource('file', { path, folder: test.path, found, property: null });

describe('a NIfTI label map of a DICOM series', () => {
  it.each<[string, Axes]>([
    [
      'as it is',
      [
        ['column', 1],
        ['row', 1],
        ['slice', 1],
      ],
    ],
    [
      'from head to feet, rows from below',
      [
        ['column', 1],
        ['row', -1],
        ['slice', -1],
      ],
    ],
    [
      'mirrored',
      [
        ['column', -1],
        ['row', 1],
        ['slice', 1],
      ],
    ],
    [
      'with its slices along the first axis',
      [
        ['slice', -1],
        ['column', 1],
        ['row', -1],
      ],
    ],
    [
      'with its slices along the second axis',
      [
        ['row', 1],
        ['slice', 1],
        ['column', -1],
      ],
    ],
  ])('matches it, slice by slice: %s', async (name, axes) => {
    const found = await series();
    const source = await open(await labels(`${name}.nii`, axes), found);
    expect(source).toMatchObject({ kind: 'nifti', images: 3, problems: [] });
    for (const image of found) {
      const slice = (depths[image.name as keyof typeof depths] - 1) / 2.5;
      const mask = await source.maskFor({ ...image, width: columns, height: rows });
      if (mask === undefined) throw new Error(`no mask for ${image.name}`);
      const numbers = new Map(source.classes.map(({ value, number }) => [value, number]));
      const expected = Array.from({ length: columns * rows }, (_, at) =>
        marked(at % columns, Math.floor(at / columns), slice),
      );
      expect([...(await wholeMask(mask))].map((value) => numbers.get(value))).toEqual(expected);
    }
    await source.close();
  });

  it('is refused with the reason if its position differs', async () => {
    const axes: Axes = [
      ['column', 1],
      ['row', 1],
      ['slice', 1],
    ];
    const found = await series();
    await expect(open(await labels('moved.nii', axes, 0.2), found)).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringMatching(
        /moved\.nii matches none .*does not match the positions.*Resample/,
      ) as string,
    });
    const path = await test.file(
      'small.nii',
      niftiFile({
        shape: [2, 2, 2],
        type: 'uint8',
        values: [0, 0, 0, 0, 1, 1, 1, 1],
        sform: [-0.8, 0, 0, 10.5, 0, -0.7, 0, 20.25, 0, 0, 2.5, 1],
      }),
    );
    await expect(open(path, found)).rejects.toThrow(
      /2 × 2 voxels per slice, but the images have 4 × 3/,
    );
    await expect(open(path, [])).rejects.toThrow(/no DICOM image is at its position/);
  });

  it('ignores slices beyond it', async () => {
    const found = await series();
    const bytes = ctSlice({ rows, columns, z: 8.5, instance: '2.25.999' });
    const beyond = { name: 'z.dcm', path: await test.file('z.dcm', bytes) };
    const axes: Axes = [
      ['column', 1],
      ['row', 1],
      ['slice', 1],
    ];
    const source = await open(await labels('short.nii', axes), [...found, beyond]);
    expect(await source.maskFor({ ...beyond, width: columns, height: rows })).toBeUndefined();
    await source.close();
  });
});
