import { describe, expect, it } from 'vitest';
import { testFolder } from '../../raster/testing/test-folder.ts';
import { ctSlice } from '../testing/geo-fixtures.ts';
import { collected, memoryMask, randomMask } from '../testing/memory-mask.ts';
import { readSegmentation } from './segmentation.ts';
import { joinSources, readSegSource, seriesKey } from './seg-source.ts';
import { segOfMasks } from './write-seg.ts';

const folder = testFolder();
const size = { width: 53, height: 37 };
const classes = [
  { value: 1, name: 'liver', colour: '#0072b2' },
  { value: 2, name: `a\\b ${'long '.repeat(20)}name`, colour: null },
];

async function source(name: string, change: Partial<Parameters<typeof ctSlice>[0]> = {}) {
  const bytes = ctSlice({ rows: 37, columns: 53, z: 1, instance: '2.25.7', ...change });
  return readSegSource(await folder.file(name, bytes));
}

describe('the source of a segmentation', () => {
  it.each([
    ['StudyInstanceUID', 0x0020000d],
    ['SeriesInstanceUID', 0x0020000e],
    ['SOPInstanceUID', 0x00080018],
    ['SOPClassUID', 0x00080016],
    ['ImageOrientationPatient', 0x00200037],
    ['ImagePositionPatient', 0x00200032],
    ['PixelSpacing', 0x00280030],
    ['Rows', 0x00280010],
  ])('is refused by name without %s', async (keyword, tag) => {
    await expect(source(`no-${keyword}.dcm`, { without: [tag] })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(`has no ${keyword}, which a segmentation needs`) as string,
    });
  });

  it('may have no position: then it gets its own segmentation', async () => {
    const flat = await source('flat.dcm', { without: [0x00200052, 0x00200037, 0x00200032] });
    expect(flat).toMatchObject({ frameOfReference: null, orientation: null });
    expect(seriesKey(flat)).toBeNull();
  });

  it('states which slices belong together', async () => {
    const first = await source('one.dcm');
    const second = await source('two.dcm', { z: 4, instance: '2.25.8' });
    const tilted = await source('tilted.dcm', {
      more: [[0x00200037, 'DS', '0\\1\\0\\0\\0\\1']],
    });
    expect(seriesKey(first)).toBe(seriesKey(second));
    expect(seriesKey(first)).not.toBe(seriesKey(tilted));
  });

  it('keeps its decimal strings, shortened if they are longer than DICOM allows', async () => {
    const { frames } = await source('long.dcm', {
      more: [[0x00200032, 'DS', '-10.50\\1.234567890123456789\\-1.2345678901234567e-11']],
    });
    const [position = []] = frames.map((frame) => frame.position ?? []);
    expect(position[0]).toBe('-10.50');
    for (const text of position) expect(text.length).toBeLessThanOrEqual(16);
    expect(Number(position[1])).toBeCloseTo(1.2345678901234567, 12);
    expect(Number(position[2])).toBeCloseTo(-1.2345678901234567e-11, 17);
  });
});

describe('a segmentation', () => {
  async function written(values: readonly number[], named = classes) {
    const sources = [
      await source('s1.dcm', { z: 9, instance: '2.25.71' }),
      await source('s2.dcm', { z: -2, instance: '2.25.72' }),
      await source('s3.dcm', { z: 4, instance: '2.25.73' }),
    ];
    const whole = joinSources(sources);
    const masked = whole.frames.map((frame, index) => {
      const pixels = index === 2 ? randomMask(1, size, [0]) : randomMask(index, size, values);
      return { frame, mask: memoryMask(pixels, size, named) };
    });
    const options = { version: '1.2.3', now: new Date(0) };
    const path = await folder.file(
      `seg-${values.join('-')}.dcm`,
      await collected(segOfMasks(whole, masked, named, options)),
    );
    return readSegmentation(path);
  }

  it('is ordered by segment, then along the slices, and lists slices without regions', async () => {
    const read = await written([1, 2, 255]);
    expect(read.segments.map(({ label }) => label)).toEqual([
      ...classes.map(({ name }) => name),
      'ignore',
    ]);
    const order = read.frames.map(({ segment, sources }) => [segment, sources[0]?.instance]);
    expect(order).toEqual([
      [1, '2.25.72'],
      // The frame without any pixels.
      [1, '2.25.73'],
      [1, '2.25.71'],
      [2, '2.25.72'],
      [2, '2.25.71'],
      [3, '2.25.72'],
      [3, '2.25.71'],
    ]);
    expect([...read.instances].sort()).toEqual(['2.25.71', '2.25.72', '2.25.73']);
  });

  it('has no segment for unknown pixels if there are none', async () => {
    expect((await written([1])).segments).toHaveLength(2);
  });

  it.each([
    [undefined, ['MANUAL'], ['AUTOMATIC', 'Student 3']],
    ['Student 3', ['AUTOMATIC', 'Student 3'], ['MANUAL']],
  ])(
    'states whether a person or which algorithm made it (%s)',
    async (algorithm, stated, unsaid) => {
      const whole = await source('made.dcm');
      const [frame] = whole.frames;
      const mask = memoryMask(randomMask(1, size, [1]), size, classes);
      const options = { version: '1.2.3', algorithm };
      const parts = segOfMasks(whole, frame ? [{ frame, mask }] : [], classes, options);
      const bytes = (await collected(parts)).toString('latin1');
      for (const word of stated) expect(bytes).toContain(word);
      for (const word of unsaid) expect(bytes).not.toContain(word);
    },
  );

  it('of slices of unknown thickness states their distance, and needs two of them', async () => {
    const thin = { without: [0x00180050] };
    const sources = [
      await source('thin-1.dcm', { ...thin, z: 1, instance: '2.25.81' }),
      await source('thin-2.dcm', { ...thin, z: 4.75, instance: '2.25.82' }),
    ];
    const mask = memoryMask(randomMask(1, size, [1]), size, classes);
    const made = (some: typeof sources): Promise<Buffer> => {
      const whole = joinSources(some);
      const masked = whole.frames.map((frame) => ({ frame, mask }));
      return collected(segOfMasks(whole, masked, classes, { version: '1.2.3' }));
    };
    expect((await made(sources)).toString('latin1')).toContain('3.75');
    await expect(made(sources.slice(0, 1))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('has no SliceThickness') as string,
    });
  });

  it('needs a class', async () => {
    await expect(written([1], [])).rejects.toMatchObject({ code: 'unsupported' });
  });
});
