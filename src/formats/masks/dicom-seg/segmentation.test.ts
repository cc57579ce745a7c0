import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dicomFile, pictureEntries, syntax, type Entry } from '../../testing/dicom-fixtures.ts';
import { testFolder } from '../../raster/testing/test-folder.ts';
import { detectMaskSources } from '../detect.ts';
import { openMaskSource } from '../open-source.ts';
import { openSegmentations } from './read.ts';
import { readSegmentation } from './segmentation.ts';

const folder = testFolder();
const storage = '1.2.840.10008.5.1.4.1.1.66.4';
const size = { rows: 2, columns: 4 };

const frameOf = (segment: number, instance = '1.2.3'): Entry[] => [
  [0x00089124, 'SQ', [[[0x00082112, 'SQ', [[[0x00081155, 'UI', instance]]]]]]],
  [0x0062000a, 'SQ', [[[0x0062000b, 'US', [segment]]]]],
];
const segment = (number: number, label: string): Entry[] => [
  [0x00620004, 'US', [number]],
  [0x00620005, 'LO', label],
];

interface Made {
  readonly sopClass?: string;
  readonly type?: string;
  readonly segments?: readonly (readonly Entry[])[];
  readonly frames?: readonly (readonly Entry[])[];
  readonly more?: readonly Entry[];
  readonly rows?: number;
}

/** Two frames of 2 × 4 bits by default. */
function segFile(made: Made = {}): Buffer {
  const { segments = [segment(1, 'a'), segment(2, 'b')], frames = [frameOf(1), frameOf(2)] } = made;
  const picture = { ...size, rows: made.rows ?? size.rows, allocated: 1, frames: 2 };
  const entries: Entry[] = [
    [0x00080016, 'UI', made.sopClass ?? storage],
    ...pictureEntries(picture),
    ...(made.type === '' ? [] : ([[0x00620001, 'CS', made.type ?? 'BINARY']] satisfies Entry[])),
    ...(segments.length > 0 ? ([[0x00620002, 'SQ', segments]] satisfies Entry[]) : []),
    [0x52009230, 'SQ', frames],
    ...(made.more ?? []),
    // 1 0 0 0 / 1 0 0 0, then 1 1 0 0 / 0 0 0 1; the lowest bit first.
    [0x7fe00010, 'OB', Uint8Array.of(0b0001_0001, 0b1000_0011)],
  ];
  return dicomFile(
    syntax.explicit,
    entries.sort(([a], [b]) => a - b),
  );
}

/** The list of source instances: an instance in it without a frame has no segment. */
const made = (uid: string): Entry => [
  0x00081115,
  'SQ',
  [[[0x0008114a, 'SQ', [[[0x00081155, 'UI', uid]]]]]],
];

const image = (uid: string): Buffer =>
  dicomFile(syntax.explicit, [
    [0x00080018, 'UI', uid],
    ...pictureEntries(size),
    [0x7fe00010, 'OB', new Uint8Array(8)],
  ]);

describe('segmentations', () => {
  it('belong to the instances that they name, later segments over earlier ones', async () => {
    const seg = await folder.file('good.dcm', segFile());
    const path = await folder.file('image.dcm', image('1.2.3'));
    const found = [{ name: 'image.dcm', path }];
    const source = await openSegmentations({
      path: seg,
      folder: folder.path,
      found,
      property: null,
    });
    expect(source.problems).toEqual([]);
    const mask = await source.maskFor({ name: 'image.dcm', path, width: 4, height: 2 });
    const tile = await mask?.tile(0, 0);
    expect([...(tile?.subarray(0, 4) ?? []), ...(tile?.subarray(512, 516) ?? [])]).toEqual([
      ...[2, 2, 0, 0],
      ...[1, 0, 0, 2],
    ]);
    expect(mask?.notes()).toEqual([
      'segments overlap in 1 pixels; the later one in the file was used',
    ]);
  });

  it('in a folder of their own next to the images are not masks of another kind', async () => {
    const seg = await folder.file('seg.dcm', segFile());
    const path = await folder.file('own.dcm', image('1.2.3'));
    const found = [
      { name: 'images/own.dcm', path },
      { name: 'segmentations/own.dcm', path: seg },
    ];
    expect(await detectMaskSources(join(folder.path, 'nothing'), found)).toEqual([
      { kind: 'dicom-seg', path: join(folder.path, 'nothing'), files: 1 },
    ]);
  });

  it('whose images are elsewhere, or of another size, are reported', async () => {
    const seg = await folder.file(
      'other.dcm',
      segFile({ frames: [frameOf(1, '9.9'), frameOf(2)], rows: 1, more: [made('1.2.3')] }),
    );
    const path = await folder.file('second.dcm', image('1.2.3'));
    const found = [{ name: 'second.dcm', path }];
    const source = await openSegmentations({
      path: seg,
      folder: folder.path,
      found,
      property: null,
    });
    expect(source.problems.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^1 of its 2 frames belong to images that are not/),
      expect.stringMatching(/^1 of its 2 frames do not match the pixels/),
    ]);
    expect(await source.maskFor({ name: '', path, width: 4, height: 2 })).toBeUndefined();
  });

  it.each([
    ['of another class', { sopClass: '1.2.840.10008.5.1.4.1.1.2' }, /SOPClassUID/],
    ['without a type', { type: '' }, /SegmentationType is missing/],
    ['of another type', { type: 'FUZZY' }, /SegmentationType is not BINARY/],
    ['without segments', { segments: [] }, /SegmentSequence is missing/],
    ['with a segment without a number', { segments: [[]] }, /SegmentNumber is missing/],
    ['with too few groups', { frames: [frameOf(1)] }, /1 items for 2 frames/],
    [
      'with a frame of no segment',
      { frames: [[], frameOf(1)] },
      /ReferencedSegmentNumber of frame 1/,
    ],
    [
      'with a frame of a segment that there is not',
      { frames: [frameOf(7), frameOf(1)] },
      /segment 7/,
    ],
    [
      'of a slide in tiles',
      { more: [[0x00209311, 'CS', 'TILED_FULL']] satisfies Entry[] },
      /slide/,
    ],
  ])('%s are refused, naming what is missing', async (name, made, words) => {
    const path = await folder.file(`${name}.dcm`, segFile(made));
    await expect(readSegmentation(path)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(words) as string,
    });
  });

  it('that are cut short anywhere cause an error message', async () => {
    const whole = segFile();
    let refused = 0;
    for (let length = 0; length < whole.length; length += 7) {
      const path = await folder.file('cut.dcm', whole.subarray(0, length));
      await readSegmentation(path).catch((error: unknown) => {
        refused++;
        expect(error).toMatchObject({ name: 'UserError' });
      });
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('that are cut short anywhere lose only their own mask', async () => {
    const whole = segFile();
    const path = await folder.file('whole.dcm', image('1.2.3'));
    const found = [{ name: 'whole.dcm', path }];
    const outcomes = new Set<string>();
    for (let length = 0; length < whole.length; length++) {
      const seg = await folder.file('cut.dcm', whole.subarray(0, length));
      const request = { path: seg, folder: folder.path, found, property: null };
      const reading = async (): Promise<string> => {
        const source = await openMaskSource('dicom-seg', request);
        const mask = await source.maskFor({ name: 'whole.dcm', path, width: 4, height: 2 });
        await mask?.tile(0, 0);
        return mask === undefined ? 'told of' : 'read';
      };
      outcomes.add(
        await reading().catch((error: unknown) => {
          expect(error, `of ${length} bytes`).toMatchObject({ name: 'UserError' });
          expect((error as Error).message).toContain(seg);
          return 'refused';
        }),
      );
    }
    expect(outcomes).toEqual(new Set(['told of', 'refused']));
  });
});
