import { describe, expect, it } from 'vitest';
import { UserError } from '../../../core/errors.ts';
import type { ByteSource } from '../file-source.ts';
import type { CheckedRequest } from '../read-request.ts';
import { counting } from './nifti-fixtures.ts';
import { planeLayout } from './plane.ts';
import { voxelTypeOf } from './sample-types.ts';
import { SliceReader } from './slice-reader.ts';
import { voxelOf, type NiftiVolume } from './volume.ts';

const shape = [7, 3, 4, 2];
const values = counting(shape);

/** The first axis points to the head, so that axial slices are across it. */
function volumeOf(sign: 1 | -1): NiftiVolume {
  const directions = [
    { world: 2, sign },
    { world: 0, sign: 1 },
    { world: 1, sign: -1 },
  ] as const;
  return {
    version: 1,
    shape,
    zooms: [1, 1, 1, 1],
    affine: [
      [0, 1, 0, 0],
      [0, 0, -1, 0],
      [sign, 0, 0, 0],
    ],
    affineSource: 'sform',
    orientation: sign === 1 ? 'SRP' : 'IRP',
    plane: 'axial',
    ...planeLayout(directions, 'axial'),
    slices: 7,
    timePoints: 2,
  };
}

function readerOf(volume: NiftiVolume, slabBytes: number, source: Partial<ByteSource> = {}) {
  let reads = 0;
  const bytes = new Uint8Array(values);
  const stored = {
    source: {
      read: (start: number, length: number) => {
        reads++;
        return Promise.resolve(bytes.slice(start, start + length));
      },
      close: () => Promise.resolve(),
      ...source,
    },
    type: voxelTypeOf(2, 'memory'),
    isLittleEndian: true,
  };
  const reader = new SliceReader(stored, volume, 'uint8', slabBytes);
  return { reader, reads: () => reads };
}

const whole = { x: 0, y: 0, width: 3, height: 4 };
const ask = (frame: number, region = whole): CheckedRequest => ({
  frame,
  level: 0,
  region,
  bands: [0],
});

/** Returns the expected values of a region, voxel by voxel. */
function expected(volume: NiftiVolume, { frame, region }: CheckedRequest): number[] {
  return Array.from({ length: region.width * region.height }, (_, pixel) => {
    const x = region.x + (pixel % region.width);
    const y = region.y + Math.floor(pixel / region.width);
    const [i, j, k, time] = voxelOf(volume, frame, x, y);
    return values[i + 7 * (j + 3 * (k + 4 * time))] ?? NaN;
  });
}

describe('slices across the first axis', () => {
  const parts = { x: 1, y: 2, width: 2, height: 1 };

  // One slice of the whole is 12 bytes: slabs of one, of three (the last of one), of all seven.
  it.each([1, 12, 36, 1000])('are right in slabs of %i bytes', async (slabBytes) => {
    for (const sign of [1, -1] as const) {
      const volume = volumeOf(sign);
      const { reader } = readerOf(volume, slabBytes);
      for (const frame of [0, 1, 2, 3, 6, 7, 13, 5, 12]) {
        for (const region of [whole, parts]) {
          const request = ask(frame, region);
          expect([...(await reader.read(request, undefined))]).toEqual(expected(volume, request));
        }
      }
    }
  });

  it('are read together, time point by time point', async () => {
    const { reader, reads } = readerOf(volumeOf(1), 36);
    for (let frame = 0; frame < 14; frame++) await reader.read(ask(frame), undefined);
    // Slabs of 3, 3 and 1 slices, twice.
    expect(reads()).toBe(6);
    await Promise.all([reader.read(ask(0), undefined), reader.read(ask(1), undefined)]);
    expect(reads()).toBe(7);
  });

  it('are not shared with the caller', async () => {
    const volume = volumeOf(1);
    const { reader } = readerOf(volume, 1000);
    (await reader.read(ask(0), undefined)).fill(0);
    expect([...(await reader.read(ask(0), undefined))]).toEqual(expected(volume, ask(0)));
  });

  it('are read again after a failure', async () => {
    let isBroken = true;
    const volume = volumeOf(1);
    const { reader } = readerOf(volume, 1000, {
      read: (start, length) =>
        isBroken
          ? Promise.reject(new UserError('disk', 'The disk is gone.'))
          : Promise.resolve(new Uint8Array(values).slice(start, start + length)),
    });
    await expect(reader.read(ask(0), undefined)).rejects.toMatchObject({ code: 'disk' });
    isBroken = false;
    expect([...(await reader.read(ask(0), undefined))]).toEqual(expected(volume, ask(0)));
  });
});
