import { describe, expect, test } from 'vitest';
import { gdalMetadataOf, nodataOf } from './gdal-fields.ts';

describe('nodata', () => {
  test.each([
    ['0', 'uint8', 0],
    ['255', 'uint8', 255],
    [' 255 ', 'uint8', 255],
    ['-9999', 'int16', -9999],
    ['-9999', 'uint8', null],
    ['256', 'uint8', null],
    ['0.5', 'uint8', null],
    ['1e3', 'uint16', 1000],
    ['-32769', 'int16', null],
    ['4294967295', 'uint32', 4_294_967_295],
    ['nan', 'uint8', null],
    ['nan', 'float32', NaN],
    ['-nan', 'float64', NaN],
    ['NaN', 'float64', NaN],
    ['inf', 'float32', Infinity],
    ['-inf', 'float64', -Infinity],
    ['-inf', 'int16', null],
    // Ten digits of the lowest float are a little more than it; rounding finds it.
    ['-3.4028234663852886e+38', 'float32', -3.4028234663852886e38],
    ['-3.402823466e+38', 'float32', -3.4028234663852886e38],
    ['0.1', 'float32', Math.fround(0.1)],
    ['-1.79e308', 'float32', null],
    ['-1.79e308', 'float64', -1.79e308],
    ['', 'float64', null],
    ['none', 'float64', null],
    ['0x10', 'uint8', 16],
  ] as const)('%s in %s', (text, type, expected) => {
    expect(nodataOf(text, type)).toBe(expected);
  });
});

describe('metadata', () => {
  const item = (role: string, sample: number, value: string | number): string =>
    `<Item name="${role.toUpperCase()}" sample="${sample}" role="${role}">${value}</Item>`;
  const xml = (...items: string[]): string =>
    `<GDALMetadata>\n${items.join('\n')}\n</GDALMetadata>`;

  test('scale and offset of all bands', () => {
    const two = xml(
      item('scale', 0, 0.1),
      item('offset', 0, 5),
      item('scale', 1, '0.10'),
      item('offset', 1, 5),
    );
    expect(gdalMetadataOf(two, 2)).toMatchObject({
      rescale: { slope: 0.1, intercept: 5 },
      notes: [],
    });
  });

  test('an offset without a scale', () => {
    expect(gdalMetadataOf(xml(item('offset', 0, -10)), 1).rescale).toEqual({
      slope: 1,
      intercept: -10,
    });
  });

  test('of its own for each band: none, with a note', () => {
    const { rescale, notes } = gdalMetadataOf(xml(item('scale', 0, 0.1)), 2);
    expect(rescale).toBeNull();
    expect(notes).toHaveLength(1);
  });

  test.each([
    '',
    'nonsense',
    xml(item('scale', 0, 'x')),
    xml(item('scale', 0, 0)),
    xml(item('scale', 0, 1)),
  ])('none in %j', (text) => {
    expect(gdalMetadataOf(text, 1)).toMatchObject({ rescale: null, isRgb: false });
  });
});
