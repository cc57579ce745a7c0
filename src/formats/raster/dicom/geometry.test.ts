import { describe, expect, it } from 'vitest';
import type { ImageHeader } from '../image-file.ts';
import { testImages } from '../testing/test-folder.ts';
import { openDicom } from './dicom.ts';
import { pictureFile, syntax, type Entry } from '../../testing/dicom-fixtures.ts';

const { open: opened } = testImages(openDicom);

async function header(more: readonly Entry[], frames = 1): Promise<ImageHeader> {
  const picture = { rows: 1, columns: 2, frames };
  const pixels = new Uint8Array(2 * frames);
  return (await opened(pictureFile(syntax.explicit, picture, pixels, more))).header;
}

const pixelSpacing: Entry = [0x00280030, 'DS', '0.7\\0.5'];
const measures = (entry: Entry): Entry => [0x00289110, 'SQ', [[entry]]];
const shared = (...entries: Entry[]): Entry => [0x52009229, 'SQ', [entries]];
const perFrame = (...groups: Entry[][]): Entry => [0x52009230, 'SQ', groups];

describe('pixel spacing', () => {
  it('is stored with the distance of rows first', async () => {
    expect((await header([pixelSpacing])).spacing).toEqual({ x: 0.5, y: 0.7, unit: 'mm' });
    expect((await header([shared(measures(pixelSpacing))])).spacing).toMatchObject({ x: 0.5 });
  });

  it('is that of the detector or the film if there is no other, with a note', async () => {
    const detector: Entry = [0x00181164, 'DS', '0.2\\0.1'];
    const film: Entry = [0x00182010, 'DS', '0.4\\0.3'];
    const both = await header([detector, film]);
    expect(both.spacing).toEqual({ x: 0.1, y: 0.2, unit: 'mm' });
    expect(both.notes).toEqual([expect.stringContaining('detector')]);
    expect((await header([film])).notes).toEqual([expect.stringContaining('film')]);
    expect(await header([detector, pixelSpacing])).toMatchObject({
      spacing: { x: 0.5 },
      notes: [],
    });
  });

  it('is null if it is impossible, or differs between frames', async () => {
    for (const text of ['0\\0', '0.5', 'a\\b', '-1\\1']) {
      expect((await header([[0x00280030, 'DS', text]])).spacing).toBeNull();
    }
    const other: Entry = [0x00280030, 'DS', '1\\1'];
    const { spacing, notes } = await header(
      [perFrame([measures(pixelSpacing)], [measures(other)])],
      2,
    );
    expect(spacing).toBeNull();
    expect(notes).toEqual([expect.stringContaining('frame to frame')]);
  });
});

describe('directions', () => {
  const orientation = (text: string): Entry => [0x00200037, 'DS', text];
  const plane = (text: string): Entry => [0x00209116, 'SQ', [[orientation(text)]]];
  const axial = { right: [1, 0, 0], down: [0, 1, 0] };

  it('are those of rows and columns, at the top or shared by frames', async () => {
    const text = '1\\0\\0\\0\\1\\0';
    expect((await header([orientation(text)])).directions).toEqual(axial);
    expect((await header([shared(plane(text))], 2)).directions).toEqual(axial);
  });

  it('are null if they are missing, cut short, or differ between frames', async () => {
    expect((await header([])).directions).toBeNull();
    expect((await header([orientation('1\\0\\0')])).directions).toBeNull();
    const groups = perFrame([plane('1\\0\\0\\0\\1\\0')], [plane('1\\0\\0\\0\\0\\-1')]);
    expect((await header([groups], 2)).directions).toBeNull();
  });
});

describe('a film', () => {
  const modality = (text: string): Entry => [0x00080060, 'CS', text];
  const time: Entry = [0x00181063, 'DS', '40'];

  it.each<[string, Entry[], number, boolean]>([
    ['frames of ultrasound', [modality('US')], 30, true],
    ['frames at a pace', [modality('MR'), time], 30, true],
    ['one frame of ultrasound', [modality('US'), time], 1, false],
    ['frames of a dose', [modality('RTDOSE')], 2, false],
    ['frames that say where they lie', [modality('US'), perFrame([], [])], 2, false],
  ])('%s', async (_, entries, frames, expected) => {
    expect((await header(entries, frames)).isFilm).toBe(expected);
  });

  it('has a modality code, and no free text', async () => {
    expect((await header([modality('US')])).modality).toBe('US');
    expect((await header([modality('ERIKA')])).modality).toBeNull();
  });
});

describe('grouping', () => {
  const position = (text: string): Entry => [0x00200032, 'DS', text];
  const orientation = (text: string): Entry => [0x00200037, 'DS', text];
  const number: Entry = [0x00200013, 'IS', '12'];

  it('has identifiers, and nothing else about the patient', async () => {
    const { grouping, ...rest } = await header([
      [0x00080020, 'DA', '20240229'],
      [0x00100010, 'PN', 'Secret^Name'],
      [0x00100020, 'LO', 'P-17'],
      [0x00100030, 'DA', '19700101'],
      [0x0020000d, 'UI', '1.2.3'],
      [0x0020000e, 'UI', '1.2.3.4'],
    ]);
    expect(grouping).toEqual({
      patient: 'P-17',
      person: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      study: '1.2.3',
      series: '1.2.3.4',
      position: null,
    });
    expect(JSON.stringify({ grouping, ...rest })).not.toMatch(/Secret|2024|1970/);
  });

  it('orders slices along their normal', async () => {
    // Axial slices face the feet of x × y = +z; this one is turned by 30° about x.
    const cosine = Math.cos(Math.PI / 6);
    const turned = `1\\0\\0\\0\\${cosine}\\0.5`;
    const { grouping } = await header([position('5\\10\\20'), orientation(turned), number]);
    expect(grouping?.position).toBeCloseTo(-0.5 * 10 + cosine * 20, 9);
    const flat = await header([position('5\\10\\-20.5'), orientation('1\\0\\0\\0\\1\\0'), number]);
    expect(flat.grouping?.position).toBe(-20.5);
  });

  it('uses the first frame of an enhanced image', async () => {
    const plane = (text: string): Entry => [0x00209113, 'SQ', [[position(text)]]];
    const { grouping } = await header(
      [
        shared([0x00209116, 'SQ', [[orientation('1\\0\\0\\0\\1\\0')]]]),
        perFrame([plane('0\\0\\7')], [plane('0\\0\\8')]),
      ],
      2,
    );
    expect(grouping?.position).toBe(7);
  });

  it('falls back to the instance number', async () => {
    expect((await header([number])).grouping?.position).toBe(12);
    const parallel = orientation('1\\0\\0\\1\\0\\0');
    expect((await header([position('1\\2\\3'), parallel, number])).grouping?.position).toBe(12);
  });
});

describe('notes', () => {
  it('describe tiles and doses', async () => {
    const tiled = await header([
      [0x00209311, 'CS', 'TILED_FULL'],
      [0x00480006, 'UL', [4000]],
      [0x00480007, 'UL', [3000]],
    ]);
    expect(tiled.notes).toEqual([expect.stringContaining('4000 × 3000')]);
    const dose = await header([[0x3004000e, 'DS', '0.001']]);
    expect(dose.notes).toEqual([expect.stringContaining('0.001')]);
  });
});
