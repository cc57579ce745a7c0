import { describe, expect, it } from 'vitest';
import type { SizedBytes } from '../file-source.ts';
import { memorySource } from './byte-source.ts';
import { explicitLittleEndian, implicitLittleEndian, readDataSet } from './data-set.ts';
import {
  dataSetBytes,
  elementHeader,
  type Entry,
  type Writing,
} from '../../testing/dicom-fixtures.ts';
import { DicomFault } from './faults.ts';
import { integer, items, number, numbers, readableTexts, firstText, texts } from './values.ts';

const spacing: Entry = [0x00280030, 'DS', '0.5\\0.25'];
const measures: Entry = [0x00289110, 'SQ', [[spacing]]];
const rows: Entry = [0x00280010, 'US', [7]];
const shared: Entry = [0x52009229, 'SQ', [[measures]]];

async function read(bytes: Uint8Array, isImplicit = false) {
  const encoding = isImplicit ? implicitLittleEndian : explicitLittleEndian;
  return readDataSet(memorySource(bytes), 0, encoding);
}

describe('sequences', () => {
  it.each<Writing>([
    {},
    { isDelimited: true },
    { isImplicit: true },
    { isImplicit: true, isDelimited: true },
    { isBigEndian: true },
  ])('are read as they are written: %o', async (writing) => {
    // A private sequence comes before, with an element inside that must not be taken.
    const foreign: Entry = [0x00091001, 'SQ', [[rows, [0x00091002, 'SQ', [[rows]]]]]];
    const bytes = dataSetBytes([foreign, [0x00280011, 'US', [9]], shared], writing);
    const encoding = {
      isImplicit: writing.isImplicit === true,
      littleEndian: writing.isBigEndian !== true,
    };
    const { elements, fault } = await readDataSet(memorySource(bytes), 0, encoding);
    expect(fault).toBeNull();
    expect(integer(elements, 'Columns')).toBe(9);
    expect(elements.has('Rows')).toBe(false);
    const [group] = items(elements, 'SharedFunctionalGroupsSequence');
    const [item] = items(group, 'PixelMeasuresSequence');
    expect(item === undefined ? [] : numbers(item, 'PixelSpacing')).toEqual([0.5, 0.25]);
  });

  it('of unknown kind are written implicitly, with a length or without', async () => {
    for (const isDelimited of [false, true]) {
      const whole = dataSetBytes([shared], { isImplicit: true, isDelimited });
      const length = isDelimited ? 0xffffffff : whole.length - 8;
      const bytes = Buffer.concat([elementHeader(0x52009229, 'UN', length), whole.subarray(8)]);
      const { elements } = await read(Buffer.concat([bytes, dataSetBytes([rows])]));
      expect(items(elements, 'SharedFunctionalGroupsSequence')).toHaveLength(1);
    }
  });

  it('are skipped with the compressed icon that they contain', async () => {
    const icon = Buffer.concat([
      elementHeader(0x00880200, 'SQ', 0xffffffff),
      elementHeader(0xfffee000, '', 0xffffffff, { isImplicit: true }),
      elementHeader(0x7fe00010, 'OB', 0xffffffff),
      elementHeader(0xfffee000, '', 4, { isImplicit: true }),
      Buffer.from([1, 2, 3, 4]),
      elementHeader(0xfffee0dd, '', 0, { isImplicit: true }),
      elementHeader(0xfffee00d, '', 0, { isImplicit: true }),
      elementHeader(0xfffee0dd, '', 0, { isImplicit: true }),
    ]);
    const pixels = dataSetBytes([rows, [0x7fe00010, 'OB', new Uint8Array(2)]]);
    const { elements, pixels: found } = await read(Buffer.concat([icon, pixels]));
    expect(integer(elements, 'Rows')).toBe(7);
    expect(found).toMatchObject({ keyword: 'PixelData', length: 2 });
  });

  it('must not be nested without end', async () => {
    const opening = Buffer.concat([
      elementHeader(0x00091001, 'SQ', 0xffffffff),
      elementHeader(0xfffee000, '', 0xffffffff, { isImplicit: true }),
    ]);
    const { fault } = await read(Buffer.concat(new Array<Buffer>(100_000).fill(opening)));
    expect(fault?.message).toContain('nests sequences');
  });
});

describe('reading a data set', () => {
  it('skips values that are not requested', async () => {
    const far = 3_000_000_000;
    const head = elementHeader(0x00091010, 'OB', far);
    const tail = dataSetBytes([rows, [0x7fe00010, 'OB', new Uint8Array(2)]]);
    let bytesRead = 0;
    const source: SizedBytes = {
      size: head.length + far + tail.length,
      read(at, length) {
        bytesRead += length;
        const bytes = new Uint8Array(length);
        for (const [start, part] of [
          [0, head],
          [head.length + far, tail],
        ] as const) {
          for (const [i, byte] of part.entries()) {
            const index = start + i - at;
            if (index >= 0 && index < length) bytes[index] = byte;
          }
        }
        return Promise.resolve(bytes);
      },
    };
    const { elements, pixels } = await readDataSet(source, 0, explicitLittleEndian);
    expect(integer(elements, 'Rows')).toBe(7);
    expect(pixels?.start).toBe(source.size - 2);
    expect(bytesRead).toBeLessThan(200_000);
  });

  it('keeps the values read so far if the file ends or is damaged', async () => {
    const bytes = dataSetBytes([[0x00080060, 'CS', 'MR'], rows, spacing]);
    for (const end of [bytes.length - 1, bytes.length - 11, bytes.length - 21]) {
      const { elements, fault } = await read(bytes.subarray(0, end));
      expect(firstText(elements, 'Modality')).toBe('MR');
      expect(fault).toBeInstanceOf(DicomFault);
    }
    const { fault } = await read(Buffer.concat([bytes, Buffer.from('not an element')]));
    expect(fault?.message).toContain('no DICOM element');
  });

  it('refuses a value that claims to be huge before allocating memory', async () => {
    const source: SizedBytes = {
      size: 2 ** 40,
      read: (_at, length) => {
        if (length > 2 ** 20) throw new Error('memory was taken');
        const bytes = new Uint8Array(length);
        bytes.set(elementHeader(0x00283006, 'OW', 2 ** 31));
        return Promise.resolve(bytes);
      },
    };
    const { fault } = await readDataSet(source, 0, explicitLittleEndian);
    expect(fault?.message).toContain('bytes of attributes');
  });
});

describe('values', () => {
  it('are distinguished from missing and from garbled ones', async () => {
    const { elements } = await read(
      dataSetBytes([
        [0x00280010, 'IS', '12 '],
        [0x00280030, 'DS', '1.5\\\\x'],
        [0x00281050, 'DS', ''],
        [0x00281051, 'DS', ' '],
        [0x00281052, 'DS', 'abc'],
      ]),
    );
    expect(integer(elements, 'Rows')).toBe(12);
    expect(integer(elements, 'Columns')).toBeNull();
    expect(numbers(elements, 'PixelSpacing')).toEqual([1.5, NaN, NaN]);
    expect(number(elements, 'WindowCenter')).toBeNull();
    expect(number(elements, 'WindowWidth')).toBeNull();
    expect(number(elements, 'RescaleIntercept')).toBeNaN();
    expect(() => integer(elements, 'RescaleIntercept')).toThrow('not a whole number');
  });

  it('take their sign from the pixels if an implicit file does not state it', async () => {
    const bytes = dataSetBytes([[0x00280120, 'SS', [-5]]], { isImplicit: true });
    const { elements } = await read(bytes, true);
    expect(number(elements, 'PixelPaddingValue', true)).toBe(-5);
    expect(number(elements, 'PixelPaddingValue', false)).toBe(65531);
  });

  it('lose their padding, and letters only if they cannot be decoded', async () => {
    const patient: Entry = [0x00100020, 'LO', ' AB 1\0'];
    const names: Entry = [0x00281055, 'LO', 'Os\\Tête'];
    const { elements } = await read(dataSetBytes([patient, names]));
    expect(firstText(elements, 'PatientID')).toBe('AB 1');
    expect(texts(elements, 'WindowCenterWidthExplanation')).toEqual(['Os', 'Tête']);
    const named = (set: string | null): string[] =>
      readableTexts(elements, 'WindowCenterWidthExplanation', set);
    expect(named('ISO_IR 100')).toEqual(['Os', 'Tête']);
    expect(named('ISO 2022 IR 87')).toEqual([]);
    expect(named(null)).toEqual([]);
  });
});
