import { describe, expect, test } from 'vitest';
import { testImages } from '../../testing/test-folder.ts';
import { openTiff } from '../open-tiff.ts';
import { ratio, short, text, tiffBytes, type PageSpec } from '../../../testing/tiff-fixtures.ts';

const folder = testImages(openTiff);

describe('size of a pixel', () => {
  const open = async (fields: PageSpec['fields'] = []): Promise<unknown> => {
    const { header } = await folder.open(
      tiffBytes([{ width: 2, height: 2, values: [1, 2, 3, 4], fields }]),
    );
    return { spacing: header.spacing, notes: header.notes.length };
  };
  const mm = (x: number, y = x): object => ({ spacing: { x, y, unit: 'mm' }, notes: 0 });
  const unknown = { spacing: null, notes: 0 };
  const resolution = (x: number, y: number, unit: number): PageSpec['fields'] => [
    ratio(282, x, 1),
    ratio(283, y, 1),
    short(296, unit),
  ];

  test.each([
    ['nothing said', [], unknown],
    ['per centimetre', resolution(40_000, 20_000, 3), mm(0.00025, 0.0005)],
    ['per inch', resolution(508, 508, 2), mm(25.4 / 508)],
    ['no unit', resolution(40_000, 40_000, 1), unknown],
    ['a screen', resolution(72, 72, 2), unknown],
    ['a screen', resolution(96, 96, 2), unknown],
    [
      'a screen in centimetres',
      [ratio(282, 2835, 100), ratio(283, 2835, 100), short(296, 3)],
      unknown,
    ],
    ['one per inch', resolution(1, 1, 2), unknown],
    ['one per centimetre', resolution(1, 1, 3), unknown],
    ['zero', resolution(0, 0, 2), unknown],
    ['divided by zero', [ratio(282, 1, 0), ratio(283, 1, 0), short(296, 3)], unknown],
    ['a printer', resolution(300, 300, 2), { spacing: null, notes: 1 }],
    [
      'ImageJ in µm',
      [...(resolution(2, 4, 1) ?? []), text(270, 'ImageJ=1.53t\nunit=micron\nspacing=2\n')],
      mm(0.0005, 0.00025),
    ],
    [
      'ImageJ with an escaped sign',
      [...(resolution(2, 2, 1) ?? []), text(270, 'ImageJ=1.53t\nunit=\\u00B5m\n')],
      mm(0.0005),
    ],
    [
      'ImageJ in pixels',
      [...(resolution(2, 2, 1) ?? []), text(270, 'ImageJ=1.53t\nunit=pixel\n')],
      unknown,
    ],
    [
      'OME',
      [
        ...(resolution(72, 72, 2) ?? []),
        text(
          270,
          '<?xml version="1.0"?><OME><Image><Pixels PhysicalSizeX="0.5" PhysicalSizeY="250" PhysicalSizeYUnit="nm"/></Image></OME>',
        ),
      ],
      mm(0.0005, 0.00025),
    ],
    [
      'Aperio',
      [text(270, 'Aperio Image Library v11\n64x48 |AppMag = 20|MPP = 0.4990|x')],
      mm(0.000499),
    ],
  ] as const)('%s', async (_, fields, expected) => {
    expect(await open(fields)).toEqual(expected);
  });

  test('is rotated with the page', async () => {
    const fields = [short(274, 8), ...(resolution(40_000, 20_000, 3) ?? [])];
    expect(await open(fields)).toEqual(mm(0.0005, 0.00025));
  });
});
