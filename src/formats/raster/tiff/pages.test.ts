import { describe, expect, test } from 'vitest';
import { testImages } from '../testing/test-folder.ts';
import { openTiff } from './open-tiff.ts';
import {
  doubles,
  long,
  short,
  text,
  tiffBytes,
  type FieldSpec,
  type PageSpec,
} from '../../testing/tiff-fixtures.ts';

const folder = testImages(openTiff);

/** A page of one value. */
function plain(
  width: number,
  height: number,
  value: number,
  more: Partial<PageSpec> = {},
): PageSpec {
  const values = new Array<number>(width * height * (more.samples ?? 1)).fill(value);
  return { width, height, values, ...more };
}

const reduced = short(254, 1);
const tiled = { tile: [16, 16] as const };

async function valuesOf(
  pages: readonly PageSpec[],
  requests: readonly { frame?: number; level?: number }[],
): Promise<number[]> {
  const file = await folder.open(tiffBytes(pages));
  const results: number[] = [];
  for (const request of requests) results.push((await file.read(request)).data[0] ?? NaN);
  return results;
}

describe('frames', () => {
  test('are the pages like the first', async () => {
    const pages = [plain(5, 4, 1), plain(5, 4, 2), plain(5, 4, 3)];
    const file = await folder.open(tiffBytes(pages));
    expect(file.header).toMatchObject({ frames: 3, width: 5, height: 4, notes: [] });
    expect(await valuesOf(pages, [{ frame: 0 }, { frame: 2 }, { frame: 1 }])).toEqual([1, 3, 2]);
  });

  test('may each have their own layout and compression', async () => {
    const pages = [plain(5, 4, 1), plain(5, 4, 2, { compression: 5 }), plain(5, 4, 3, tiled)];
    expect(await valuesOf(pages, [{ frame: 0 }, { frame: 1 }, { frame: 2 }])).toEqual([1, 2, 3]);
  });

  test('of other sizes and kinds are left out, with a note', async () => {
    const pages = [plain(5, 4, 1), plain(9, 9, 2), plain(5, 4, 3, { bits: 16 }), plain(5, 4, 4)];
    const file = await folder.open(tiffBytes(pages));
    expect(file.header.frames).toBe(2);
    expect(file.header.notes).toEqual([
      '2 pages were ignored because of another size or kind (9 × 9, 5 × 4 px).',
    ]);
    expect(await valuesOf(pages, [{ frame: 1 }])).toEqual([4]);
  });

  test('that cannot be read are left out, with a note', async () => {
    const pages = [plain(5, 4, 1), plain(5, 4, 2, { fields: [short(259, 34712)] }), plain(5, 4, 3)];
    const file = await folder.open(tiffBytes(pages));
    expect(file.header.frames).toBe(2);
    expect(file.header.notes).toEqual(['One page was ignored as unreadable.']);
  });

  test('have a limit', async () => {
    const bytes = tiffBytes(Array.from({ length: 12 }, (_, i) => plain(2, 2, i)));
    await expect(folder.open(bytes, { frames: 10 })).rejects.toMatchObject({ code: 'too-large' });
    expect((await folder.open(bytes, { frames: 12 })).header.frames).toBe(12);
  });

  test('may share one directory, as ImageJ writes them', async () => {
    const frames = 4;
    const values = Array.from({ length: 6 * frames }, (_, i) => 100 + i);
    const block = Uint8Array.from(values);
    const fields = [text(270, `ImageJ=1.54f\nimages=${frames}\nslices=4\nunit=mm\n`)];
    const file = await folder.open(
      tiffBytes([{ width: 3, height: 2, values: [], blocks: [block], fields }]),
    );
    expect(file.header.frames).toBe(frames);
    for (let frame = 0; frame < frames; frame++) {
      expect([...(await file.read({ frame })).data]).toEqual(
        values.slice(6 * frame, 6 * frame + 6),
      );
    }
  });

  test('are ignored if only the description states them', async () => {
    const fields = [text(270, 'ImageJ=1.54f\nimages=1000000\n')];
    const file = await folder.open(tiffBytes([plain(3, 2, 1, { fields })]));
    expect(file.header.frames).toBe(1);
  });

  test('with palettes of their own get a note', async () => {
    const palette = (value: number): Partial<PageSpec> => ({
      photometric: 3,
      fields: [short(320, ...new Array<number>(768).fill(value))],
    });
    const same = [plain(2, 2, 1, palette(1)), plain(2, 2, 1, palette(1))];
    expect((await folder.open(tiffBytes(same))).header.notes).toEqual([]);
    const own = [plain(2, 2, 1, palette(1)), plain(2, 2, 1, palette(2))];
    expect((await folder.open(tiffBytes(own))).header.notes).toEqual([
      'The pages have different palettes; all are shown with the palette of the first page.',
    ]);
  });
});

describe('levels', () => {
  const sizes = (file: { header: { levels: readonly object[] } }): readonly object[] =>
    file.header.levels;

  test('are pages marked as reduced, as GDAL writes them, the largest first', async () => {
    const pages = [
      plain(41, 33, 1, tiled),
      plain(11, 9, 3, { ...tiled, fields: [reduced] }),
      plain(21, 17, 2, { ...tiled, fields: [reduced] }),
    ];
    const file = await folder.open(tiffBytes(pages));
    expect(sizes(file)).toEqual([
      { width: 41, height: 33 },
      { width: 21, height: 17 },
      { width: 11, height: 9 },
    ]);
    expect(file.header).toMatchObject({ frames: 1, notes: [] });
    expect(await valuesOf(pages, [{ level: 0 }, { level: 1 }, { level: 2 }])).toEqual([1, 2, 3]);
  });

  test('are in SubIFDs of every frame, as in OME-TIFF', async () => {
    const frame = (value: number): PageSpec =>
      plain(40, 32, value, {
        children: [
          plain(20, 16, value + 1, { fields: [reduced] }),
          plain(10, 8, value + 2, { fields: [reduced] }),
        ],
      });
    const pages = [frame(10), frame(20), frame(30)];
    const file = await folder.open(tiffBytes(pages, { isBig: true }));
    expect(file.header.frames).toBe(3);
    expect(sizes(file)).toHaveLength(3);
    const requests = [{ frame: 2, level: 1 }, { frame: 1, level: 2 }, { frame: 0 }];
    expect(await valuesOf(pages, requests)).toEqual([31, 22, 10]);
  });

  test('that not every frame has are left out', async () => {
    const child = plain(20, 16, 2, { fields: [reduced] });
    const pages = [plain(40, 32, 1, { children: [child] }), plain(40, 32, 3)];
    const file = await folder.open(tiffBytes(pages));
    expect(file.header.frames).toBe(2);
    expect(sizes(file)).toEqual([{ width: 40, height: 32 }]);
  });

  test('are tiled pages of the same shape, as Aperio writes them; labels are left out', async () => {
    const rgb = { samples: 3, photometric: 2 };
    const pages = [
      plain(64, 48, 1, { ...rgb, ...tiled }),
      // A thumbnail in strips, a level, a label.
      plain(16, 12, 9, rgb),
      plain(16, 12, 2, { ...rgb, ...tiled }),
      plain(30, 40, 8, { ...rgb, fields: [reduced] }),
    ];
    const file = await folder.open(tiffBytes(pages));
    expect(sizes(file)).toEqual([
      { width: 64, height: 48 },
      { width: 16, height: 12 },
    ]);
    expect(file.header.notes).toEqual([
      '2 pages were ignored because of another size or kind (16 × 12, 30 × 40 px).',
    ]);
    expect(await valuesOf(pages, [{ level: 1 }])).toEqual([2]);
  });

  test('are rotated like the page', async () => {
    const turned = short(274, 6);
    const pages = [
      plain(40, 20, 1, { fields: [turned] }),
      plain(20, 10, 2, { fields: [turned, reduced] }),
    ];
    const file = await folder.open(tiffBytes(pages));
    expect(sizes(file)).toEqual([
      { width: 20, height: 40 },
      { width: 10, height: 20 },
    ]);
    expect(await file.read({ level: 1 })).toMatchObject({ width: 10, height: 20 });
  });
});

test('notes a mask and leaves it out', async () => {
  const mask = plain(40, 32, 1, { bits: 1, photometric: 4, fields: [short(254, 4)] });
  const file = await folder.open(tiffBytes([plain(40, 32, 1), mask]));
  expect(file.header).toMatchObject({ frames: 1, levels: [{ width: 40, height: 32 }] });
  expect(file.header.notes).toEqual(['The file has a mask of valid pixels, which is not applied.']);
});

describe('a damaged list of pages', () => {
  test('that runs in a circle is read once', async () => {
    const bytes = tiffBytes([plain(2, 2, 1), plain(2, 2, 2)]);
    const first = bytes.readUInt32LE(4);
    // The link behind the last directory is the last thing written.
    bytes.writeUInt32LE(first, bytes.length - 4);
    const file = await folder.open(bytes);
    expect(file.header.frames).toBe(2);
    expect(file.header.notes).toEqual(['The list of pages is circular and is read once.']);
  });

  test('that leaves the file is read as far as it goes', async () => {
    const bytes = tiffBytes([plain(2, 2, 1), plain(2, 2, 2)]);
    bytes.writeUInt32LE(bytes.length + 1000, bytes.length - 4);
    const file = await folder.open(bytes);
    expect(file.header.frames).toBe(2);
    expect(file.header.notes).toEqual([
      'The list of pages ends early, after page 2; the file may be cut short.',
    ]);
  });

  test('of SubIFDs that point at themselves ends', async () => {
    const bytes = tiffBytes([plain(2, 2, 1, { fields: [long(330, 8)] })]);
    const start = bytes.readUInt32LE(4);
    const entry = bytes.indexOf(Buffer.from([330 & 255, 330 >> 8, 4, 0]), start);
    bytes.writeUInt32LE(start, entry + 8);
    expect((await folder.open(bytes)).header.levels).toHaveLength(1);
  });
});

describe('the content of pages', () => {
  test.each([
    ['white is zero', { photometric: 0 }, { interpretation: 'grey', alpha: null }],
    ['black is zero', { photometric: 1 }, { interpretation: 'grey', alpha: null }],
    [
      'grey with alpha',
      { samples: 2, fields: [short(338, 2)] },
      { interpretation: 'grey', alpha: 1, bands: 2 },
    ],
    [
      'two bands',
      { samples: 2, fields: [short(338, 0)] },
      { interpretation: 'bands', alpha: null },
    ],
    ['RGB', { samples: 3, photometric: 2 }, { interpretation: 'rgb', alpha: null }],
    [
      'RGB with alpha',
      { samples: 4, photometric: 2, fields: [short(338, 2)] },
      { interpretation: 'rgb', alpha: 3 },
    ],
    [
      'RGB with infrared and alpha',
      { samples: 5, photometric: 2, fields: [short(338, 0, 2)] },
      { interpretation: 'rgb', alpha: 4 },
    ],
    ['three grey bands', { samples: 3 }, { interpretation: 'bands', alpha: null }],
  ] as const)('%s', async (_, spec, expected) => {
    const page = plain(2, 2, 1, spec);
    const { header } = await folder.open(tiffBytes([page]));
    expect(header).toMatchObject(expected);
    expect(header.display.isInverted).toBe(page.photometric === 0);
  });

  test('colours named by GDAL', async () => {
    const item = (band: number, colour: string): string =>
      `<Item name="COLORINTERP" sample="${band}" role="colorinterp">${colour}</Item>`;
    const xml = (colours: string[]): string =>
      `<GDALMetadata>${colours.map((colour, band) => item(band, colour)).join('')}</GDALMetadata>`;
    const open = (colours: string[]): Promise<{ header: { interpretation: string } }> =>
      folder.open(tiffBytes([plain(2, 2, 1, { samples: 3, fields: [text(42112, xml(colours))] })]));
    expect((await open(['Red', 'Green', 'Blue'])).header.interpretation).toBe('rgb');
    expect((await open(['Blue', 'Green', 'Red'])).header.interpretation).toBe('bands');
  });

  test.each([
    ['by what they are', 'colorinterp', ['Undefined', 'Blue', 'Green', 'Red', 'Undefined']],
    ['by their descriptions', 'description', ['B01', 'B02', 'B03', 'B04', 'B05']],
  ])('colours among other bands, named by GDAL %s', async (_, role, names) => {
    const items = names.map((name, at) => `<Item sample="${at}" role="${role}">${name}</Item>`);
    const xml = `<GDALMetadata>${items.join('')}</GDALMetadata>`;
    const fields = [text(42112, xml)];
    const { header } = await folder.open(tiffBytes([plain(2, 2, 1, { samples: 5, fields })]));
    expect(header.interpretation).toBe('bands');
    expect(header.display.colours).toEqual([3, 2, 1]);
  });

  test('colours of a georeferenced image with as many bands as Sentinel-2, in its order', async () => {
    const place = [doubles(33550, 10, 10, 0), doubles(33922, 0, 0, 0, 500_000, 6_000_000, 0)];
    const open = async (samples: number, fields: FieldSpec[]): Promise<unknown> => {
      const { header } = await folder.open(tiffBytes([plain(2, 2, 1, { samples, fields })]));
      return header.display.colours;
    };
    expect(await open(13, place)).toEqual([3, 2, 1]);
    expect(await open(13, [])).toBeUndefined();
    expect(await open(7, place)).toBeUndefined();
    const radar = `<GDALMetadata><Item sample="0" role="description">VV</Item></GDALMetadata>`;
    expect(await open(13, [...place, text(42112, radar)])).toBeUndefined();
  });

  test('alpha that the colours are multiplied by: a note', async () => {
    const page = plain(2, 2, 1, { samples: 4, photometric: 2, fields: [short(338, 1)] });
    const { header } = await folder.open(tiffBytes([page]));
    expect(header.alpha).toBe(3);
    expect(header.notes).toEqual([
      'The colours are stored multiplied by the alpha band and are read unchanged.',
    ]);
  });

  test('a palette of 16 bits becomes 8', async () => {
    const map = Array.from({ length: 48 }, (_, i) => (i < 16 ? i * 4369 : i < 32 ? 65_535 : 128));
    const page = plain(2, 2, 7, { photometric: 3, bits: 4, fields: [short(320, ...map)] });
    const { header } = await folder.open(tiffBytes([page]));
    expect(header.interpretation).toBe('palette');
    const { palette } = header.display;
    expect(palette).toHaveLength(768);
    expect([...(palette ?? []).slice(0, 48)]).toEqual(
      Array.from({ length: 16 }, (_, i) => [i * 17, 255, 0]).flat(),
    );
  });

  test('a palette that was stored in 8 bits is unchanged', async () => {
    const map = Array.from({ length: 768 }, (_, i) => (i < 256 ? i : 200));
    const page = plain(2, 2, 7, { photometric: 3, fields: [short(320, ...map)] });
    const { palette } = (await folder.open(tiffBytes([page]))).header.display;
    expect([...(palette ?? []).slice(297, 300)]).toEqual([99, 200, 200]);
  });

  test('nothing about a patient in the header', async () => {
    const secret = 'Doe^Jane 1970-01-01';
    const fields = [text(270, secret), text(315, secret), text(306, secret), text(316, secret)];
    const { header } = await folder.open(tiffBytes([plain(2, 2, 1, { fields })]));
    expect(JSON.stringify(header)).not.toContain('Doe');
    expect(header.grouping).toBeNull();
  });
});

test.each([
  [5, 4, 'CMYK colours'],
  [8, 3, 'CIE L*a*b* colours'],
  [32803, 1, 'colour filter array'],
  [6, 3, 'YCbCr colours without JPEG compression'],
])('refuses photometric %i by name', async (photometric, samples, name) => {
  const bytes = tiffBytes([plain(2, 2, 1, { photometric, samples })]);
  await expect(folder.open(bytes)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining(name) as unknown,
  });
});

test.each([
  [2, 'CCITT'],
  [3, 'CCITT'],
  [4, 'CCITT'],
  [6, 'JPEG compression of the old style'],
  [34712, 'JPEG 2000'],
  [34925, 'LZMA'],
  [50002, 'JPEG XL'],
])('refuses compression %i by name', async (compression, name) => {
  const bytes = tiffBytes([plain(2, 2, 1, { fields: [short(259, compression)] })]);
  await expect(folder.open(bytes)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining(name) as unknown,
  });
});

test.each([
  ['complex values', [short(339, 6), short(258, 64)]],
  ['whole numbers of 64 bits', [short(258, 64)]],
  ['floating-point values of 24 bits', [short(339, 3), short(258, 24)]],
  ['bands of different types', [short(277, 3), short(258, 5, 6, 5)]],
  ['camera', [{ tag: 50706, type: 1, values: [1, 4, 0, 0] }]],
] as const)('refuses %s by name', async (name, fields) => {
  const bytes = tiffBytes([plain(2, 2, 1, { fields })]);
  await expect(folder.open(bytes)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining(name) as unknown,
  });
});
