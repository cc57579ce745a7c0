import { appendFile, copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WatchedFolder } from '../../src/contract/app.ts';
import { encodeRuns } from '../../src/core/mask/run-length.ts';
import { tilePixels } from '../../src/core/mask/tiles.ts';
import { pngFile } from '../../src/formats/testing/image-fixtures.ts';
import type { WatchPace } from '../../src/engine/app/imports/folder-watches.ts';
import { OpenServices } from '../support/open-services.ts';
import { temporaryFolder, writeImages } from './support.ts';

// Folders whose new files are imported automatically, at intervals short enough for tests.

const pace: WatchPace = { interval: 20, times: 1, quiet: 60, patience: 60_000 };
const soon = { interval: 20 };

describe('a watched folder', async () => {
  const folder = await temporaryFolder();
  let count = 0;

  const begin = async (
    patience = pace.patience,
  ): Promise<{
    engine: OpenServices;
    project: number;
    images: string;
    /** Images with different content. */
    drawn: string[];
    open: () => Promise<OpenServices>;
  }> => {
    const at = join(folder, `${count++}`);
    const open = (): Promise<OpenServices> =>
      OpenServices.open(join(at, 'workspace'), undefined, { ...pace, patience });
    const engine = await open();
    onTestFinished(() => engine.close());
    const { id: project } = await engine.call('project.create', {
      ...{ name: 'Watched', domain: 'other', task: 'single' },
    });
    const images = join(at, 'images');
    await writeImages(images, 1, 1);
    const drawn = await writeImages(join(at, 'drawn'), 2, 2);
    const request = { project, folder: images, labels: 'folders', watch: true } as const;
    await engine.call('image.import', request);
    return { engine, project, images, drawn, open };
  };
  const watched = async (engine: OpenServices, project: number): Promise<WatchedFolder[]> =>
    engine.call('image.watched', { project });
  const names = async (engine: OpenServices, project: number): Promise<string[]> => {
    const page = { project, filter: {}, offset: 0, limit: 100 };
    return (await engine.call('image.page', page)).images.map(({ name }) => name);
  };
  const skipped = async (engine: OpenServices, project: number): Promise<string[]> => {
    const filter = { report: null, show: 'skipped' } as const;
    const page = await engine.call('image.files', { project, filter, offset: 0, limit: 100 });
    return page.files.map(({ name }) => name);
  };

  it('imports new files with their labels, and only those', async () => {
    const { engine, project, images, drawn } = await begin();
    const page = { project, filter: {}, offset: 0, limit: 100 };
    const [first] = (await engine.call('image.page', page)).images;
    await engine.call('image.remove', { project, images: [first?.id ?? 0] });
    await mkdir(join(images, 'yellow'));
    await copyFile(drawn[0] ?? '', join(images, 'yellow', 'new.png'));
    await expect.poll(() => watched(engine, project), soon).toMatchObject([{ added: 1 }]);
    expect(await names(engine, project)).toEqual(['green/0.png', 'red/0.png', 'yellow/new.png']);
    const { classes } = await engine.call('project.get', { project });
    expect(classes.find(({ name }) => name === 'yellow')).toMatchObject({ labelled: 1 });
    // A single report covers the folder, including later files.
    const reports = await engine.call('image.reports', { project });
    expect(reports).toMatchObject([{ found: 4, added: 4, cancelled: false }]);
  });

  it('waits for a growing file, without a message', async () => {
    const { engine, project, images, drawn } = await begin();
    const bytes = await readFile(drawn[0] ?? '');
    const path = join(images, 'slow.png');
    await writeFile(path, bytes.subarray(0, 100));
    for (const at of [100, 200, 300]) {
      // Longer than the time for which a file must be unchanged: it is tried and deferred.
      await sleep(120);
      await appendFile(path, bytes.subarray(at, at + 100));
      expect(await skipped(engine, project)).toEqual([]);
    }
    await appendFile(path, bytes.subarray(400));
    await expect.poll(() => names(engine, project), soon).toContain('slow.png');
    expect(await skipped(engine, project)).toEqual([]);
  });

  it('reports a file that stays damaged for a while', async () => {
    const { engine, project, images, drawn } = await begin(200);
    const bytes = await readFile(drawn[0] ?? '');
    await writeFile(join(images, 'cut.png'), bytes.subarray(0, 100));
    await expect.poll(() => skipped(engine, project), soon).toEqual(['cut.png']);
    const [report] = await engine.call('image.reports', { project });
    expect(report?.skipped).toHaveLength(1);
    await sleep(200);
    expect((await engine.call('image.reports', { project }))[0]?.skipped).toHaveLength(1);
    await writeFile(join(images, 'cut.png'), bytes);
    await expect.poll(() => names(engine, project), soon).toContain('cut.png');
    await expect.poll(() => skipped(engine, project), soon).toEqual([]);
  });

  it('reports a missing folder once, and continues when it is back', async () => {
    const { engine, project, images, drawn } = await begin();
    let said = 0;
    const heard = async (): Promise<void> => {
      for (;;) {
        await engine.next('project.changed');
        said++;
      }
    };
    await rename(images, `${images} away`);
    void heard();
    await expect.poll(() => watched(engine, project), soon).toMatchObject([{ state: 'missing' }]);
    await sleep(200);
    expect(said).toBe(1);
    await copyFile(drawn[0] ?? '', join(`${images} away`, 'late.png'));
    await rename(`${images} away`, images);
    await expect.poll(() => names(engine, project), soon).toContain('late.png');
    expect(await watched(engine, project)).toMatchObject([{ state: 'watching', message: null }]);
  });

  it('is stored with the project, and stops on request', async () => {
    const { engine, project, images, drawn, open } = await begin();
    await engine.close();
    await copyFile(drawn[0] ?? '', join(images, 'meanwhile.png'));
    const again = await open();
    onTestFinished(() => again.close());
    await expect.poll(() => names(again, project), soon).toContain('meanwhile.png');
    await again.call('image.stopWatching', { project, folder: images });
    expect(await watched(again, project)).toEqual([]);
    await copyFile(drawn[1] ?? '', join(images, 'after.png'));
    await sleep(300);
    expect(await names(again, project)).not.toContain('after.png');
    expect(again.store.watched.list()).toEqual([]);
  });

  it('does not import the workspace that it contains', async () => {
    const { engine, project, images } = await begin();
    const outer = join(images, '..');
    const request = { project, folder: outer, labels: 'none', watch: true } as const;
    expect(await engine.call('image.look', { folder: outer })).toMatchObject({ images: 9 });
    const report = await engine.call('image.import', request);
    expect(report).toMatchObject({ found: 9, added: 6, known: 3 });
    expect(report.skipped).toMatchObject([{ path: join(outer, 'workspace') }]);
    await sleep(300);
    expect(await names(engine, project)).toHaveLength(9);
    for (const own of ['workspace', join('workspace', 'thumbnails')]) {
      const wrong = engine.call('image.import', { ...request, folder: join(outer, own) });
      await expect(wrong).rejects.toMatchObject({ code: 'invalid-option' });
    }
  });

  it('waits for an import that the user starts', async () => {
    const { engine, project, images, drawn } = await begin();
    for (const [index, path] of drawn.entries()) {
      await copyFile(path, join(images, `${index}.png`));
    }
    await sleep(90);
    const report = await engine.call('image.import', {
      ...{ project, folder: images, labels: 'folders', watch: true },
    });
    expect(report).toMatchObject({ found: 9, cancelled: false });
    expect(await names(engine, project)).toHaveLength(9);
  });

  describe('with masks', () => {
    const size = { width: 6, height: 4, channels: 1, bits: 8 } as const;
    const grey = (value: number): Buffer =>
      pngFile({ ...size, values: new Array<number>(24).fill(value) });

    const beginMasks = async (): Promise<{
      engine: OpenServices;
      project: number;
      put: (name: string, bytes: Uint8Array | string) => Promise<void>;
      marks: (name: string) => string;
      images: string;
      open: () => Promise<OpenServices>;
    }> => {
      const at = join(folder, `${count++}`);
      const images = join(at, 'scans');
      const put = async (name: string, bytes: Uint8Array | string): Promise<void> => {
        await mkdir(dirname(join(images, name)), { recursive: true });
        await writeFile(join(images, name), bytes);
      };
      await put('images/a.png', grey(10));
      await put('masks/a.png', grey(5));
      const open = (): Promise<OpenServices> =>
        OpenServices.open(join(at, 'workspace'), undefined, pace);
      const engine = await open();
      onTestFinished(() => engine.close());
      const { id: project } = await engine.call('project.create', {
        ...{ name: 'Watched', domain: 'other', task: 'segmentation', classes: ['Road'] },
      });
      const source = { kind: 'masks', path: images, property: null } as const;
      await engine.call('image.lookMasks', { project, folder: images, source });
      await engine.call('image.import', {
        ...{ project, folder: images, labels: 'none', watch: true },
        masks: { source, classes: [{ value: 1, to: { create: 'Field' } }], state: 'done' },
      });
      /** Content of the mask of an image, by class names. */
      const marks = (name: string): string => {
        const image = [...engine.store.images.all(project)].find((one) => one.name === name);
        const info = image && engine.store.masks.get(image.id, 'human');
        if (!info) return 'none';
        const classes = engine.store.classes.list(project);
        const found = info.histogram.map(
          ({ value }) => classes.find(({ maskValue }) => maskValue === value)?.name ?? value,
        );
        return [info.state, ...found].join(' ');
      };
      return { engine, project, put, marks, images, open };
    };

    it('imports new masks by the same choices, in any order', async () => {
      const { engine, project, put, marks } = await beginMasks();
      expect(marks('images/a.png')).toBe('done Field');
      await put('masks/b.png', grey(5));
      await sleep(150);
      await put('images/b.png', grey(20));
      await put('images/c.png', grey(30));
      await expect.poll(() => marks('images/b.png'), soon).toBe('done Field');
      await expect.poll(() => [...engine.store.images.all(project)].length, soon).toBe(3);
      expect(marks('images/c.png')).toBe('none');
      await put('masks/c.png', grey(5));
      await expect.poll(() => marks('images/c.png'), soon).toBe('done Field');
      await expect
        .poll(() => engine.call('image.reports', { project }), soon)
        .toMatchObject([{ found: 3, added: 3, masks: 3, skipped: [] }]);
    });

    it('reports an unassigned number, and does not shift the others', async () => {
      const { engine, project, put, marks } = await beginMasks();
      await put('images/b.png', grey(20));
      await put('masks/b.png', grey(3));
      await put('images/c.png', grey(30));
      await put('masks/c.png', grey(5));
      await expect.poll(() => marks('images/c.png'), soon).toBe('done Field');
      expect(marks('images/b.png')).toBe('none');
      const skippedNow = async (): Promise<unknown> =>
        (await engine.call('image.reports', { project }))[0]?.skipped;
      await expect
        .poll(skippedNow, soon)
        .toMatchObject([{ reason: expect.stringContaining('number 3') as string }]);
    });

    it("keeps the user's painting and imported masks, also after a restart", async () => {
      const { engine, project, put, marks, open } = await beginMasks();
      const [image] = [...engine.store.images.all(project)];
      const [road] = engine.store.classes.list(project);
      const pixels = new Uint8Array(tilePixels);
      pixels.fill(road?.maskValue ?? 0, 0, size.width);
      const runs = encodeRuns(pixels);
      await engine.call('mask.save', { image: image?.id ?? 0, tiles: [{ x: 0, y: 0, runs }] });
      expect(marks('images/a.png')).toContain('Road');
      const before = await engine.call('image.reports', { project });
      await sleep(300);
      expect(await engine.call('image.reports', { project })).toEqual(before);
      await engine.close();
      const again = await open();
      onTestFinished(() => again.close());
      await put('images/d.png', grey(40));
      await put('masks/d.png', grey(5));
      const masked = (): number => again.store.masks.count(project, 'human').done;
      await expect.poll(masked, soon).toBe(1);
      await expect
        .poll(() => again.call('image.reports', { project }), soon)
        .toMatchObject([{ found: 2, added: 2, skipped: [] }]);
    });

    it('continues if a class was removed, and reports it', async () => {
      const { engine, project, put, marks } = await beginMasks();
      const field = engine.store.classes.list(project).find(({ name }) => name === 'Field');
      await engine.call('class.remove', { class: field?.id ?? 0 });
      await put('images/b.png', grey(20));
      await put('masks/b.png', grey(5));
      await expect.poll(() => marks('images/b.png'), soon).toBe('done');
      const skippedNow = async (): Promise<unknown> =>
        (await engine.call('image.reports', { project }))[0]?.skipped;
      await expect
        .poll(skippedNow, soon)
        .toMatchObject([{ reason: expect.stringContaining('no longer in the project') as string }]);
    });
  });
});
