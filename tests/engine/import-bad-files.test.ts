import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileOutcome, ImportedFile } from '../../src/contract/app.ts';
import { bmpFile } from '../../src/formats/raster/common/bmp-fixtures.ts';
import { pictureFile, syntax } from '../../src/formats/testing/dicom-fixtures.ts';
import { niftiFile } from '../../src/formats/raster/nifti/nifti-fixtures.ts';
import { tiffBytes } from '../../src/formats/testing/tiff-fixtures.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from './support.ts';

// Everything that a folder on a hospital's disk may contain: each file is listed with its reason, or imported.

/** Side of an image too large for the memory of any computer. */
const huge = 100_000;
/** Decompressed size of a decompression bomb, bytes. */
const unpacked = 256 * 2 ** 20;
/** Maximum memory of the engine for all files, MiB; it starts with about 120. */
const bound = 400;

describe('a folder of bad files', async () => {
  const folder = await temporaryFolder();
  const images = join(folder, 'images');
  let engine: EngineProcess;
  const files = new Map<string, ImportedFile>();

  beforeAll(async () => {
    await mkdir(images);
    for (const [name, bytes] of await badFiles()) await writeFile(join(images, name), bytes);
    for (const [name, bytes] of await oddFiles()) await writeFile(join(images, name), bytes);
    await mkdir(join(images, 'round'));
    await symlink(images, join(images, 'round', 'again'));
    engine = await EngineProcess.start(join(folder, 'workspace'));
    const { id: project } = await engine.call('project.create', {
      ...{ name: 'Bad', domain: 'medical', task: 'single' },
    });
    await engine.call('image.import', { project, folder: images, labels: 'none' });
    const filter = { report: null } as const;
    const page = await engine.call('image.files', { project, filter, offset: 0, limit: 500 });
    for (const file of page.files) files.set(file.name, file);
  });
  afterAll(() => engine.stop());

  const outcomeOf = (name: string): FileOutcome | undefined => files.get(name)?.outcome;

  it.each([
    ['truncated.png', /cut short|ended|damaged/],
    ['truncated.jpg', /cut short|ended|damaged/],
    ['truncated.tif', /cut short|ended|damaged|beyond/],
    ['truncated.dcm', /cut short|ended|damaged/],
    ['truncated.nii', /cut short|ended|damaged|shorter/],
    ['empty.png', /is empty/],
    ['text.png', /is not an image/],
    ['envelope.dcm', /is not an image/],
    ['archive.png', /is a ZIP file/],
    ['huge.png', /large|limit|pixels/],
    ['huge.tif', /large|limit|pixels|cut short|ended|beyond/],
    ['huge.bmp', /large|limit|pixels|cut short|ended/],
    ['huge.nii', /large|limit|pixels|cut short|ended|shorter|axis/],
    ['bomb.nii.gz', /limit|large/],
    ['bomb.tif', /cannot be decoded/],
    ['trailing.nii.gz', /compressed data is much longer/],
  ])('%s is listed with its reason', (name, reason) => {
    expect(files.get(name)).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringMatching(reason) as string,
    });
    expect(files.get(name)?.reason).toContain(name);
  });

  it('a file that decompresses to far more than its picture is read only up to the picture', () => {
    expect(outcomeOf('bomb.png')).toBe('added');
  });

  it('a link to a parent folder is reported', () => {
    expect(files.get('round/again')?.reason).toMatch(/a link to a folder that contains it/);
  });

  it.each([
    ['a picture under another format’s name', 'jpeg.png'],
    ['a DICOM file with encrypted attributes', 'encrypted-attributes.dcm'],
    ['a line break', 'two\nlines.png'],
    ['a quote and a comma', 'a "quoted", name.png'],
    ['Arabic', 'صورة.png'],
    ['Chinese', '图像.png'],
    ['Devanagari', 'छवि.png'],
    ['marks that are apart', 'e\u0301te\u0301.png'],
    ['an astral character', '🩻.png'],
    ['what turns text round', '\u202egnp.x.png'],
    ['a name that is an option', '--help.png'],
    ['a formula', '=cmd|x!A1.png'],
  ])('%s is imported all the same', (_, name) => {
    expect(outcomeOf(name)).toBe('added');
  });

  it.skipIf(process.platform !== 'linux')('memory stays bounded', async () => {
    const status = await readFile(`/proc/${engine.child.pid ?? 0}/status`, 'utf8');
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    expect(peak).toBeGreaterThan(50);
    expect(peak).toBeLessThan(bound);
  });
});

const absence = SmallDisk.absence;
describe(`a read-only disk${absence}`, async () => {
  const folder = await temporaryFolder();

  it.skipIf(absence !== '')('is imported like any other', async () => {
    const disk = SmallDisk.mount(1);
    const engine = await EngineProcess.start(join(folder, 'workspace'));
    try {
      await writeFile(join(disk.path, 'a.png'), await picture(1).png().toBuffer());
      disk.makeReadOnly();
      const { id: project } = await engine.call('project.create', {
        ...{ name: 'Read only', domain: 'medical', task: 'single' },
      });
      const request = { project, folder: disk.path, labels: 'none' } as const;
      expect(await engine.call('image.import', request)).toMatchObject({ added: 1, skipped: [] });
    } finally {
      await engine.stop();
      disk.unmount();
    }
  });
});

/** Returns a picture with its own content. */
function picture(seed: number): Sharp {
  const data = Uint8Array.from({ length: 24 * 24 * 3 }, (_, index) => (index * (seed + 3)) % 251);
  return sharp(data, { raw: { width: 24, height: 24, channels: 3 } });
}

async function badFiles(): Promise<Map<string, Uint8Array>> {
  const png = await picture(100).png().toBuffer();
  const jpeg = await picture(101).jpeg().toBuffer();
  const tiff = tiffBytes([{ width: 8, height: 8, values: counted(64) }]);
  const dicom = pictureFile(syntax.explicit, { rows: 8, columns: 8 }, Uint8Array.from(counted(64)));
  const nifti = niftiFile({ type: 'uint8', shape: [4, 4], values: counted(16) });
  const zeros = deflateSync(Buffer.alloc(unpacked), { level: 1 });
  const small = { width: 16, height: 16 };
  const wide = Buffer.from(nifti);
  // The lengths of three axes: 32767 is the format's maximum.
  for (const at of [42, 44, 46]) wide.writeInt16LE(32767, at);
  wide.writeInt16LE(3, 40);
  return new Map<string, Uint8Array>([
    ['truncated.png', png.subarray(0, png.length - 40)],
    ['truncated.jpg', jpeg.subarray(0, jpeg.length / 2)],
    ['truncated.tif', tiff.subarray(0, tiff.length - 20)],
    ['truncated.dcm', dicom.subarray(0, dicom.length - 20)],
    ['truncated.nii', nifti.subarray(0, nifti.length - 4)],
    ['empty.png', new Uint8Array()],
    ['text.png', Buffer.from('no image')],
    // A file wrapped as in PS3.15: CMS enveloped data, which cannot be read.
    ['envelope.dcm', Buffer.concat([Buffer.from('308006092a864886f70d010703', 'hex'), png])],
    // The encryption flag is set.
    ['archive.png', Buffer.concat([Buffer.from('504b0304140001000800', 'hex'), png])],
    ['huge.png', pngOf(huge, huge, deflateSync(Buffer.alloc(64)))],
    [
      'huge.tif',
      tiffBytes([{ width: huge, height: huge, values: [], blocks: [Buffer.alloc(64)] }]),
    ],
    ['huge.bmp', bmpFile({ width: huge, height: huge, bits: 24, data: counted(64) })],
    ['huge.nii', wide],
    ['bomb.nii.gz', gzipSync(Buffer.concat([wide, Buffer.alloc(2 ** 20)]))],
    ['bomb.png', pngOf(small.width, small.height, zeros)],
    ['bomb.tif', tiffBytes([{ ...small, values: [], compression: 8, blocks: [zeros] }])],
    ['trailing.nii.gz', gzipSync(Buffer.concat([nifti, Buffer.alloc(unpacked)]), { level: 1 })],
  ]);
}

async function oddFiles(): Promise<Map<string, Uint8Array>> {
  const names = [
    ...['two\nlines.png', 'a "quoted", name.png', 'صورة.png', '图像.png', 'छवि.png'],
    ...['e\u0301te\u0301.png', '🩻.png', '\u202egnp.x.png', '--help.png', '=cmd|x!A1.png'],
  ];
  const odd = new Map<string, Uint8Array>();
  for (const [index, name] of names.entries()) odd.set(name, await picture(index).png().toBuffer());
  odd.set('jpeg.png', await picture(50).jpeg().toBuffer());
  // PS3.15, E: the patient's identity is in an encrypted envelope, the picture is not.
  const envelope = [0x04000510, 'UI', syntax.explicit] as const;
  const content = [0x04000520, 'OB', Uint8Array.of(48, 128, 6, 9)] as const;
  const encrypted = pictureFile(
    syntax.explicit,
    { rows: 8, columns: 8 },
    Uint8Array.from(counted(64), (value) => value * 3),
    [[0x04000500, 'SQ', [[envelope, content]]]],
  );
  odd.set('encrypted-attributes.dcm', encrypted);
  return odd;
}

function counted(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** Returns a PNG that claims this size, 8-bit grey, whatever its data contain. */
function pngOf(width: number, height: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const chunk = (type: string, content: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
    ends[0].writeUInt32BE(content.length);
    ends[1].writeUInt32BE(crc32(body));
    return Buffer.concat([ends[0], body, ends[1]]);
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', new Uint8Array()),
  ]);
}
