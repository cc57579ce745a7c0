import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportReport, Project } from '../../src/contract/app.ts';
import type { MaskImport, MaskSourceContents } from '../../src/contract/mask-sources.ts';
import { tileSide } from '../../src/core/mask/tiles.ts';
import { pngFile } from '../../src/formats/testing/image-fixtures.ts';
import { OpenServices } from '../support/open-services.ts';
import { temporaryFolder } from './support.ts';

const width = 6;
const height = 4;

/** Returns an image or a mask of one band. */
function grey(values: readonly number[]): Buffer {
  return pngFile({ width, height, channels: 1, bits: 8, values });
}
const filled = (value: number): number[] => new Array<number>(width * height).fill(value);
const half = (left: number, right: number): number[] =>
  filled(0).map((_, at) => (at % width < width / 2 ? left : right));

describe('masks in projects', async () => {
  const root = await temporaryFolder();
  let engine: OpenServices;
  let project: Project;
  const put = async (name: string, content: Uint8Array | string): Promise<string> => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
    return join(root, name);
  };
  const look = (
    folder: string,
    source: Partial<MaskImport['source']>,
  ): Promise<MaskSourceContents> =>
    engine.call('image.lookMasks', {
      project: project.id,
      folder,
      source: { kind: 'masks', path: folder, ...source },
    });
  const bring = (
    folder: string,
    masks: Omit<MaskImport, 'onConflict' | 'state'>,
    onConflict?: 'replace',
  ): Promise<ImportReport> =>
    engine.call('image.import', {
      ...{ project: project.id, folder, labels: 'none' },
      masks: { ...masks, state: 'done', ...(onConflict && { onConflict }) },
    });
  /** The mask of an image by its name, row by row, with its state. */
  const maskOf = async (name: string): Promise<{ state: string; values: number[] } | null> => {
    const filter = { show: 'all', search: name } as const;
    const page = await engine.call('image.page', {
      project: project.id,
      filter,
      offset: 0,
      limit: 1,
    });
    const image = page.images[0]?.id ?? 0;
    const info = engine.store.masks.get(image, 'human');
    if (!info) return null;
    const [tile] = engine.store.masks.tiles(image, 'human', [{ x: 0, y: 0 }]);
    const values = filled(0).map(
      (_, at) => tile?.pixels[Math.floor(at / width) * tileSide + (at % width)] ?? 0,
    );
    return { state: info.state, values };
  };

  beforeAll(async () => {
    engine = await OpenServices.open(join(root, 'workspace'));
    const made = { name: 'Outlines', domain: 'other', task: 'segmentation' } as const;
    project = await engine.call('project.create', { ...made, classes: ['Water', 'Road'] });
    await put('paired/images/a.png', grey(filled(10)));
    await put('paired/images/b.png', grey(filled(20)));
    await put('paired/images/c.png', grey(filled(30)));
    await put('paired/masks/a.png', grey(half(0, 1)));
    await put('paired/masks/b.png', grey(half(2, 255)));
    await put(
      'paired/masks/c.png',
      pngFile({ width: 2, height: 2, channels: 1, bits: 8, values: [0, 1, 1, 1] }),
    );
    await put('paired/masks/d.png', grey(half(0, 1)));
    await put('paired/classes.txt', 'background\nwater\n');
  });
  afterAll(() => engine.close());

  it('are found in a folder, and their classes listed before the import', async () => {
    const folder = join(root, 'paired');
    const { maskSources, masks, images } = await engine.call('image.look', { folder });
    expect({ maskSources, masks, images }).toEqual({
      maskSources: [{ kind: 'masks', path: folder, files: 3 }],
      masks: 4,
      images: 3,
    });
    const contents = await look(folder, {});
    expect(contents).toMatchObject({
      images: 3,
      classes: [
        { value: 1, name: 'water', number: 1 },
        { value: 2, name: null, number: 2, count: 1 },
        // No file states whether it is a class.
        { value: 3, name: null, number: 255, count: 1 },
      ],
      problems: [
        { path: join(folder, 'masks', 'd.png') },
        {
          path: join(folder, 'masks', 'c.png'),
          reason: expect.stringMatching(/2 × 2 pixels, but its image has 6 × 4/) as string,
        },
      ],
      problemCount: 2,
      hasMasks: false,
    });
  });

  it('are imported as assigned, and misfits are reported', async () => {
    const folder = join(root, 'paired');
    const [water] = project.classes;
    const source = { kind: 'masks', path: folder, property: null } as const;
    const report = await bring(folder, {
      source,
      classes: [
        { value: 1, to: { class: water?.id ?? 0 } },
        { value: 2, to: { create: 'Field' } },
        { value: 3, to: 'ignore' },
      ],
    });
    expect(report).toMatchObject({ found: 3, added: 3, masks: 2, masksLeftOut: 1 });
    const filter = { report: null, show: 'skipped' } as const;
    const list = { project: project.id, filter, offset: 0, limit: 10 };
    const { files } = await engine.call('image.files', list);
    expect(files.map(({ name, reason }) => [name, reason])).toEqual([
      ['masks/c.png', expect.stringMatching(/2 × 2 pixels, but its image has 6 × 4/)],
      ['masks/d.png', expect.stringMatching(/no image has the name of this mask/)],
    ]);
    expect(await engine.call('image.leftOut', { project: project.id })).toBe(2);
    expect(report.skipped.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/no image has the name of this mask/),
      expect.stringMatching(/2 × 2 pixels, but its image has 6 × 4/),
    ]);
    expect(await maskOf('a.png')).toEqual({ state: 'done', values: half(0, 1) });
    expect(await maskOf('b.png')).toEqual({ state: 'done', values: half(3, 255) });
    expect(await maskOf('c.png')).toBeNull();
    const { classes } = await engine.call('project.get', { project: project.id });
    expect(classes.map(({ name }) => name)).toEqual(['Water', 'Road', 'Field']);
  });

  it.each(['Background', 'IGNORE'])(
    'create no class named %s, and report what to do',
    async (name) => {
      const folder = join(root, 'paired');
      const source = { kind: 'masks', path: folder, property: null } as const;
      const classes = [{ value: 2, to: { create: name } }];
      await expect(bring(folder, { source, classes })).rejects.toMatchObject({
        code: 'invalid-labels',
        message: expect.stringMatching(
          /cannot be the name of a class of masks.* Assign it /,
        ) as string,
      });
      await expect(engine.call('class.add', { project: project.id, name })).rejects.toMatchObject({
        code: 'invalid-option',
      });
    },
  );

  it('are refused with more classes than a mask can hold, before a class is created', async () => {
    const folder = join(root, 'paired');
    const source = { kind: 'masks', path: folder, property: null } as const;
    const classes = Array.from({ length: 254 }, (_, at) => ({
      value: at + 1,
      to: { create: `class ${at}` },
    }));
    const before = await engine.call('project.get', { project: project.id });
    await expect(bring(folder, { source, classes })).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(
        /254 new classes and the project has 3; masks can have 254 in total/,
      ) as string,
    });
    const after = await engine.call('project.get', { project: project.id });
    expect(after.classes).toEqual(before.classes);
  });

  it('exported into a folder of images are not imported as images', async () => {
    const folder = dirname(await put('photos/p.png', grey(filled(90))));
    const made = { name: 'Exported', domain: 'other', task: 'segmentation' } as const;
    const { id } = await engine.call('project.create', { ...made, classes: ['Water'] });
    const again = (): Promise<ImportReport> =>
      engine.call('image.import', { project: id, folder, labels: 'none' });
    await again();
    const [image] = [...engine.store.images.all(id)];
    engine.store.masks.setState(image?.id ?? 0, 'human', 'done');
    for (const format of ['png', 'coco'] as const) {
      await engine.call('labels.export', { project: id, format, folder });
    }
    const report = await again();
    expect([...engine.store.images.all(id)].map(({ name }) => name)).toEqual(['p.png']);
    expect(report.skipped.map(({ path }) => path)).toEqual(['labels-png/masks']);
    const seen = await engine.call('image.look', { folder });
    expect(seen).toMatchObject({ images: 1, masks: 1 });
    const named = join(folder, 'labels-png');
    const own = await engine.call('image.import', { project: id, folder: named, labels: 'none' });
    expect(own.added).toBe(1);
  });

  it('are still imported if a class is removed during the import, which is reported', async () => {
    const folder = join(root, 'many');
    const names = Array.from({ length: 300 }, (_, at) => `${1000 + at}.png`);
    for (const [at, name] of names.entries()) {
      await put(`many/images/${name}`, grey([...filled(at % 250).slice(2), at < 250 ? 0 : 1, 7]));
      await put(`many/masks/${name}`, grey(half(1, 2)));
    }
    const made = { name: 'Many', domain: 'other', task: 'segmentation' } as const;
    const { id, classes } = await engine.call('project.create', {
      ...made,
      classes: ['Gone', 'Kept'],
    });
    const [lost, kept] = classes;
    const source = { kind: 'masks', path: folder, property: null } as const;
    const removed = engine
      .next('import.progress', ({ project: of, done }) => of === id && done > 0)
      .then(() => engine.call('class.remove', { class: lost?.id ?? 0 }))
      .then(() => engine.call('class.add', { project: id, name: 'Later' }));
    const report = await engine.call('image.import', {
      ...{ project: id, folder, labels: 'none' },
      masks: {
        ...{ source, state: 'done' },
        classes: [
          { value: 1, to: { class: lost?.id ?? 0 } },
          { value: 2, to: { class: kept?.id ?? 0 } },
        ],
      },
    });
    await removed;
    expect(report).toMatchObject({ added: 300, masks: 300, cancelled: false });
    expect(report.skipped.map(({ reason }) => reason)).toEqual([
      'The class “Gone” is no longer in the project, so its regions were skipped; the other classes of the masks were imported',
    ]);
    const values = [...engine.store.images.all(id)].map((image) =>
      engine.store.masks
        .get(image.id, 'human')
        ?.histogram.map(({ value }) => value)
        .join(),
    );
    expect(new Set(values)).toEqual(new Set([String(kept?.maskValue)]));
  });

  it('stay as the user left them unless the import replaces them', async () => {
    const folder = join(root, 'paired');
    const source = { kind: 'masks', path: folder, property: null } as const;
    const plan: Parameters<typeof bring>[1] = {
      source,
      classes: [
        { value: 1, to: 'ignore' },
        { value: 2, to: 'background' },
        { value: 3, to: 'ignore' },
      ],
    };
    expect((await look(folder, {})).hasMasks).toBe(true);
    const kept = await bring(folder, plan);
    expect(await maskOf('a.png')).toMatchObject({ values: half(0, 1) });
    expect(kept.skipped.at(-1)?.reason).toMatch(/^2 images have a mask in the project already/);
    await bring(folder, plan, 'replace');
    expect(await maskOf('a.png')).toMatchObject({ values: half(0, 255) });
    expect(await maskOf('b.png')).toMatchObject({ values: half(0, 255) });
  });

  it('are left out and reported if a class is unassigned', async () => {
    const folder = dirname(dirname(await put('more/images/e.png', grey(filled(40)))));
    await put('more/masks/e.png', grey(half(7, 0)));
    const source = { kind: 'masks', path: folder, property: null } as const;
    const { skipped, added } = await bring(folder, { source, classes: [] });
    expect(added).toBe(1);
    expect(skipped[0]?.reason).toMatch(/the number 7, for which no class/);
    expect(await maskOf('e.png')).toBeNull();
  });

  it('are imported from COCO too, with images without annotations as background', async () => {
    const folder = dirname(await put('coco/f.png', grey(filled(50))));
    await put('coco/g.png', grey(filled(60)));
    // Files of the same names that are not images.
    await put('coco/images/h.png', grey(filled(70)));
    await put('coco/masks/f.png', grey(filled(80)));
    const file = await put(
      'coco/annotations.json',
      JSON.stringify({
        images: [
          { id: 1, file_name: 'f.png', width, height },
          { id: 2, file_name: 'g.png', width, height },
          { id: 3, file_name: 'gone.png', width, height },
        ],
        categories: [{ id: 18, name: 'road ' }],
        annotations: [
          { id: 1, image_id: 1, category_id: 18, segmentation: [[0, 0, 3, 0, 3, 4, 0, 4]] },
        ],
      }),
    );
    const { maskSources } = await engine.call('image.look', { folder });
    expect(maskSources).toEqual([{ kind: 'coco', path: file, files: 1 }]);
    const source = { kind: 'file', path: file, property: null } as const;
    const contents = await look(folder, source);
    expect(contents).toMatchObject({
      kind: 'coco',
      images: 2,
      classes: [{ name: 'road', count: 1 }],
    });
    const road = project.classes[1]?.id ?? 0;
    await bring(folder, { source, classes: [{ value: 1, to: { class: road } }] });
    expect(await maskOf('f.png')).toEqual({ state: 'done', values: half(2, 0) });
    expect(await maskOf('g.png')).toEqual({ state: 'done', values: filled(0) });
  });

  it.each([['two\nlines'], ['\u202eturned'], ['red\u001b[31m']])(
    'create no class with an invisible name (%j)',
    async (create) => {
      const folder = join(root, 'paired');
      const source = { kind: 'masks', path: folder, property: null } as const;
      const classes = [{ value: 1, to: { create } }];
      await expect(bring(folder, { source, classes })).rejects.toMatchObject({
        code: 'invalid-labels',
      });
      const { classes: after } = await engine.call('project.get', { project: project.id });
      expect(after.map(({ name }) => name)).toEqual(['Water', 'Road', 'Field']);
    },
  );

  it('stay with a rewritten file, as drafts, and are reported', async () => {
    const path = await put('anew/a.png', grey(filled(90)));
    const folder = dirname(path);
    const bringAgain = (): Promise<ImportReport> =>
      engine.call('image.import', { project: project.id, folder, labels: 'none' });
    await bringAgain();
    const page = { filter: { show: 'all', search: 'a.png' }, offset: 0, limit: 99 } as const;
    const find = async (): Promise<number> => {
      const { images } = await engine.call('image.page', { project: project.id, ...page });
      const ids = images.filter(({ id }) => engine.store.images.get(id).path === path);
      expect(ids).toHaveLength(1);
      return ids[0]?.id ?? 0;
    };
    const pixels = new Uint8Array(tileSide ** 2).fill(1, 0, 3);
    engine.store.masks.save(await find(), 'human', [{ x: 0, y: 0, pixels }]);
    engine.store.masks.setState(await find(), 'human', 'done');
    await put('anew/a.png', grey(filled(91)));
    const { added, skipped } = await bringAgain();
    expect([added, skipped.map(({ reason }) => reason)]).toEqual([
      1,
      [expect.stringMatching(/its mask was kept as a draft/)],
    ]);
    expect(engine.store.masks.get(await find(), 'human')).toMatchObject({
      state: 'draft',
      histogram: [{ value: 1, pixels: 3 }],
    });
    const size = { width: 2, height: 1, channels: 1, bits: 8 } as const;
    await put('anew/a.png', pngFile({ ...size, values: [1, 2] }));
    expect((await bringAgain()).skipped[0]?.reason).toMatch(/deleted with the old image/);
    expect(engine.store.masks.get(await find(), 'human')).toBeUndefined();
  });

  it('leave the earlier masks if an error shows at their end', async () => {
    // More tiles than are saved together.
    const size = { width: 66 * tileSide, height: 1, channels: 1, bits: 8 } as const;
    const ones = new Array<number>(size.width).fill(1);
    const folder = dirname(
      dirname(await put('wide/images/w.png', pngFile({ ...size, values: ones }))),
    );
    await put('wide/masks/w.png', pngFile({ ...size, values: ones }));
    const source = { kind: 'masks', path: folder, property: null } as const;
    const plan = { source, classes: [{ value: 1, to: { class: project.classes[0]?.id ?? 0 } }] };
    await bring(folder, plan);
    const marked = engine.store.masks.marked(project.id, 'human');
    const image = Math.max(...marked.keys());
    const before = engine.store.masks.get(image, 'human');
    expect(before?.histogram).toEqual([{ value: 1, pixels: size.width }]);
    await put('wide/masks/w.png', pngFile({ ...size, values: ones.with(-1, 9).with(0, 0) }));
    const { skipped } = await bring(folder, plan, 'replace');
    expect(skipped[0]?.reason).toMatch(/the number 9, for which no class/);
    expect(engine.store.masks.get(image, 'human')).toEqual(before);
  });

  it('are not imported into classification projects', async () => {
    const made = { name: 'Whole', domain: 'other', task: 'single' } as const;
    const other = await engine.call('project.create', made);
    const folder = join(root, 'paired');
    const masks = { source: { kind: 'masks', path: folder }, classes: [], state: 'done' } as const;
    await expect(
      engine.call('image.import', {
        ...{ project: other.id, folder, labels: 'none' },
        masks: { ...masks, classes: [] },
      }),
    ).rejects.toThrow(/classifies whole images/);
  });
});
