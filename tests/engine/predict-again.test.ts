import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { predictRequest } from '../../src/contract/jobs.ts';
import type { PredictSummary } from '../../src/contract/results.ts';
import { distill } from '../../src/engine/jobs/distill.ts';
import { predict } from '../../src/engine/jobs/predict.ts';
import { ctSlice } from '../../src/formats/masks/testing/geo-fixtures.ts';
import { niftiFile } from '../../src/formats/raster/nifti/nifti-fixtures.ts';
import { tiffBytes } from '../../src/formats/testing/tiff-fixtures.ts';
import { outlineFolder, outlineRequest, writePair, writePairs } from './outlined-folder.ts';
import { watch, writeText } from './support.ts';

describe('predicting into a folder with files', async () => {
  const folder = await outlineFolder();
  const model = join(folder, 'out', 'student.onnx');
  const images = join(folder, 'test', 'images');
  const names = ['00.png', '01.png', '02.png', '03.png', '04.png'];

  beforeAll(async () => {
    await distill(outlineRequest(folder, { steps: 1, decoderSteps: 4 }), watch());
  });

  type Outlined = Extract<PredictSummary, { task: 'segmentation' }>;

  async function run(out: string, more: object = {}, context = watch()): Promise<Outlined> {
    const request = predictRequest.parse({ model, images, threads: 1, out, ...more });
    const summary = await predict(request, context);
    if (summary.task !== 'segmentation') throw new Error('no outlines');
    return summary;
  }

  const hidden = async (out: string): Promise<string[]> =>
    (await readdir(out)).filter((name) => name.startsWith('.understudy'));

  it.each(['masks/03.png', 'labelmap.txt', 'areas.csv'])(
    'does not replace a %s of another program',
    async (name) => {
      const out = join(folder, `foreign-${name.replaceAll(/\W/g, '-')}`);
      await writeText(join(out, name), 'mine');
      for (const resume of [false, true]) {
        await expect(run(out, { resume })).rejects.toMatchObject({
          code: 'disk',
          message: `${join(out, name)} already exists and was not written by a prediction, so it is not replaced. Choose another folder with --out, or move it away.`,
        });
      }
      expect(await readFile(join(out, name), 'utf8')).toBe('mine');
      const found = await readdir(out, { recursive: true, withFileTypes: true });
      expect(found.filter((entry) => entry.isFile()).map((entry) => entry.name)).toEqual([
        name.split('/').at(-1),
      ]);
    },
  );

  it('replaces its own files, but not those that the user changed', async () => {
    const out = join(folder, 'own');
    await run(out);
    await run(out, { format: 'geojson' });
    expect(await run(out)).toMatchObject({ images: 5, known: 0 });
    await appendFile(join(out, 'masks', '02.png'), 'painted');
    for (const resume of [false, true]) {
      await expect(run(out, { resume })).rejects.toMatchObject({
        code: 'disk',
        message: expect.stringContaining(
          '02.png was changed after a prediction wrote it',
        ) as string,
      });
    }
    await truncate(join(out, 'masks', '02.png'));
    expect(await run(out, { resume: true })).toMatchObject({ images: 1, known: 4 });
    expect((await stat(join(out, 'masks', '02.png'))).size).toBeGreaterThan(0);
  });

  it('recognises its files also if a repeated run was stopped', async () => {
    const out = join(folder, 'anew');
    await run(out);
    const stopped = watch(1000, 'pixels');
    await expect(run(out, {}, stopped)).rejects.toMatchObject({
      code: 'cancelled',
      message: `Stopped. Finished predictions stay in ${out}; run the same command with --resume to continue.`,
    });
    const rest = await run(out, { resume: true });
    expect(rest.images).toBeGreaterThan(0);
    expect(rest.images + rest.known).toBe(5);
    expect(await hidden(out)).toEqual(['.understudy-predictions']);
  });

  it('does not count files that a later run replaced', async () => {
    const out = join(folder, 'replaced');
    await run(out, { overlap: 0.5 });
    const first = await readFile(join(out, 'areas.csv'), 'utf8');
    expect(await run(out, { overlap: 0, resume: true })).toMatchObject({ images: 5, known: 0 });
    expect(await run(out, { overlap: 0.5, resume: true })).toMatchObject({ images: 5, known: 0 });
    expect(await readFile(join(out, 'areas.csv'), 'utf8')).toBe(first);
    expect(await run(out, { overlap: 0.5, resume: true })).toMatchObject({ images: 0, known: 5 });
  });

  it('gives an image the same name whichever images are predicted', async () => {
    const volumes = join(folder, 'volumes');
    const out = join(folder, 'volumes-out');
    await mkdir(volumes);
    const volume = (seed: number): Buffer =>
      niftiFile({
        ...{ version: 1, shape: [32, 24, 2], littleEndian: true, type: 'uint8' },
        values: Array.from({ length: 32 * 24 * 2 }, (_, at) => (at * seed) % 251),
      });
    await writeFile(join(volumes, 'scan.nii'), volume(7));
    await writeFile(join(volumes, 'scan.nii.gz'), gzipSync(volume(11)));
    const request = { images: volumes, format: 'nifti' };
    await run(out, request);
    const masks = (await readdir(join(out, 'masks'))).sort();
    expect(masks).toHaveLength(2);
    const before = await Promise.all(masks.map((name) => readFile(join(out, 'masks', name))));
    await rm(join(out, 'masks', masks[1] ?? ''));
    expect(await run(out, { ...request, resume: true })).toMatchObject({ images: 2, known: 2 });
    expect((await readdir(join(out, 'masks'))).sort()).toEqual(masks);
    const after = await Promise.all(masks.map((name) => readFile(join(out, 'masks', name))));
    expect(after).toEqual(before);
  });

  it('reports an unreadable slice again, and writes the others once', async () => {
    const scans = join(folder, 'scans');
    const out = join(folder, 'scans-out');
    await mkdir(scans);
    const values = Array.from({ length: 40 * 30 }, (_, at) => (at * 37) % 256);
    const page = { width: 40, height: 30, values, compression: 8 } as const;
    const bytes = tiffBytes([page, page]);
    // The last page's data come last.
    bytes.fill(0xff, bytes.length - 40);
    await writeFile(join(scans, 'scan.tif'), bytes);
    const first = await run(out, { images: scans });
    expect(first).toMatchObject({ images: 1, known: 0 });
    expect(first.skipped.map(({ path }) => path)).toEqual([join(scans, 'scan.tif#2')]);
    const again = await run(out, { images: scans, resume: true });
    expect(again).toMatchObject({ images: 0, known: 1, skipped: first.skipped });
  });

  it('repeats the segmentation of a series that lacks a slice', async () => {
    const series = join(folder, 'series');
    const out = join(folder, 'series-out');
    await mkdir(series);
    for (const z of [1, 2]) {
      const bytes = ctSlice({ rows: 40, columns: 30, z, instance: `2.25.${z}` });
      await writeFile(join(series, `IM.${z}`), z === 2 ? bytes.subarray(0, -200) : bytes);
    }
    const request = { images: series, format: 'dicom-seg' };
    const first = await run(out, request);
    expect(first).toMatchObject({ images: 1, known: 0 });
    expect(first).toMatchObject({
      notes: [
        expect.stringMatching(/^Name, number and date of birth of the patient are left empty/),
      ],
    });
    expect(first.skipped.map(({ path }) => path)).toEqual([join(series, 'IM.2')]);
    const again = await run(out, { ...request, resume: true });
    expect(again).toMatchObject({ images: 1, known: 0, skipped: first.skipped });
    expect(await readdir(join(out, 'segmentations'))).toEqual(['IM.dcm']);
  });

  it('keeps its journal if nothing can be predicted', async () => {
    const out = join(folder, 'mistaken');
    await run(out);
    await writeText(join(out, '.understudy-unfinished', 'begun.spool'), 'begun');
    const journal = await readFile(join(out, '.understudy-predictions'));
    await expect(run(out, { format: 'nifti' })).rejects.toMatchObject({ code: 'no-images' });
    expect(await readFile(join(out, '.understudy-predictions'))).toEqual(journal);
    expect(await readdir(join(out, '.understudy-unfinished'))).toEqual(['begun.spool']);
    expect(await run(out, { resume: true })).toMatchObject({ images: 0, known: 5 });
  });

  it('reports a folder in place of a table before it predicts, and leaves no file', async () => {
    const out = join(folder, 'in-place');
    await mkdir(join(out, 'areas.csv'), { recursive: true });
    const watched = watch();
    await expect(run(out, {}, watched)).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringContaining('areas.csv is a folder') as string,
    });
    expect(watched.events).toEqual([]);
    expect(await readdir(out)).toEqual(['areas.csv']);
  });

  it('recognises its masks in the folder of the images as masks, not images', async () => {
    const both = join(folder, 'both');
    for (const [seed, name] of ['a.png', 'b.png'].entries()) {
      await writePair(join(folder, 'drawn'), name, { width: 30, height: 34, seed });
      await mkdir(both, { recursive: true });
      await writeFile(join(both, name), await readFile(join(folder, 'drawn', 'images', name)));
    }
    for (const resume of [false, false, true]) {
      const summary = await run(both, { images: both, resume });
      expect(summary).toMatchObject({ images: resume ? 0 : 2, known: resume ? 2 : 0 });
      expect(summary.skipped).toEqual([]);
    }
    expect((await readdir(join(both, 'masks'))).sort()).toEqual(['a.png', 'b.png']);
    expect(await hidden(both)).toEqual(['.understudy-predictions']);
  });

  it('leaves no file if nothing could be predicted', async () => {
    const broken = join(folder, 'broken');
    await writePairs(broken, 1, 3);
    await truncate(join(broken, 'images', '00.png'), 60);
    const out = join(folder, 'broken-out');
    await expect(run(out, { images: join(broken, 'images') })).rejects.toMatchObject({
      code: 'no-images',
    });
    expect(await hidden(out)).toEqual([]);
  });

  it('continues after a cut line of its journal', async () => {
    const out = join(folder, 'cut');
    await run(out);
    const journal = join(out, '.understudy-predictions');
    const lines = (await readFile(journal, 'utf8')).split('\n');
    const at = lines.findIndex((line) => line.includes('fingerprint') && line.includes('04.png'));
    await writeFile(journal, `${lines.slice(0, at).join('\n')}\n${lines[at]?.slice(0, 40)}`);
    // The tables are no longer recognised.
    for (const name of ['areas.csv', 'labelmap.txt']) await rm(join(out, name));
    expect(await run(out, { resume: true })).toMatchObject({ images: 1, known: 4 });
    expect(await run(out, { resume: true })).toMatchObject({ images: 0, known: 5 });
    expect((await readdir(join(out, 'masks'))).sort()).toEqual(names);
  });
});
