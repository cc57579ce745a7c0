import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { defaultLimits, type SampleType } from '../image-file.ts';
import { allFrames, cut, valuesOf } from '../testing/reading.ts';
import { testFolder } from '../testing/test-folder.ts';
import {
  counting,
  niftiFile,
  niftiParts,
  type NiftiOptions,
  type StoredType,
} from './nifti-fixtures.ts';
import { isNifti, isNiftiFile, openNifti, openNiftiPlane } from './open-nifti.ts';

const folder = testFolder();

/** Shown as stored: the first axis to the left, the second to the back, the third to the head. */
const asStored = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0];

async function opened(options: NiftiOptions, name = 'volume.nii') {
  return openNifti(await folder.file(name, niftiFile(options)), defaultLimits);
}

const versions = [1, 2] as const;
const byteOrders = [true, false];

describe('values', () => {
  const cases: [StoredType, SampleType, number[]][] = [
    ['uint8', 'uint8', [0, 1, 254, 255]],
    ['int8', 'int8', [-128, -1, 0, 127]],
    ['uint16', 'uint16', [0, 1, 258, 65535]],
    ['int16', 'int16', [-32768, -2, 258, 32767]],
    ['uint32', 'uint32', [0, 1, 16909060, 4294967295]],
    ['int32', 'int32', [-2147483648, -2, 16909060, 2147483647]],
    ['float32', 'float32', [-1.5, Math.fround(0.1), Infinity, Math.fround(3e38)]],
    ['float64', 'float64', [-1.5, 0.1, 1e300, 5e-324]],
    ['int64', 'float64', [-9007199254740992, -2, 72623859790382, 9007199254740992]],
    ['uint64', 'float64', [0, 1, 72623859790382, 9007199254740992]],
  ];

  it.each(cases)('of %s are as stored', async (type, sampleType, values) => {
    for (const version of versions) {
      for (const littleEndian of byteOrders) {
        const shape = [2, 2];
        const file = await opened({ version, littleEndian, type, shape, values, sform: asStored });
        expect(file.header).toMatchObject({ sampleType, bands: 1, frames: 1, width: 2, height: 2 });
        const { data } = await file.read();
        expect([...data]).toEqual(values);
        expect(data.constructor.name.toLowerCase()).toBe(`${sampleType}array`);
        await file.close();
      }
    }
  });

  it.each(['int64', 'uint64'] as const)('of %s beyond 2^53 are read with a note', async (type) => {
    const shape = [3];
    const values = [1n, 2n ** 53n + 1n, 5n];
    for (const littleEndian of byteOrders) {
      const file = await opened({ littleEndian, type, shape, values, sform: asStored });
      const before = file.header.notes;
      expect(before.join()).toContain(`Stored as ${type}`);
      expect(await valuesOf(file, { region: { x: 0, y: 0, width: 1, height: 1 } })).toEqual([1]);
      expect(file.header.notes).toEqual(before);
      expect(await valuesOf(file)).toEqual([1, 2 ** 53, 5]);
      expect(file.header.notes).toHaveLength(before.length + 1);
      expect(file.header.notes.at(-1)).toContain('2^53');
      await file.close();
    }
  });

  it('of a negative int64 are negative', async () => {
    const file = await opened({
      type: 'int64',
      shape: [2],
      values: [-(2n ** 62n), -1n],
      sform: asStored,
    });
    expect(await valuesOf(file)).toEqual([-(2 ** 62), -1]);
    await file.close();
  });

  it.each([
    ['rgb24', 3, null],
    ['rgba32', 4, 3],
  ] as const)('of %s are bands', async (type, bands, alpha) => {
    const values = counting([3, 2, 2], bands);
    const file = await opened({ type, shape: [3, 2, 2], values, sform: asStored, slope: 2 });
    expect(file.header).toMatchObject({ bands, alpha, interpretation: 'rgb', sampleType: 'uint8' });
    expect(file.header.display.rescale).toBeNull();
    expect(await valuesOf(file, { frame: 1 })).toEqual(values.slice(6 * bands));
    expect(await valuesOf(file, { bands: [2, 0] })).toEqual(
      [0, 1, 2, 3, 4, 5].flatMap((pixel) => [pixel * bands + 2, pixel * bands]),
    );
    await file.close();
  });
});

describe('rescale', () => {
  it.each<[string, Partial<NiftiOptions>, unknown]>([
    ['is there', { slope: 0.5, intercept: -1000 }, { slope: 0.5, intercept: -1000 }],
    ['may be negative', { slope: -2, intercept: 3 }, { slope: -2, intercept: 3 }],
    ['is none for slope 0', { slope: 0, intercept: 7 }, null],
    ['is none for a slope that is no number', { slope: NaN, intercept: NaN }, null],
    ['is none where it changes nothing', { slope: 1, intercept: 0 }, null],
  ])('%s', async (_name, scale, expected) => {
    for (const version of versions) {
      const values = [1, 2];
      const file = await opened({ version, type: 'int16', shape: [2], values, ...scale });
      expect(file.header.display.rescale).toEqual(expected);
      expect((await valuesOf(file)).sort()).toEqual(values);
      await file.close();
    }
  });

  it('notes an intercept that is not a number', async () => {
    const file = await opened({ type: 'int16', shape: [1], values: [1], slope: 2, intercept: NaN });
    expect(file.header.display.rescale).toEqual({ slope: 2, intercept: 0 });
    expect(file.header.notes.join()).toContain('scl_inter');
    await file.close();
  });
});

it.each<[string, readonly [number, number], unknown[]]>([
  [
    'cal_min and cal_max',
    [-10, 30],
    [{ center: 10, width: 40, shape: 'linear-exact', name: null }],
  ],
  ['none where both are 0', [0, 0], []],
  ['none where they are swapped', [30, -10], []],
  ['none where one is no number', [NaN, 1], []],
])('windows: %s', async (_name, shown, expected) => {
  for (const version of versions) {
    const file = await opened({ version, type: 'uint8', shape: [1], values: [1], shown });
    expect(file.header.display.windows).toEqual(expected);
    await file.close();
  }
});

describe('spacing', () => {
  it.each([
    ['metres', 1, 1000],
    ['millimetres', 2, 1],
    ['micrometres', 3, 0.001],
    ['millimetres and seconds', 2 + 8, 1],
  ])('of %s is in mm', async (_name, units, factor) => {
    for (const version of versions) {
      const shape = [2, 2, 2];
      const values = counting(shape);
      const zooms = [2, 3, 4];
      const file = await opened({
        version,
        type: 'uint8',
        shape,
        values,
        zooms,
        units,
        sform: asStored,
      });
      expect(file.header.spacing).toEqual({ x: 2 * factor, y: 3 * factor, unit: 'mm' });
      expect(file.header.notes).toEqual([]);
      await file.close();
    }
  });

  it('without a unit is assumed to be mm, with a note', async () => {
    const file = await opened({
      type: 'uint8',
      shape: [1],
      values: [1],
      units: 0,
      sform: asStored,
    });
    expect(file.header.notes).toEqual([expect.stringContaining('millimetres')]);
    await file.close();
  });

  it('belongs to the axes that are shown', async () => {
    const shape = [2, 3, 4];
    const options: NiftiOptions = {
      type: 'uint8',
      shape,
      values: counting(shape),
      zooms: [2, 3, 4],
      // i to the head, j to the right, k to the front.
      sform: [0, 3, 0, 0, 0, 0, 4, 0, 2, 0, 0, 0],
    };
    const path = await folder.file('turned.nii', niftiFile(options));
    for (const [plane, x, y, frames] of [
      ['axial', 3, 4, 2],
      ['coronal', 3, 2, 4],
      ['sagittal', 4, 2, 3],
    ] as const) {
      const file = await openNiftiPlane(path, defaultLimits, plane);
      expect(file.header).toMatchObject({ spacing: { x, y, unit: 'mm' }, frames });
      expect(file.volume).toMatchObject({ zooms: [2, 3, 4], shape, orientation: 'SRA', plane });
      await file.close();
    }
  });
});

describe('frames', () => {
  const shape = [3, 2, 4, 5];
  const values = counting(shape);

  it.each([
    ['a volume in time', shape, 20],
    ['axes of length 1 beyond', [...shape, 1, 1, 1], 20],
    ['time without a third axis', [3, 8, 1, 5], 5],
    ['one slice', [3, 40], 1],
    ['one row', [120], 1],
  ])('of %s run through slices, then through time', async (_name, lengths, frames) => {
    for (const version of versions) {
      const file = await opened({
        version,
        type: 'uint8',
        shape: lengths,
        values,
        sform: asStored,
      });
      expect(file.header.frames).toBe(frames);
      const all = await allFrames(file);
      expect(all.flatMap(({ data }) => [...data])).toEqual(values);
      expect(file.volume.shape).toEqual(lengths);
      await file.close();
    }
  });
});

describe('regions', () => {
  const shape = [5, 6, 7, 2];
  const sforms = {
    asStored,
    'head first': [0, 0, -1, 0, 0, 1, 0, 0, -1, 0, 0, 0],
    'right first': [0, -1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0],
  };

  it.each(Object.entries(sforms))('are parts of the whole: %s', async (_name, sform) => {
    const values = counting(shape, 3).map((value) => value % 251);
    const plain = niftiFile({ type: 'rgb24', shape, values, sform });
    for (const [name, bytes] of [
      ['parts.nii', plain],
      ['parts.nii.gz', gzipSync(plain)],
    ] as const) {
      const path = await folder.file(name, bytes);
      for (const plane of ['axial', 'coronal', 'sagittal'] as const) {
        const file = await openNiftiPlane(path, defaultLimits, plane);
        const frame = file.header.frames - 2;
        const whole = await file.read({ frame });
        const { width, height } = whole;
        for (const region of [
          { x: 0, y: 0, width: 1, height: 1 },
          { x: 1, y: 2, width: 3, height: 2 },
          { x: width - 2, y: 0, width: 2, height },
          { x: 0, y: height - 1, width, height: 1 },
        ]) {
          const bands = [1, 0];
          expect(await valuesOf(file, { frame, region, bands })).toEqual(cut(whole, region, bands));
        }
        await file.close();
      }
    }
  });
});

describe('two files', () => {
  const options = {
    type: 'int16',
    shape: [2, 3],
    values: counting([2, 3]),
    sform: asStored,
  } as const;

  it.each([
    ['a.hdr', 'a.img', false, false],
    ['b.hdr', 'b.img.gz', false, true],
    ['c.hdr.gz', 'c.img.gz', true, true],
    ['D.HDR', 'D.IMG', false, false],
  ])('%s and %s', async (headerName, voxelName, isHeaderPacked, areVoxelsPacked) => {
    for (const version of versions) {
      const { header, voxels } = niftiParts({ ...options, version, isPair: true });
      const paths = [
        await folder.file(headerName, isHeaderPacked ? gzipSync(header) : header),
        await folder.file(voxelName, areVoxelsPacked ? gzipSync(voxels) : voxels),
      ];
      for (const path of paths) {
        const file = await openNifti(path, defaultLimits);
        expect(await valuesOf(file)).toEqual(options.values);
        await file.close();
      }
    }
  });
});

describe('isNifti', () => {
  const options = { type: 'uint8', shape: [2, 2], values: [1, 2, 3, 4] } as const;

  it('recognises both versions, both byte orders, compressed or not', () => {
    for (const version of versions) {
      for (const littleEndian of byteOrders) {
        const file = niftiFile({ ...options, version, littleEndian, gap: 2000 });
        expect(isNifti(file.subarray(0, 1024))).toBe(true);
        expect(isNifti(gzipSync(file).subarray(0, 1024))).toBe(true);
        const { header } = niftiParts({ ...options, version, littleEndian, isPair: true });
        expect(isNifti(header)).toBe(true);
      }
    }
  });

  it('recognises a compressed file by its first kilobyte', () => {
    // The bytes after the header cannot be compressed well.
    const values = Array.from({ length: 2 ** 14 }, (_, index) => (index * index * 7919) >> 5);
    const packed = gzipSync(niftiFile({ type: 'uint8', shape: [2 ** 14], values }));
    expect(packed.length).toBeGreaterThan(2 ** 11);
    expect(isNifti(packed.subarray(0, 1024))).toBe(true);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['gzip of something else', gzipSync(Buffer.alloc(2000, 'text'))],
    ['the start of gzip', Buffer.from([0x1f, 0x8b])],
    [
      'damaged gzip',
      Buffer.concat([gzipSync(Buffer.alloc(600)).subarray(0, 12), Buffer.alloc(90, 255)]),
    ],
    ['zeros', Buffer.alloc(1024)],
    ['a mark without its size', niftiFile(options).fill(0, 0, 4)],
    ['a size without its mark', niftiFile(options).fill(0, 344, 348)],
  ])('is not fooled by %s', (_name, head) => {
    expect(isNifti(head)).toBe(false);
  });
});

it('NIfTI is distinguished from other images', async () => {
  const file = await opened({ type: 'uint8', shape: [1], values: [1] });
  expect(isNiftiFile(file)).toBe(true);
  const other = { ...file, header: { ...file.header, format: 'png' as const } };
  expect(isNiftiFile(other)).toBe(false);
  await file.close();
});
