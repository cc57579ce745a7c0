import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { MaskImport } from '../../../contract/mask-sources.ts';
import { pngFile } from '../../../formats/testing/image-fixtures.ts';
import { addProject } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import { ImagePool } from '../../image-pool/image-pool.ts';
import { maskImportOf, type MaskOptions } from './mask-options.ts';
import { MaskSources } from './mask-sources.ts';

const pool = new ImagePool({ threads: 1 });
afterAll(() => pool.close());

const plain: MaskOptions = {
  masks: 'found',
  classes: [],
  makesClasses: false,
  replaces: false,
  property: null,
  state: null,
};

/** Returns the plan for a mask with the numbers 1, 2 and 5; the list has names for the first two. */
async function planFor(
  options: Partial<MaskOptions>,
  list = 'LIVER\nspleen\n',
): Promise<MaskImport['classes']> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-masks-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const pixels = { width: 3, height: 1, channels: 1, bits: 8 } as const;
  for (const name of ['images', 'masks']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'a.png'), pngFile({ ...pixels, values: [1, 2, 5] }));
  }
  await writeFile(join(folder, 'classes.txt'), list);
  const store = temporaryStore();
  const { id } = addProject(store, ['Liver'], 'segmentation');
  const sources = new MaskSources(store, pool);
  const signal = new AbortController().signal;
  const asked = { ...plain, ...options };
  const { plan } = await maskImportOf(sources, store.projects.get(id), folder, asked, signal);
  await sources.close();
  return plan.classes;
}

describe('mask options', () => {
  it('leave nothing to guess', async () => {
    await expect(planFor({})).rejects.toThrow(
      /how to import spleen \(33\.3 % of the pixels\), 5 \(33\.3 % of the pixels\):/,
    );
    await expect(planFor({ makesClasses: true })).rejects.toThrow(/how to import 5 \(/);
    await expect(planFor({ classes: ['7=Liver'] })).rejects.toThrow(
      /--class 7=Liver does not match/,
    );
    await expect(planFor({ classes: ['5='] })).rejects.toThrow(/WHAT=CLASS/);
    await expect(planFor({ classes: ['0=Liver'] })).rejects.toThrow(
      /--class 0=Liver does not match/,
    );
  });

  it('accept 0=background, which is the default', async () => {
    const classes = await planFor({ classes: ['0=background', '5=ignore', 'spleen=ignore'] });
    expect(classes.map(({ to }) => to)).toEqual([{ class: 1 }, 'ignore', 'ignore']);
  });

  it('do not merge two classes with similar names', async () => {
    const list = 'Cyst\ncyst\n';
    const options = { classes: ['5=ignore'], makesClasses: true };
    await expect(planFor(options, list)).rejects.toThrow(
      /“Cyst” and “cyst”\. .*--class "cyst=Cyst"/,
    );
    const classes = await planFor({ ...options, classes: ['5=ignore', 'cyst=Cyst'] }, list);
    expect(classes.slice(0, 2).map(({ to }) => to)).toEqual([
      { create: 'Cyst' },
      { create: 'Cyst' },
    ]);
  });

  it('are assigned as given, otherwise by name', async () => {
    const classes = await planFor({ classes: ['5=liver', 'spleen=ignore'] });
    expect(classes).toMatchObject([
      { value: 1, to: { class: 1 } },
      { value: 2, to: 'ignore' },
      { value: 3, to: { class: 1 } },
    ]);
  });

  it.each([
    ['Background', 'background'],
    ['IGNORE', 'ignore'],
  ])('accept the word %s in any case', async (word, to) => {
    const classes = await planFor({ classes: [`5=${word}`], makesClasses: true });
    expect(classes[2]).toEqual({ value: 3, to });
  });

  it('create classes if requested', async () => {
    const classes = await planFor({ classes: ['5=background'], makesClasses: true });
    expect(classes.slice(1)).toEqual([
      { value: 2, to: { create: 'spleen' } },
      { value: 3, to: 'background' },
    ]);
  });
});
