import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tilePixels } from '../../core/mask/tiles.ts';
import { readLabelFile } from '../../formats/labels/label-file.ts';
import { addProject, newImage } from '../../store/testing/fixtures.ts';
import { temporaryFolder, temporaryStore } from '../../store/testing/temporary-store.ts';
import { exported, photo } from '../testing/exported-labels.ts';
import { projectOfFiles } from '../testing/project-of-files.ts';
import { findLabelExportChoices } from './choices.ts';

describe('a table of labels', () => {
  it('is read back unchanged', async () => {
    const store = temporaryStore();
    const folder = temporaryFolder();
    const { id, classes } = addProject(store, ['up, "high"', 'low', ' in between']);
    const names = ['a.png', 'with space .png', 'sub/ä,b.png', 'none.png', 'unlabelled.png'];
    const added = store.images.add(
      id,
      names.map((name, index) => ({
        ...newImage(name, { folder, isTest: index === 1 }),
        group: index === 2 ? 'patient 7' : undefined,
      })),
    );
    const [first, second] = classes.map((one) => one.id);
    const labels = [[first], [first, second], [second], [], null];
    store.labels.set(
      id,
      added.map(({ id: image }, index) => ({
        image,
        classes: labels[index]?.filter((one) => one !== undefined) ?? null,
      })),
    );
    const report = await exported({ store, id }, { format: 'csv' });
    expect(report).toMatchObject({ files: ['labels.csv'], images: 4, unmarked: 1, leftOut: [] });
    const found = names.map((name) => ({ name, path: join(folder, name) }));
    const read = await readLabelFile(join(report.folder, 'labels.csv'), folder, found);
    expect(read.problems).toEqual([]);
    expect(read.images.map((one) => [one.labels, one.isLabelled, one.split, one.group])).toEqual([
      [['up, "high"'], true, 'train', undefined],
      [['up, "high"', 'low'], true, 'test', undefined],
      [['low'], true, 'train', 'patient 7'],
      [[], true, 'train', undefined],
      [[], false, 'train', undefined],
    ]);
  });

  it('preserves classes and files whose names a spreadsheet would compute', async () => {
    const store = temporaryStore();
    const folder = temporaryFolder();
    const names = ['-', '=A', '@b', '+1', "'-", '-5'];
    const { id, classes } = addProject(store, names);
    const files = names.map((_, index) => `=cmd ${index}.png`);
    const added = store.images.add(
      id,
      files.map((name) => ({ ...newImage(name, { folder }), group: '=1+1' })),
    );
    store.labels.set(
      id,
      added.map(({ id: image }, index) => ({ image, classes: [classes[index]?.id ?? 0] })),
    );
    const report = await exported({ store, id }, { format: 'csv' });
    const file = join(report.folder, 'labels.csv');
    expect(await readFile(file, 'utf8')).not.toMatch(/(?:^|,)[=@]/m);
    const found = files.map((name) => ({ name, path: join(folder, name) }));
    const read = await readLabelFile(file, folder, found);
    expect(read.images.map(({ labels }) => labels)).toEqual(names.map((name) => [name]));
    expect(new Set(read.images.map(({ group }) => group))).toEqual(new Set(['=1+1']));
  });

  it('has a row per file, and rows for slices only if they differ', async () => {
    const store = temporaryStore();
    const { id, classes } = addProject(store, ['x', 'a|b']);
    const images = ['same.nii', 'odd.nii'].flatMap((name) =>
      [0, 1].map((frame) => newImage(`${name}#${frame + 1}`, { frame }, name)),
    );
    const added = store.images.add(id, [...images, newImage('bad.png')]);
    const [x = 0, bad = 0] = classes.map((one) => one.id);
    const given = [[x], [x], [x], [], [bad]];
    store.labels.set(
      id,
      added.map(({ id: image }, index) => ({ image, classes: given[index] ?? [] })),
    );
    const report = await exported({ store, id }, { format: 'csv' });
    const text = await readFile(join(report.folder, 'labels.csv'), 'utf8');
    expect(text.split('\n').slice(1, -1)).toEqual([
      'odd.nii#1,x,train,',
      'odd.nii#2,-,train,',
      'same.nii,x,train,',
    ]);
    expect(report.notes).toHaveLength(1);
    expect(report.leftOut[0]?.reason).toContain('“a|b”');
  });

  it('has the classes that masks show, in segmentation projects', async () => {
    const images = ['shown.png', 'ignored.png', 'empty.png', 'bare.png'].map(photo);
    const project = await projectOfFiles(images, [1, 2, 255], ['a', 'b', 'c'], 'segmentation');
    const { store, id } = project;
    const [bare, empty, ignored, shown] = [...store.images.all(id)].map((image) => image.id);
    const painted = (...values: number[]): Uint8Array => {
      const pixels = new Uint8Array(tilePixels);
      for (const [at, value] of values.entries()) pixels[(at >> 1) * 512 + (at & 1)] = value;
      return pixels;
    };
    const save = (image: number | undefined, pixels: Uint8Array): void => {
      store.masks.save(image ?? 0, 'human', [{ x: 0, y: 0, pixels }]);
    };
    save(shown, painted(3, 255, 1, 0));
    save(ignored, painted(255, 255, 255, 255));
    save(empty, painted());
    store.masks.setState(shown ?? 0, 'human', 'done');
    store.masks.remove(bare ?? 0, 'human');
    const rows = async (which: 'all' | 'done') => {
      const { folder, images: count, unmarked } = await exported(project, { format: 'csv', which });
      const text = await readFile(join(folder, 'labels.csv'), 'utf8');
      return { count, unmarked, rows: text.split('\n').slice(1, -1).sort() };
    };
    expect(await rows('all')).toEqual({
      count: 2,
      unmarked: 2,
      rows: [
        'bare.png,,train,',
        'empty.png,-,train,',
        'ignored.png,,train,',
        'shown.png,a|c,train,',
      ],
    });
    expect((await rows('done')).rows).toContain('empty.png,,train,');
    const fit = (await findLabelExportChoices(store, id)).formats.find(
      ({ format }) => format === 'csv',
    );
    expect(fit?.fits).toBe('all');
  });

  it('is not written if there is nothing to export', async () => {
    const { store, id } = await projectOfFiles([photo('a.png')]);
    await expect(exported({ store, id }, { format: 'csv' })).rejects.toThrow(/has a label yet/);
    const bare = temporaryStore();
    const project = addProject(bare, ['x']);
    await expect(exported({ store: bare, id: project.id })).rejects.toThrow(/has a mask yet/);
  });
});
