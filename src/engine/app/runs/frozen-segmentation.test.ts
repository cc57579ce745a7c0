import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Project } from '../../../contract/app.ts';
import type { MaskState } from '../../../contract/masks.ts';
import { tilePixels } from '../../../core/mask/tiles.ts';
import { wholeMask } from '../../../formats/masks/strips.ts';
import type { NewImage } from '../../../store/queries/images.ts';
import type { Store } from '../../../store/store.ts';
import { addProject, newImage } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import { openSegmentationFiles } from '../../tasks/segmentation/data/segmentation-files.ts';
import { findFrozenSegmentation, frozenSegmentation, valuesNow } from './frozen-segmentation.ts';
import { projectSegmentation } from './project-segmentation.ts';

const { signal } = new AbortController();
const size = { width: 20, height: 10 };

interface Outlined extends Partial<NewImage> {
  /** Mask values of the first row; undefined for an image without a mask. */
  readonly row?: readonly number[];
  readonly state?: MaskState;
}

/** Returns a project of three classes, values 1 to 3, with these images. */
function open(images: readonly Outlined[]): { store: Store; project: Project; ids: number[] } {
  const store = temporaryStore();
  const { id } = addProject(store, ['x', 'y', 'z'], 'segmentation');
  const added = store.images.add(
    id,
    images.map((image, at) => newImage(`${at}.png`, { ...size, ...image })),
  );
  const ids = added.map((image) => image.id);
  images.forEach(({ row, state }, at) => {
    if (!row) return;
    const pixels = new Uint8Array(tilePixels);
    pixels.set(row);
    store.masks.save(ids[at] ?? 0, 'human', [{ x: 0, y: 0, pixels }]);
    store.masks.setState(ids[at] ?? 0, 'human', state ?? 'done');
  });
  return { store, project: store.projects.get(id), ids };
}

const outlinesOf = ({ store, project }: ReturnType<typeof open>, smallest = 8) =>
  projectSegmentation(store, project, smallest);
const heldOut = { isTest: true } as const;

test('done masks are used for training or held out, and all other images for distilling', () => {
  const opened = open([
    { row: [1] },
    { row: [3], state: 'draft' },
    {},
    { row: [3], ...heldOut },
    { row: [3] },
  ]);
  const { dataset, classIds, notes } = outlinesOf(opened);
  const names = (images: readonly { readonly name: string }[]): string[] =>
    images.map(({ name }) => name.replace('/images/', ''));
  expect(names(dataset.distilled)).toEqual(['0.png', '1.png', '2.png', '4.png']);
  expect(names(dataset.distilled.filter(({ isLabelled }) => isLabelled))).toEqual([
    '0.png',
    '4.png',
  ]);
  expect(names(dataset.tested)).toEqual(['3.png']);
  // No image shows the second class: the remaining ones are numbered without a gap.
  expect(dataset.classes.map(({ value, name }) => [value, name])).toEqual([
    [1, 'x'],
    [2, 'z'],
  ]);
  const [x, , z] = opened.project.classes;
  expect(classIds).toEqual([x?.id, z?.id]);
  expect(notes).toEqual([
    expect.stringMatching(/shows y, so the student will not find it/),
    expect.stringMatching(
      /^No test mask shows x, so how well the student finds it cannot be measured/,
    ),
    expect.stringMatching(/tested on one image only/),
  ]);
});

test('test images without classes cause a warning, not an error', () => {
  const opened = open([{ row: [1, 2, 3] }, { row: [0], ...heldOut }]);
  expect(outlinesOf(opened).notes[0]).toMatch(/^No test image shows any class, so the quality/);
});

test('groups stay on one side', () => {
  const opened = open([
    { row: [1], group: 'a' },
    { group: 'b' },
    { row: [1], group: 'b' },
    { row: [1], group: 'b', ...heldOut },
  ]);
  const { dataset } = outlinesOf(opened);
  expect(dataset.distilled.map(({ group }) => group)).toEqual(['a']);
  expect(dataset.problems.map(({ reason }) => reason)).toEqual(
    new Array(2).fill(expect.stringMatching(/“b” are test images/)),
  );
});

test.each<[string, Outlined[], RegExp]>([
  [
    'no mask is done',
    [{ row: [1], state: 'draft' }, {}],
    /0 images .* One mask is not marked as done/,
  ],
  ['only one mask is done', [{ row: [1] }, {}], /1 image with a finished mask.*At least two/],
  ['only test images are done', [{ ...heldOut, row: [1] }, {}], /all of them test images/],
  [
    'no mask shows a class',
    [{ row: [0] }, { row: [255] }, { ...heldOut, row: [1] }],
    /training masks show only background/,
  ],
  [
    'all masks are of one group',
    [1, 1].map((value) => ({ row: [value], group: 'p' })),
    /one group/,
  ],
])('reports before a run that %s', (_, images, message) => {
  expect(() => outlinesOf(open(images))).toThrow(message);
});

test('images smaller than a patch are left out and reported', () => {
  const small = { row: [1], width: 7 };
  const opened = open([{ row: [1] }, { row: [1], ...heldOut }, small, { height: 3 }]);
  const { dataset, notes } = outlinesOf(opened);
  expect(dataset.distilled).toHaveLength(1);
  expect(dataset.problems.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/7 × 10 pixels, but a patch of the teacher has 8 × 8/),
    expect.stringMatching(/20 × 3 pixels/),
  ]);
  expect(notes.at(-1)).toMatch(/^2 images are smaller/);
  expect(() => outlinesOf(opened, 11)).toThrow(/0 images with a finished mask/);
});

test('a project without classes cannot start a run', () => {
  const store = temporaryStore();
  const project = addProject(store, [], 'segmentation');
  expect(() => projectSegmentation(store, project, 8)).toThrow(/has no classes yet/);
});

test('a run continues with the masks from its start, in its own values', async () => {
  const { store, project, ids } = open([
    { row: [0, 1, 3, 255, 1] },
    // A class without training masks is not measured.
    { row: [1, 2, 3], ...heldOut },
    { row: [3] },
  ]);
  const folder = join(store.folder, 'runs', '1');
  const run = (): ReturnType<typeof frozenSegmentation> =>
    frozenSegmentation(store, project, { run: 0, folder, smallest: 8 }, signal);
  const first = await run();
  store.masks.save(ids[0] ?? 0, 'human', [{ x: 0, y: 0, pixels: null }]);
  store.masks.setState(ids[2] ?? 0, 'human', 'draft');
  const again = await run();
  expect(again.dataset).toEqual(first.dataset);
  expect(await findFrozenSegmentation(store, project.id, folder)).toEqual(again);
  const dataset = openSegmentationFiles(again.dataset);
  expect(dataset.labelled).toHaveLength(2);
  const rowOf = async (image: (typeof dataset.labelled)[number] | undefined) => {
    if (!image) return undefined;
    const mask = await dataset.openMask({ ...image, ...size });
    const values = await wholeMask(mask);
    await mask.close();
    return [...values.subarray(0, 5)];
  };
  expect(await rowOf(dataset.labelled[0])).toEqual([0, 1, 2, 255, 1]);
  expect(await rowOf(dataset.tested[0])).toEqual([1, 255, 2, 0, 0]);
  // Predictions are translated to the project's values, except for a removed class.
  const now = (): number[] => [...valuesNow(store, project.id, again.classIds).subarray(0, 4)];
  expect(now()).toEqual([0, 1, 3, 255]);
  store.classes.remove(project.classes[0]?.id ?? 0);
  expect(now()).toEqual([0, 0, 3, 255]);
});
