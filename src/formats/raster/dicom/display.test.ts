import { describe, expect, it } from 'vitest';
import { defaultLimits, plainDisplay, type ImageHeader } from '../image-file.ts';
import { openDicom } from './dicom.ts';
import { valuesOf } from '../testing/reading.ts';
import { testImages } from '../testing/test-folder.ts';
import {
  pictureFile,
  syntax,
  type Entry,
  type DicomImageSpec,
} from '../../testing/dicom-fixtures.ts';

const { open: opened, write: temporaryFile } = testImages(openDicom);

const words: DicomImageSpec = { rows: 1, columns: 2, allocated: 16 };

async function header(
  more: readonly Entry[],
  picture: DicomImageSpec = words,
  uid = syntax.explicit,
): Promise<ImageHeader> {
  const count = picture.rows * picture.columns * (picture.frames ?? 1);
  return (await opened(pictureFile(uid, picture, new Array<number>(count).fill(3), more))).header;
}

const perFrame = (groups: readonly (readonly Entry[])[]): Entry => [0x52009230, 'SQ', groups];
const shared = (entries: readonly Entry[]): Entry => [0x52009229, 'SQ', [entries]];
const transformation = (slope: string, intercept: string): Entry => [
  0x00289145,
  'SQ',
  [
    [
      [0x00281052, 'DS', intercept],
      [0x00281053, 'DS', slope],
    ],
  ],
];

describe('the meaning of values', () => {
  it('is unknown if the file does not state it', async () => {
    expect((await header([])).display).toEqual(plainDisplay);
  });

  it('is rescaled, and inverted for MONOCHROME1', async () => {
    const more: Entry[] = [
      [0x00281052, 'DS', '-1024'],
      [0x00281053, 'DS', '2.5'],
    ];
    const { display } = await header(more, { ...words, photometric: 'MONOCHROME1' });
    expect(display.rescale).toEqual({ slope: 2.5, intercept: -1024 });
    expect(display.isInverted).toBe(true);
    const [first] = more;
    const alone = await header(first === undefined ? [] : [first]);
    expect(alone.display).toMatchObject({
      rescale: { slope: 1, intercept: -1024 },
      isInverted: false,
    });
  });

  it('is read from a table in place of a slope', async () => {
    const table: Entry = [
      0x00283000,
      'SQ',
      [
        [
          [0x00283002, 'SS', [3, -2, 12]],
          [0x00283006, 'US', [5, 1000, 4000]],
        ],
      ],
    ];
    const { display } = await header([table, [0x00281053, 'DS', '2']]);
    expect(display.rescale).toBeNull();
    expect(display.modalityTable).toEqual({
      first: -2,
      bits: 12,
      values: Uint16Array.from([5, 1000, 4000]),
    });
  });

  it('is taken from functional groups', async () => {
    const inShared = await header([shared([transformation('3', '4')])]);
    expect(inShared.display.rescale).toEqual({ slope: 3, intercept: 4 });
    const alike = await header(
      [perFrame([[transformation('3', '4')], [transformation('3.0', '4')]])],
      { ...words, frames: 2 },
    );
    expect(alike.display.rescale).toEqual({ slope: 3, intercept: 4 });
    expect(alike.notes).toEqual([]);
  });

  it('is applied, with a note, if it differs between frames', async () => {
    const file = await opened(
      pictureFile(
        syntax.explicit,
        { ...words, frames: 2, isSigned: true },
        [1, 2, 0xffff, 4],
        [perFrame([[transformation('1', '0')], [transformation('0.5', '10')]])],
      ),
    );
    expect(file.header).toMatchObject({ sampleType: 'float32', display: { rescale: null } });
    expect(file.header.notes).toEqual([expect.stringContaining('rescaled when they are read')]);
    expect(await valuesOf(file, { frame: 0 })).toEqual([1, 2]);
    expect(await valuesOf(file, { frame: 1 })).toEqual([9.5, 12]);
  });

  it('is refused if it is garbled', async () => {
    for (const more of [
      [[0x00281053, 'DS', 'two']],
      [[0x00283000, 'SQ', [[[0x00283002, 'US', [3, 0, 12]]]]]],
      [
        [
          0x00283000,
          'SQ',
          [
            [
              [0x00283002, 'US', [9, 0, 12]],
              [0x00283006, 'US', [1, 2]],
            ],
          ],
        ],
      ],
    ] as Entry[][]) {
      const path = await temporaryFile(pictureFile(syntax.explicit, words, [1, 2], more));
      await expect(openDicom(path, defaultLimits)).rejects.toMatchObject({ code: 'invalid-file' });
    }
  });
});

describe('windows', () => {
  it('are several, with names and a function', async () => {
    const { display } = await header([
      [0x00281050, 'DS', '40\\300\\1\\2'],
      [0x00281051, 'DS', '400\\1500\\0\\x'],
      [0x00281055, 'LO', 'SOFT TISSUE\\BONE'],
      [0x00281056, 'CS', 'SIGMOID'],
    ]);
    expect(display.windows).toEqual([
      { center: 40, width: 400, shape: 'sigmoid', name: 'SOFT TISSUE' },
      { center: 300, width: 1500, shape: 'sigmoid', name: 'BONE' },
    ]);
  });

  it('are linear by default, and exact if their width is below one', async () => {
    const { display } = await header([
      [0x00281050, 'DS', '40\\0.5'],
      [0x00281051, 'DS', '400\\0.8'],
    ]);
    expect(display.windows).toEqual([
      { center: 40, width: 400, shape: 'linear', name: null },
      { center: 0.5, width: 0.8, shape: 'linear-exact', name: null },
    ]);
  });

  it('are those of the first frame, with a note if others differ', async () => {
    const window = (center: string): Entry[] => [
      [
        0x00289132,
        'SQ',
        [
          [
            [0x00281050, 'DS', center],
            [0x00281051, 'DS', '10'],
          ],
        ],
      ],
    ];
    const { display, notes } = await header([perFrame([window('1'), window('2')])], {
      ...words,
      frames: 2,
    });
    expect(display.windows).toMatchObject([{ center: 1, width: 10 }]);
    expect(notes).toEqual([expect.stringContaining('first frame')]);
  });

  it('are next to a table, of words or of bytes, in either byte order', async () => {
    const table = (vr: string, data: Entry[2], bits: number): Entry => [
      0x00283010,
      'SQ',
      [
        [
          [0x00283002, 'US', [4, 10, bits]],
          [0x00283006, vr, data],
        ],
      ],
    ];
    for (const uid of [syntax.explicit, syntax.implicit, syntax.bigEndian]) {
      const inWords = await header([table('US', [1, 2, 300, 4095], 12)], words, uid);
      expect(inWords.display.voiTable).toEqual({
        first: 10,
        bits: 12,
        values: Uint16Array.from([1, 2, 300, 4095]),
      });
      const inBytes = await header([table('OW', [0x0201, 0x0403], 8)], words, uid);
      expect(inBytes.display.voiTable?.values).toEqual(Uint8Array.from([1, 2, 3, 4]));
    }
    const broken = await header([table('US', [1], 12)]);
    expect(broken.display.voiTable).toBeNull();
    expect(broken.notes).toEqual([
      expect.stringContaining('VOI lookup table is damaged and is ignored'),
    ]);
  });
});

describe('palettes', () => {
  const indices: DicomImageSpec = { rows: 1, columns: 2, photometric: 'PALETTE COLOR' };
  const tables = (descriptor: readonly number[], data: readonly (readonly number[])[]): Entry[] =>
    data.flatMap((values, channel) => [
      [0x00281101 + channel, 'US', descriptor],
      [0x00281201 + channel, 'OW', values],
    ]);
  const colourOf = async (more: readonly Entry[], index: number): Promise<number[]> => {
    const file = await opened(pictureFile(syntax.explicit, indices, Buffer.from([0, 1]), more));
    expect(file.header.interpretation).toBe('palette');
    const palette = file.header.display.palette ?? new Uint8Array();
    expect(palette).toHaveLength(3 * 256);
    return [...palette.subarray(3 * index, 3 * index + 3)];
  };

  it('have the upper byte of entries of 16 bits, from their first index on', async () => {
    const more = tables(
      [3, 10, 16],
      [
        [0x1000, 0x20ff, 0x3000],
        [0, 0, 0xffff],
        [0x8000, 0, 0],
      ],
    );
    for (const [index, colour] of [
      [0, [0x10, 0, 0x80]],
      [10, [0x10, 0, 0x80]],
      [11, [0x20, 0, 0]],
      [12, [0x30, 0xff, 0]],
      [255, [0x30, 0xff, 0]],
    ] as const) {
      expect(await colourOf(more, index)).toEqual(colour);
    }
  });

  it('have entries of 8 bits, two in a word', async () => {
    const more = tables(
      [4, 0, 8],
      [
        [0x0201, 0x0403],
        [0x0605, 0x0807],
        [0x0a09, 0x0c0b],
      ],
    );
    expect(await colourOf(more, 2)).toEqual([3, 7, 11]);
  });

  it('have eight bits if they state sixteen and store eight', async () => {
    const more = tables(
      [2, 0, 16],
      [
        [0, 255],
        [0, 254],
        [0, 253],
      ],
    );
    expect(await colourOf(more, 1)).toEqual([255, 254, 253]);
  });

  it('expand their segments', async () => {
    const more = [0, 1, 2].flatMap((channel): Entry[] => [
      [0x00281101 + channel, 'US', [8, 0, 16]],
      // Two entries, a ramp of four up to 0x5000, and the first segment again.
      [0x00281221 + channel, 'OW', [0, 2, 0x0100, 0x1000, 1, 4, 0x5000, 2, 1, 0, 0]],
    ]);
    const reds = [0, 1, 2, 3, 4, 5, 6, 7].map(async (index) => (await colourOf(more, index))[0]);
    expect(await Promise.all(reds)).toEqual([1, 0x10, 0x20, 0x30, 0x40, 0x50, 1, 0x10]);
  });

  it.each([
    ['no tables', []],
    ['a short table', tables([9, 0, 16], [[1], [1], [1]])],
    [
      'segments that repeat themselves',
      [0, 1, 2].flatMap((channel): Entry[] => [
        [0x00281101 + channel, 'US', [8, 0, 16]],
        [0x00281221 + channel, 'OW', [0, 1, 5, 2, 9, 6, 0]],
      ]),
    ],
  ])('are refused with %s', async (_name, more) => {
    const path = await temporaryFile(
      pictureFile(syntax.explicit, indices, Buffer.from([0, 1]), more),
    );
    await expect(openDicom(path, defaultLimits)).rejects.toMatchObject({
      name: 'UserError',
      code: 'invalid-file',
    });
  });
});

describe('window names', () => {
  const named = async (explanation: string): Promise<string | null | undefined> => {
    const { display } = await header([
      [0x00281050, 'DS', '40'],
      [0x00281051, 'DS', '400'],
      [0x00281055, 'LO', explanation],
    ]);
    return display.windows[0]?.name;
  };

  it.each([
    ...['WINDOW1', 'Window 2', 'NORMAL', 'Harder', 'SOFTER', 'LUNG', 'Soft Tissue', 'SOFT_TISSUE'],
    ...['Brain window', 'W1', 'Inner Ear', 'POST FOSSA', 'CT Abdomen', 'Weichteile', 'OPT:BONE'],
  ])('are kept if they are common: %s', async (explanation) => {
    expect(await named(explanation)).toBe(explanation);
  });

  it.each([
    ...[
      'Mustermann Erika',
      'PID12345',
      '12345',
      '7',
      'LUNG Erika',
      'WINDOW 19700101',
      'BONE 47 11',
    ],
    ...['Foot^Hans', 'LUNG LUNG LUNG LUNG LUNG', 'Erika=LUNG', ''],
  ])('are dropped if they may be anything: %s', async (explanation) => {
    expect(await named(explanation)).toBeNull();
  });
});
