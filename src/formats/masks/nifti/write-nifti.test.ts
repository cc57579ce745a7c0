import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { defaultLimits } from '../../raster/image-file.ts';
import { headerBytes } from '../../raster/nifti/header.ts';
import { openNiftiPlane } from '../../raster/nifti/open-nifti.ts';
import { testFolder } from '../../raster/testing/test-folder.ts';
import { askewVolume } from '../testing/geo-fixtures.ts';
import { collected, memoryMask, randomMask } from '../testing/memory-mask.ts';
import { niftiOfMasks, readNiftiSource } from './write-nifti.ts';

const folder = testFolder();

/** Bytes of a header that may differ: the voxel type, and texts. */
const changed = {
  1: [
    [4, 32],
    [68, 74],
    [108, 120],
    [124, 132],
    [148, 252],
    [328, 348],
  ],
  2: [
    [4, 16],
    [168, 208],
    [240, 344],
    [504, 524],
  ],
} as const;

it.each([
  [1, true, [5, 7, 4]],
  [1, false, [5, 7, 4, 3]],
  [2, true, [6, 5, 3, 2]],
  [2, false, [1, 1, 1]],
] as const)(
  'a label volume (NIfTI-%i, little-endian %s, %j) has the position of its volume, voxel by voxel',
  async (version, little, shape) => {
    const bytes = askewVolume(version, shape, little);
    const path = await folder.file(`${version}-${little}-${shape.length}.nii`, bytes);
    const source = await readNiftiSource(path);
    const { width, height, frames } = source;
    const masks = Array.from({ length: frames }, (_, frame) =>
      randomMask(frame, { width, height }, [0, 1, 255]),
    );
    const parts = niftiOfMasks(
      source,
      (frame) => (frame === 1 ? null : memoryMask(masks[frame] ?? new Uint8Array(), source)),
      7,
    );
    const packed = await collected(parts);
    const label = await openNiftiPlane(
      await folder.file(`${version}-${little}-${shape.length}-labels.nii.gz`, packed),
      defaultLimits,
      'axial',
    );
    const { volume } = source;
    expect(label.volume).toEqual(volume);
    expect(label.header).toMatchObject({ width, height, frames, sampleType: 'uint8' });
    for (const [frame, mask] of masks.entries()) {
      const { data } = await label.read({ frame });
      expect([...data]).toEqual([...(frame === 1 ? mask.map(() => 7) : mask)]);
    }
    await label.close();
    const header = gunzipSync(packed).subarray(0, headerBytes[version]);
    const original = Buffer.from(bytes.subarray(0, headerBytes[version]));
    for (const [start, end] of changed[version]) {
      header.fill(0, start, end);
      original.fill(0, start, end);
    }
    expect(header).toEqual(original);
  },
);

it("a label volume has none of the header's texts", async () => {
  for (const version of [1, 2] as const) {
    const path = await folder.file('doe.nii', askewVolume(version, [2, 2, 2], true));
    const { header } = await readNiftiSource(path);
    expect(header.toString('latin1')).not.toContain('Doe');
  }
});
