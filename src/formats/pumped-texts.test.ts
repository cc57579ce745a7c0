import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coloursByName } from '../core/image/colour-names.ts';
import { polygonRuns } from '../core/mask/polygon.ts';
import { describeTeacher } from './checkpoints/read-teacher.ts';
import { parseLabelRows } from './labels/label-rows.ts';
import { requireKind } from './masks/detect.ts';
import { isCvatArchive } from './masks/cvat/read.ts';
import { parseLabelList } from './masks/paired/label-list.ts';
import { maskPlaces } from './labels/mask-folders.ts';
import { openImage } from './raster/open.ts';
import { gdalMetadataOf } from './raster/tiff/place/gdal-fields.ts';
import { long, short, text, tiffBytes, type FieldSpec } from './testing/tiff-fixtures.ts';
import { tags } from './raster/tiff/tags.ts';

// All code that reads texts from files gets texts of a megabyte that repeat the beginnings of its regular expressions.
// Anything that takes quadratic time takes minutes at this size.

const length = 1_000_000;
/** Generous: a busy machine is slow, not quadratic. Milliseconds. */
const longest = 20_000;

/** Longest path that a system accepts. */
const longestPath = 4096;

const pumped = (piece: string): string => piece.repeat(Math.ceil(length / piece.length));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-pumped-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Whatever a reader reports about such a text, it must report it soon. */
async function endsSoon(read: () => unknown): Promise<void> {
  const start = performance.now();
  await Promise.resolve()
    .then(read)
    .catch(() => undefined);
  expect(performance.now() - start).toBeLessThan(longest);
}

/** The text of the field `tag` is at the end of the file. */
async function openTiff(tag: number, value: string, ...fields: FieldSpec[]): Promise<void> {
  const values = Array<number>(16).fill(1);
  const page = { width: 4, height: 4, values, fields: [...fields, text(tag, 'a text')] };
  const file = tiffBytes([page], { isLittleEndian: true });
  let at = file.readUInt32LE(4) + 2;
  while (file.readUInt16LE(at) !== tag) at += 12;
  file.writeUInt32LE(value.length, at + 4);
  file.writeUInt32LE(file.length, at + 8);
  const path = join(folder, 'image.tif');
  await writeFile(path, Buffer.concat([file, Buffer.from(value, 'latin1')]));
  const image = await openImage(path);
  await image.close();
}

async function openTensors(names: readonly string[]): Promise<void> {
  const tensors = names.map((name, at) => [
    name,
    { dtype: 'F32', shape: [1], data_offsets: [4 * at, 4 * at + 4] },
  ]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(tensors)));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  const path = join(folder, 'teacher.safetensors');
  await writeFile(path, Buffer.concat([size, header, Buffer.alloc(4 * names.length)]));
  await describeTeacher(path);
}

describe('repetitive texts in a TIFF file are read in linear time:', () => {
  const keys = short(tags.geoKeyDirectory, 1, 1, 0, 2, 1024, 0, 1, 32767, 1026, 34737, 65535, 0);

  it.each([' ', '\0', '|\0', ' x', 'ESRI PE String = '])('geo keys of %j', async (piece) => {
    await endsSoon(() => openTiff(tags.geoTexts, pumped(piece), keys));
  });

  it.each([
    '<Pixels ',
    '<Pixels:P',
    '<Pixels a="',
    '<Pixels PhysicalSizeX =',
    'Aperio|MPP',
    'Aperio| ',
    'ImageJ=\nunit=',
    'ImageJ=\nimages=1 \n\n',
    '\0',
  ])('a description of %j', async (piece) => {
    await endsSoon(() => openTiff(tags.description, `${piece}${pumped(piece)}x`));
  });

  it.each(['<Item ', '<Item>', '<Item sample="0" role="scale">', '<Item a=', '&am'])(
    'metadata of GDAL, of %j',
    async (piece) => {
      await endsSoon(() => gdalMetadataOf(pumped(piece), 4));
    },
  );

  it.each(['b0', '_', 'a_', '0'])('names of bands, of %j', async (piece) => {
    await endsSoon(() => coloursByName([pumped(piece), `b${pumped(piece)}`, 'b3', 'b4']));
  });
});

describe('repetitive lists and tables are read in linear time:', () => {
  const pieces = [
    ',',
    ' ',
    ':',
    '1',
    '"',
    ',1',
    ':1 1 1',
    ' #aabbcc',
    'a,',
    '\t;',
    '1,1,1,',
    'a\n',
  ];

  it.each(pieces)('a list of classes, of %j', async (piece) => {
    await endsSoon(() => parseLabelList(`a${pumped(piece)}`, 'classes.txt'));
    const lines = `a${piece.repeat(300)}\n`;
    await endsSoon(() => parseLabelList(pumped(lines), 'classes.txt'));
  });

  it.each([...pieces, 'a.png,"b', '\n', '|'])('a table of labels, of %j', async (piece) => {
    await endsSoon(() => parseLabelRows(`path,label\n${pumped(piece)}`, 'labels.csv'));
    await endsSoon(() => parseLabelRows(pumped(piece), 'labels.csv'));
  });

  it.each(['{"type" ', '{"images" : [ ', '{ "annotations"'])('JSON of %j', async (piece) => {
    const path = join(folder, 'masks.json');
    await writeFile(path, pumped(piece));
    await endsSoon(() => requireKind(path));
  });
});

describe('repetitive names are read in linear time:', () => {
  it.each(['.rel_pos.l', 'blocks.0.', 'pos', 'token.', 'layers.0.blocks.', 'norm_', '1', '.'])(
    'of tensors, of %j',
    async (piece) => {
      await endsSoon(() => openTensors([`${pumped(piece)}\n`]));
      await endsSoon(() => openTensors(['patch_embed.proj.weight', pumped(piece)]));
      const several = Array.from({ length: length / 500 }, (_, at) => piece.repeat(3) + String(at));
      await endsSoon(() => openTensors(several));
    },
  );

  it.each(['SegmentationClass/', '/labels/final/', 'labels/'])('of files, of %j', async (piece) => {
    await endsSoon(() => isCvatArchive([`${pumped(piece)}.png`, `${pumped(piece)}m`]));
    await endsSoon(() => maskPlaces(pumped(piece).slice(0, longestPath)));
  });
});

it('reads a polygon with more corners than a call can have arguments', () => {
  const corners = Array.from({ length: 300_000 }, (_, at) => ({ x: at % 7, y: at % 5 }));
  expect(() => {
    polygonRuns(corners, () => undefined);
  }).not.toThrow();
});

it('reads a hundred thousand pages that share one directory', async () => {
  const shared = Array<number>(64).fill(8);
  const values = Array<number>(16).fill(1);
  const fields = [long(tags.subDirectories, ...shared)];
  const pages = Array.from({ length: 4000 }, () => ({ width: 4, height: 4, values, fields }));
  const path = join(folder, 'shared.tif');
  await writeFile(path, tiffBytes(pages));
  await expect(openImage(path)).rejects.toThrow('lists more pages and fields than can be read');
});
