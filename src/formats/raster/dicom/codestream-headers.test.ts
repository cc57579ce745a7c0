import { describe, expect, it } from 'vitest';
import { DicomFault } from './faults.ts';
import { jpeg2000Header } from './frames/jpeg2000-header.ts';
import { jpegHeader } from './frames/jpeg-header.ts';

/** A JPEG segment: marker, length, body. */
function segment(marker: number, body: readonly number[] | string): number[] {
  const bytes = typeof body === 'string' ? [...Buffer.from(body, 'latin1')] : body;
  return [0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255, ...bytes];
}

const frame = (marker: number, ids: readonly number[]): number[] =>
  segment(marker, [12, 0x01, 0x02, 0x03, 0x04, ids.length, ...ids.flatMap((id) => [id, 0x11, 0])]);
const scanOf = (first: number, last: number, bits: number): number[] =>
  segment(0xda, [3, 1, 0, 2, 0, 3, 0, first, last, bits]);
/** Scan of all coefficients, as in sequential processes. */
const scan = scanOf(0, 63, 0);
const end = [0xff, 0xd9];
const jpeg = (...parts: readonly number[][]): Uint8Array =>
  Uint8Array.from([0xff, 0xd8, ...parts.flat()]);
const ids = [1, 2, 3];

describe('a JPEG header', () => {
  it('states size, depth and process, after tables and fill bytes', () => {
    const tables = [...segment(0xdb, [1, 2, 3]), ...segment(0xc4, [4, 5]), 0xff];
    expect(jpegHeader(jpeg(tables, frame(0xc1, ids), scan, end))).toMatchObject({
      width: 0x0304,
      height: 0x0102,
      precision: 12,
      components: 3,
      process: 1,
      colours: null,
    });
    expect(jpegHeader(jpeg(frame(0xf7, ids), scanOf(2, 1, 0), end))).toMatchObject({
      process: 55,
      interleave: 1,
    });
  });

  it('determines the colours by component names and markers', () => {
    const jfif = segment(0xe0, 'JFIF\0abc');
    const adobe = (transform: number): number[] =>
      segment(0xee, [...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform]);
    const colours = (parts: readonly number[][]): unknown =>
      jpegHeader(jpeg(...parts, scan, end)).colours;
    expect(colours([jfif, frame(0xc0, ids)])).toBe('ybr');
    expect(colours([jfif, frame(0xc0, [0x52, 0x47, 0x42])])).toBe('rgb');
    expect(colours([adobe(0), frame(0xc0, ids)])).toBe('rgb');
    expect(colours([adobe(1), frame(0xc0, ids)])).toBe('ybr');
    expect(colours([segment(0xe0, 'other'), frame(0xc0, ids)])).toBeNull();
  });

  it('may have scans of some coefficients if its process allows them', () => {
    expect(jpegHeader(jpeg(frame(0xc2, ids), scanOf(0, 0, 1), end)).process).toBe(2);
    // Lossless: a predictor in place of the first coefficient, and a point transform.
    expect(jpegHeader(jpeg(frame(0xc3, ids), scanOf(1, 0, 0), end)).process).toBe(3);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['another file', Uint8Array.from([1, 2, 3, 4])],
    ['no frame', jpeg(scan, end)],
    ['no scan', jpeg(frame(0xc0, ids), end)],
    ['no end', jpeg(frame(0xc0, ids), scan)],
    ['a segment shorter than its length', jpeg([0xff, 0xdb, 0, 1], frame(0xc0, ids), scan, end)],
    ['bytes between segments', jpeg([0, 0, 0], frame(0xc0, ids), scan, end)],
    ['a sequential scan of some coefficients', jpeg(frame(0xc1, ids), scanOf(0, 0, 0), end)],
    ['scans without end', jpeg(frame(0xc0, ids), ...new Array<number[]>(100).fill(scan), end)],
  ])('is refused with %s', (_name, bytes) => {
    expect(() => jpegHeader(bytes)).toThrow(DicomFault);
  });
});

describe('a JPEG 2000 header', () => {
  const u32 = (value: number): number[] => [
    value >>> 24,
    (value >> 16) & 255,
    (value >> 8) & 255,
    value & 255,
  ];
  const sizes = (components: readonly (readonly number[])[]): number[] =>
    segment(0x51, [
      ...[0, 0, ...u32(110), ...u32(220), ...u32(10), ...u32(20), ...u32(110), ...u32(220)],
      ...[...u32(0), ...u32(0), 0, components.length, ...components.flat()],
    ]);
  const style = (transform: number): number[] => segment(0x52, [0, 0, 0, 1, transform, 5, 4, 4]);
  const codestream = (...parts: readonly number[][]): number[] => [0xff, 0x4f, ...parts.flat()];
  const grey = [[0x8b, 1, 1]];

  it('states size, depth and colour transform, within a JP2 file too', () => {
    const plain = codestream(sizes(grey), segment(0x64, 'x'), style(0), [0xff, 0x90]);
    const expected = { width: 100, height: 200, precision: 12, components: 1 };
    expect(jpeg2000Header(Uint8Array.from(plain))).toEqual({
      ...expected,
      start: 0,
      hasColourTransform: false,
    });
    const signature = [...u32(12), ...Buffer.from('jP  '), 13, 10, 0x87, 10];
    const boxed = [...signature, ...u32(8 + plain.length), ...Buffer.from('jp2c'), ...plain];
    expect(jpeg2000Header(Uint8Array.from(boxed))).toMatchObject({ ...expected, start: 20 });
    const colour = codestream(
      sizes([
        [7, 1, 1],
        [7, 1, 1],
        [7, 1, 1],
      ]),
      style(1),
    );
    expect(jpeg2000Header(Uint8Array.from(colour))).toMatchObject({
      components: 3,
      precision: 8,
      hasColourTransform: true,
    });
  });

  it.each([
    ['nothing', []],
    ['too little', codestream(sizes(grey)).slice(0, 40)],
    [
      'fewer components than it says',
      codestream(
        sizes([
          [7, 1, 1],
          [7, 1, 1],
        ]),
      ).slice(0, 45),
    ],
    [
      'components of different sizes',
      codestream(
        sizes([
          [7, 1, 1],
          [7, 2, 2],
        ]),
      ),
    ],
    [
      'components of different depths',
      codestream(
        sizes([
          [7, 1, 1],
          [9, 1, 1],
        ]),
      ),
    ],
    ['a JP2 file without codestream', [...u32(12), ...Buffer.from('jP  '), 13, 10, 0x87, 10]],
  ])('is refused with %s', (_name, bytes) => {
    expect(() => jpeg2000Header(Uint8Array.from(bytes))).toThrow(DicomFault);
  });
});
