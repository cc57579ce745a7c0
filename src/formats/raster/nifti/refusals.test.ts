import { open, stat, unlink } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../core/errors.ts';
import { defaultLimits, type ReadLimits, type ReadRequest } from '../image-file.ts';
import { drawn, endsInSentence, expectRefusal, valuesOf } from '../testing/reading.ts';
import { testFolder } from '../testing/test-folder.ts';
import { counting, niftiFile, niftiParts, type NiftiOptions } from './nifti-fixtures.ts';
import { openNifti } from './open-nifti.ts';

const folder = testFolder();

const shape = [4, 3, 2];
const plain: NiftiOptions = { type: 'int16', shape, values: counting(shape), zooms: [1, 1, 1] };

/** A header with some bytes changed. */
function changed(change: (file: Buffer) => void, options = plain): Buffer {
  const file = niftiFile(options);
  change(file);
  return file;
}

const dimensionsAt = 40;
const second: NiftiOptions = { ...plain, version: 2 };

describe('refusals', () => {
  const cases: [name: string, bytes: Buffer, code: ErrorCode, words: RegExp][] = [
    ['an empty file', Buffer.alloc(0), 'invalid-file', /empty/],
    ['text', Buffer.from('no image '.repeat(100)), 'invalid-file', /no NIfTI magic number/],
    [
      'a header cut short',
      niftiFile(plain).subarray(0, 300),
      'invalid-file',
      /no NIfTI magic number/,
    ],
    ['voxels cut short', niftiFile(plain).subarray(0, -1), 'invalid-file', /399 bytes of 400/],
    ['no axes', changed((file) => file.writeInt16LE(0, dimensionsAt)), 'invalid-file', /0 axes/],
    ['eight axes', changed((file) => file.writeInt16LE(8, dimensionsAt)), 'invalid-file', /8 axes/],
    [
      'an axis without length',
      changed((file) => file.writeInt16LE(0, dimensionsAt + 4)),
      'invalid-file',
      /length of 0/,
    ],
    [
      'an axis of negative length',
      changed((file) => file.writeInt16LE(-5, dimensionsAt + 2)),
      'invalid-file',
      /length of -5/,
    ],
    [
      'more voxels than any file has',
      changed((file) => {
        for (const axis of [1, 2, 3]) file.writeBigInt64LE(2n ** 40n, 16 + 8 * axis);
      }, second),
      'invalid-file',
      /more bytes than any file/,
    ],
    [
      'an axis longer than numbers are exact',
      changed((file) => file.writeBigInt64LE(2n ** 60n, 24), second),
      'invalid-file',
      /length of/,
    ],
    [
      'voxels inside the header',
      changed((file) => file.writeFloatLE(12, 108)),
      'invalid-file',
      /begin at byte 12, which is not a place after its header/,
    ],
    [
      'voxels nowhere',
      changed((file) => file.writeFloatLE(NaN, 108)),
      'invalid-file',
      /begin at byte NaN, which is not a place after its header/,
    ],
    [
      'voxels before the file',
      changed((file) => file.writeBigInt64LE(-1n, 168), second),
      'invalid-file',
      /begin at byte -1, which is not a place after its header/,
    ],
    ['an unknown type', changed((file) => file.writeInt16LE(77, 70)), 'invalid-file', /code 77/],
    ['single bits', changed((file) => file.writeInt16LE(1, 70)), 'unsupported', /single bits/],
    [
      'quadruple precision',
      changed((file) => file.writeInt16LE(1536, 70)),
      'unsupported',
      /128-bit/,
    ],
    [
      'complex values',
      niftiFile({ type: 'complex64', shape: [1], values: [0] }),
      'unsupported',
      /complex numbers/,
    ],
    [
      'vectors',
      niftiFile({ ...plain, shape: [4, 3, 1, 1, 2] }),
      'unsupported',
      /5 axes \(4 × 3 × 1 × 1 × 2\)/,
    ],
    [
      'the header of a pair under another name',
      niftiParts({ ...plain, isPair: true }).header,
      'invalid-file',
      /\.hdr/,
    ],
  ];

  it.each(cases)('%s', async (name, bytes, code, words) => {
    const path = await folder.file(`${name}.nii`, bytes);
    await expectRefusal(openNifti(path, defaultLimits), code, words);
    await expectRefusal(openNifti(path, defaultLimits), code, /\.nii/);
  });

  it.each<[Partial<ReadLimits>, NiftiOptions, RegExp]>([
    [{ frames: 1 }, plain, /2 slices and time points, more than the limit of 1/],
    [{ bands: 2 }, { type: 'rgb24', shape: [1], values: [1, 2, 3] }, /3 bands, more than .* 2/],
  ])('more than the limits %j', async (limits, options, words) => {
    const path = await folder.file('limits.nii', niftiFile(options));
    await expectRefusal(openNifti(path, { ...defaultLimits, ...limits }), 'too-large', words);
  });

  it('more bytes than the limit at once, but not in parts', async () => {
    const path = await folder.file('bytes.nii', niftiFile(plain));
    const file = await openNifti(path, { ...defaultLimits, bytes: 8 });
    await expectRefusal(file.read(), 'too-large', /4 × 3 pixels of 1 bands/);
    const region = { x: 0, y: 0, width: 4, height: 1 };
    expect(await valuesOf(file, { region })).toHaveLength(4);
    await file.close();
  });

  it('a header without its voxels', async () => {
    const path = await folder.file('alone.hdr', niftiParts({ ...plain, isPair: true }).header);
    await expectRefusal(openNifti(path, defaultLimits), 'not-found', /alone\.hdr is only a header/);
  });

  it('a missing file and a folder', async () => {
    await expectRefusal(openNifti(`${folder.path}/no.nii`, defaultLimits), 'not-found', /no\.nii/);
    await expectRefusal(openNifti(folder.path, defaultLimits), 'invalid-file', /not a file|folder/);
  });

  it('a file that became shorter after it was opened', async () => {
    const path = await folder.file('shrinks.nii', niftiFile(plain));
    const file = await openNifti(path, defaultLimits);
    await (
      await open(path, 'r+').then(async (handle) => {
        await handle.truncate(360);
        return handle;
      })
    ).close();
    await expectRefusal(file.read(), 'invalid-file', /ended while it was being read/);
    await file.close();
  });
});

describe('a request for something that does not exist is a bug of the caller:', () => {
  it.each<[string, ReadRequest]>([
    ['frame', { frame: 2 }],
    ['frame', { frame: -1 }],
    ['frame', { frame: 0.5 }],
    ['level', { level: 1 }],
    ['band', { bands: [1] }],
    ['band', { bands: [] }],
    ['Columns', { region: { x: 1, y: 0, width: 4, height: 1 } }],
    ['Columns', { region: { x: 0, y: 0, width: 0, height: 1 } }],
    ['Rows', { region: { x: 0, y: -1, width: 1, height: 1 } }],
    ['Rows', { region: { x: 0, y: NaN, width: 1, height: 1 } }],
  ])('%s of %j', async (what, request) => {
    const file = await openNifti(await folder.file('ask.nii', niftiFile(plain)), defaultLimits);
    await expect(file.read(request)).rejects.toThrow(RangeError);
    await expect(file.read(request)).rejects.toThrow(what);
    await file.close();
  });
});

describe('compressed files', () => {
  const path = (bytes: Uint8Array): Promise<string> => folder.file('packed.nii.gz', bytes);
  const claims = (lengths: readonly number[]): Buffer =>
    niftiFile({ ...plain, values: [] }).fill(
      (() => {
        const view = Buffer.alloc(8);
        for (const [axis, length] of [3, ...lengths].entries()) view.writeInt16LE(length, 2 * axis);
        return view;
      })(),
      40,
      48,
    );

  it('that continue without end are refused before they fill the memory', async () => {
    const bomb = gzipSync(Buffer.concat([niftiFile(plain), Buffer.alloc(64 * 2 ** 20)]));
    expect(bomb.length).toBeLessThan(2 ** 20);
    const file = await openNifti(await path(bomb), defaultLimits);
    await expectRefusal(file.read(), 'invalid-file', /compressed data is much longer/);
    await file.close();
  });

  it('that claim more than they can hold are refused when they are opened', async () => {
    const file = await path(gzipSync(claims([1000, 1000, 500])));
    await expectRefusal(openNifti(file, defaultLimits), 'invalid-file', /claims more than/);
  });

  it('that claim more than may be decompressed are refused when they are opened', async () => {
    const file = await path(gzipSync(claims([32767, 32767, 2])));
    await expectRefusal(openNifti(file, defaultLimits), 'too-large', /gunzip/);
    const small = await path(gzipSync(niftiFile(plain)));
    await expectRefusal(
      openNifti(small, { ...defaultLimits, bytes: 399 }),
      'too-large',
      /400 bytes/,
    );
  });

  it('that are cut short or damaged are refused when they are read', async () => {
    const values = Array.from({ length: 4000 }, (_, index) => (index * index * 7919) % 30011);
    const packed = gzipSync(niftiFile({ ...plain, shape: [20, 20, 10], values }));
    const short = await openNifti(await path(packed.subarray(0, -1000)), defaultLimits);
    await expectRefusal(short.read(), 'invalid-file', /cut short/);
    await short.close();
    // The checksum at the end: all voxels are there, but not those that were compressed.
    const wrong = Buffer.from(packed);
    wrong[wrong.length - 8] = (wrong[wrong.length - 8] ?? 0) ^ 1;
    const damaged = await openNifti(await path(wrong), defaultLimits);
    await expectRefusal(damaged.read(), 'invalid-file', /damaged/);
    await damaged.close();
    // So small that its checksum is in the part that the header is read from.
    const tiny = Buffer.from(gzipSync(niftiFile(plain)));
    tiny[tiny.length - 8] = (tiny[tiny.length - 8] ?? 0) ^ 1;
    const small = await openNifti(await path(tiny), defaultLimits);
    await expectRefusal(small.read(), 'invalid-file', /damaged/);
    await small.close();
  });

  it('that end before their voxels do', async () => {
    const file = await openNifti(
      await path(gzipSync(niftiFile(plain).subarray(0, -2))),
      defaultLimits,
    );
    await expectRefusal(file.read(), 'invalid-file', /398 bytes of 400/);
    await file.close();
  });

  it('in several members are one file', async () => {
    const bytes = niftiFile(plain);
    const parts = [bytes.subarray(0, 360), bytes.subarray(360)].map((part) => gzipSync(part));
    const file = await openNifti(await path(Buffer.concat(parts)), defaultLimits);
    expect((await valuesOf(file)).sort((a, b) => a - b)).toEqual(counting([12]));
    await file.close();
  });

  it('that vanish between opening and reading', async () => {
    const gone = await path(gzipSync(niftiFile(plain)));
    const file = await openNifti(gone, defaultLimits);
    await unlink(gone);
    await expectRefusal(file.read(), 'not-found', /packed/);
    await file.close();
  });
});

describe('reading can be stopped', () => {
  const large = (): Buffer => niftiFile({ type: 'uint8', shape: [200, 200, 200], values: [] });

  async function openedLarge(packed: boolean) {
    const bytes = Buffer.concat([large(), Buffer.alloc(8_000_000)]);
    const name = packed ? 'large.nii.gz' : 'large.nii';
    return openNifti(await folder.file(name, packed ? gzipSync(bytes) : bytes), defaultLimits);
  }

  it.each([true, false])('before it begins (packed: %s)', async (packed) => {
    const file = await openedLarge(packed);
    await expectRefusal(file.read({ signal: AbortSignal.abort() }), 'cancelled', /^Stopped/);
    expect((await file.read()).data).toHaveLength(40_000);
    await file.close();
  });

  it('while a compressed file is decompressed, and other reads continue', async () => {
    const file = await openedLarge(true);
    const stop = new AbortController();
    const [stopped, other] = [file.read({ signal: stop.signal }), file.read({ frame: 1 })];
    stop.abort();
    await expectRefusal(stopped, 'cancelled', /^Stopped/);
    expect((await other).data).toHaveLength(40_000);
    await file.close();
  });

  it.each([true, false])('by closing the file (packed: %s)', async (packed) => {
    const file = await openedLarge(packed);
    const reading = Promise.allSettled([file.read(), file.read({ frame: 3 })]);
    await file.close();
    for (const outcome of await reading) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'cancelled' });
    }
    await expectRefusal(file.read(), 'cancelled', /closed/);
    await file.close();
  });
});

// Windows would write all bytes of the file.
it.skipIf(process.platform === 'win32')('a file of any size is read by region', async () => {
  // Sparse: it takes little space on the disk.
  const [nx, ny, nz] = [1024, 1024, 2100];
  const header = niftiFile({
    type: 'int16',
    shape: [nx, ny, nz],
    values: [],
    sform: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0],
  });
  const path = await folder.file('sparse.nii', header);
  const handle = await open(path, 'r+');
  const bytes = 2 * nx * ny * nz;
  await handle.truncate(header.length + bytes);
  await handle.write(Buffer.from([1, 2, 3, 4]), 0, 4, header.length + bytes - 4);
  await handle.close();
  expect((await stat(path)).size).toBeGreaterThan(2 ** 32);
  const file = await openNifti(path, defaultLimits);
  const region = { x: nx - 3, y: ny - 2, width: 3, height: 2 };
  expect(await valuesOf(file, { frame: nz - 1, region })).toEqual([0, 0, 0, 0, 513, 1027]);
  await file.close();
});

describe('damaged files cause an error message', () => {
  const whole: NiftiOptions = {
    ...plain,
    slope: 2,
    intercept: 1,
    sform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
    qform: [0, 0, 0, 0, 0, 0],
  };
  const limits = { ...defaultLimits, bytes: 2 ** 22 };

  it.each([1, 2] as const)('wherever one of version %i is cut', async (version) => {
    const bytes = niftiFile({ ...whole, version });
    for (const file of [bytes, gzipSync(bytes)]) {
      for (let length = 0; length < file.length; length += 7) {
        const path = await folder.file('cut.nii', file.subarray(0, length));
        expect(await endsInSentence(() => openNifti(path, limits))).toBe('refused');
      }
    }
  });

  it.each([1, 2] as const)('whatever is changed in version %i', async (version) => {
    const bytes = niftiFile({ ...whole, version });
    const next = drawn(version);
    const outcomes = { read: 0, refused: 0 };
    for (let round = 0; round < 400; round++) {
      const file = Buffer.from(bytes);
      for (let change = 0; change <= next(4); change++) {
        // Mostly in the header.
        file[next(next(4) === 0 ? file.length : 130)] =
          [0, 1, 127, 128, 255, next(256)][next(6)] ?? 0;
      }
      const packed = round % 3 === 0;
      const path = await folder.file('changed.nii', packed ? gzipSync(file) : file);
      outcomes[await endsInSentence(() => openNifti(path, limits))]++;
    }
    expect(outcomes.read).toBeGreaterThan(40);
    expect(outcomes.refused).toBeGreaterThan(40);
  });

  it('whatever is changed in a packed one', async () => {
    const bytes = gzipSync(niftiFile(whole));
    const next = drawn(5);
    for (let round = 0; round < 400; round++) {
      const file = Buffer.from(bytes);
      file[next(file.length)] = next(256);
      const path = await folder.file('changed.nii.gz', file);
      expect(await endsInSentence(() => openNifti(path, limits))).toBeTypeOf('string');
    }
  });
});
