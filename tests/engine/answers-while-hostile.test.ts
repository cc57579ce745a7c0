import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MaskSourcePlace } from '../../src/contract/mask-sources.ts';
import { dicomFile, pictureEntries, syntax } from '../../src/formats/testing/dicom-fixtures.ts';
import { doubles, short, tiffBytes } from '../../src/formats/testing/tiff-fixtures.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from './support.ts';

// Label and teacher files that describe far more work or memory than their size suggests: each ends in a message or
// in masks, and the engine answers other requests in the meantime.

/** Limit for an answer, ms. */
const soon = 500;
const side = 2048;
const pixel = 1e-4;

/** Returns an image in longitude and latitude, compressed into a few kilobytes. */
function placedImage(): Buffer {
  const packed = Buffer.alloc((2 * side * side) / 128, Uint8Array.of(129, 7));
  const fields = [
    doubles(33550, pixel, pixel, 0),
    doubles(33922, 0, 0, 0, 10, 50, 0),
    short(34735, ...[1, 1, 0, 2], ...[1024, 0, 1, 2], ...[2048, 0, 1, 4326]),
  ];
  const strip = { width: side, height: side, rowsPerStrip: side, compression: 32773 };
  return tiffBytes([{ ...strip, values: [], blocks: [packed], fields }]);
}

/** Returns a ring that zigzags over the whole image. */
function zigzag(bytes: number): string {
  const count = Math.floor(bytes / 27);
  const points = Array.from({ length: count }, (_, at) => {
    const x = 10 + (at / count) * side * pixel;
    return `[${x.toFixed(9)},${(50 - (at % 2) * side * pixel).toFixed(6)}]`;
  });
  const ring = [...points, points[0]].join(',');
  return `{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[${ring}]]}}`;
}

function coco(annotation: string, count: number): string {
  const image = `{"id":1,"file_name":"a.tif","width":${side},"height":${side}}`;
  const all = new Array<string>(count).fill(annotation).join(',');
  return `{"images":[${image}],"annotations":[${all}],"categories":[{"id":1,"name":"a"}]}`;
}

const wholeImage = `{"id":1,"image_id":1,"category_id":1,"iscrowd":1,"segmentation":{"size":[${side},${side}],"counts":[0,${side * side}]}}`;
const jagged = Array.from({ length: 200_000 }, (_, at) => (at * 613) % side).join(',');

function safetensors(header: string): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header)]);
}

const files: readonly [name: string, content: () => string | Buffer, words: RegExp | null][] = [
  ['zigzag.geojson', () => zigzag(3.6e6), null],
  ['longer.geojson', () => zigzag(36e6), /longer\.geojson takes more than \d+ million steps/],
  ['full.json', () => coco(wholeImage, 20_000), /full\.json takes more than \d+ million steps/],
  [
    'jagged.json',
    () => coco(`{"id":1,"image_id":1,"category_id":1,"segmentation":[[${jagged}]]}`, 40),
    /jagged\.json takes more than \d+ million steps/,
  ],
  [
    'deep.geojson',
    () => `{"type":"FeatureCollection","features":${'['.repeat(3e6)}${']'.repeat(3e6)}}`,
    /none of its shapes is inside any of the images/,
  ],
  [
    'objects.geojson',
    () => `{"type":"FeatureCollection","features":[${'{},'.repeat(12e6)}0]}`,
    /objects\.geojson would take \d+ MB of memory/,
  ],
];

/** Class lists next to masks, of the largest allowed length, with names that once took minutes to match. */
const lists: readonly [name: string, content: string][] = [
  ['classes.txt', ','.repeat(180_000)],
  ['labelmap.txt', ' '.repeat(180_000)],
  ['labels.csv', `${'"'.repeat(90_000)}${','.repeat(90_000)}`],
  ['dataset.json', `{"labels":{"${'a '.repeat(80_000)}":1}}`],
];

const teachers: readonly [name: string, content: () => string | Buffer][] = [
  [
    'names.safetensors',
    () =>
      safetensors(`{"${'a.'.repeat(150_000)}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`),
  ],
  ['brackets.safetensors', () => safetensors(`{"a":[${'[],'.repeat(15e6)}0]}`)],
  [
    'nothing.pt',
    () => Buffer.concat([Buffer.of(0x80, 2), Buffer.alloc(5e6, '('), Buffer.from('.')]),
  ],
];

describe('the engine while hostile files are imported', async () => {
  const folder = await temporaryFolder();
  let engine: EngineProcess;
  let asking = true;
  /** Longest time for an answer, and longest time that this process itself was blocked, ms. */
  let longest = 0;
  const own = monitorEventLoopDelay({ resolution: 5 });
  let asked: Promise<void>;

  beforeAll(async () => {
    engine = await EngineProcess.start(join(folder, 'workspace'));
  });
  afterAll(() => engine.stop());

  const put = async (name: string, content: string | Buffer): Promise<string> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const ask = async (): Promise<void> => {
    while (asking) {
      const start = performance.now();
      await engine.call('workspace.status', null);
      longest = Math.max(longest, performance.now() - start);
    }
  };
  /** Messages about a file of masks from its survey and its import. */
  const importFolder = async (at: string, source: MaskSourcePlace): Promise<string[]> => {
    const made = { name: source.path, domain: 'other', task: 'segmentation' } as const;
    const { id: project } = await engine.call('project.create', made);
    const look = await engine.ask('image.lookMasks', { project, folder: at, source });
    if (!look.ok) return [look.error.message];
    const { classes } = look.value as { classes: { value: number }[] };
    const targets = classes.map(({ value }) => ({ value, to: 'background' }) as const);
    const report = await engine.call('image.import', {
      ...{ project, folder: at, labels: 'none' },
      masks: { source, classes: targets, state: 'done' },
    });
    return report.skipped.map(({ reason }) => reason);
  };

  it('responds soon, and reports each file with a message', async () => {
    const image = placedImage();
    const mask = await sharp({
      create: { width: side, height: side, channels: 3, background: 'black' },
    })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const brought: Promise<string[]>[] = [];
    for (const [name, content, words] of files) {
      const at = join(folder, name.replace('.', ' '));
      await put(join(name.replace('.', ' '), 'a.tif'), image);
      const path = await put(join(name.replace('.', ' '), name), content());
      if (brought.length === 0) {
        // Writing the files blocks this process, not the engine.
        own.enable();
        asked = ask();
      }
      const said = await importFolder(at, { kind: 'file', path, property: null });
      brought.push(Promise.resolve(said));
      if (words === null) expect(said).toEqual([]);
      else expect(said.join('\n')).toMatch(words);
    }
    for (const [name, content] of lists) {
      const at = join(folder, `masks ${name}`);
      await put(join(`masks ${name}`, 'images', 'a.tif'), image);
      await put(join(`masks ${name}`, 'masks', 'a.png'), mask);
      await put(join(`masks ${name}`, 'masks', name), content);
      const source = { kind: 'masks', path: join(at, 'masks'), property: null } as const;
      const said = await importFolder(join(at, 'images'), source);
      expect(said).toEqual([]);
    }
    for (const [name, content] of teachers) {
      const file = await put(name, content());
      const answer = await engine.ask('teacher.add', { file, overrides: {} });
      expect(answer).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining(name) as string },
      });
      if (!answer.ok) expect(answer.error.code).not.toBe('defect');
    }
    const picture = { rows: 8, columns: 8, allocated: 16, stored: 12 };
    const dicom = dicomFile(syntax.explicit, [
      ...pictureEntries(picture),
      [0x7fe00010, 'OW', new Uint8Array(128)],
    ]);
    for (const length of [140, 200, dicom.length - 100]) {
      await put(`cut/${length}.dcm`, dicom.subarray(0, length));
    }
    const made = { name: 'Cut', domain: 'other', task: 'single' } as const;
    const { id: project } = await engine.call('project.create', made);
    const at = join(folder, 'cut');
    expect(await engine.ask('image.import', { project, folder: at, labels: 'none' })).toMatchObject(
      {
        ok: true,
      },
    );
    asking = false;
    await asked;
    // On a computer where this process is blocked, other programs block the engine too.
    expect(longest).toBeLessThan(soon + 4 * (own.max / 1e6));
  });
});
