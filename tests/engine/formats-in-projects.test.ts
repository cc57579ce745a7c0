import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictRequest } from '../../src/contract/jobs.ts';
import { Random } from '../../src/core/random.ts';
import { readCard } from '../../src/engine/models/model-file.ts';
import { predict } from '../../src/engine/jobs/predict.ts';
import { pictureFile, syntax } from '../../src/formats/testing/dicom-fixtures.ts';
import { niftiFile } from '../../src/formats/raster/nifti/nifti-fixtures.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { asClasses, temporaryFolder, watch, writeTinyTeacher } from './support.ts';

// Volumes and medical images in a project, from the folder to the exported student's predictions.

const side = 20;

/** Returns bright or dark squares, in 12-bit values. */
function values(kind: 'bright' | 'dark', seed: number, count: number): number[] {
  const random = new Random(seed, kind === 'bright' ? 1 : 2);
  const level = kind === 'bright' ? 3000 : 900;
  return Array.from({ length: count }, () => Math.round(level + 400 * random.uniform()));
}

describe('images of many formats in a project', async () => {
  const folder = await temporaryFolder();
  const workspace = join(folder, 'workspace');
  const images = join(folder, 'images');
  const patient = (number: number): string => `PATIENT^${number}^SECRET`;
  let engine: EngineProcess;
  let project: number;

  beforeAll(async () => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    for (const kind of ['bright', 'dark'] as const) {
      await mkdir(join(images, kind), { recursive: true });
      for (let number = 0; number < 5; number++) {
        const volume = { shape: [side, side, 3], type: 'int16', zooms: [1, 1, 3] } as const;
        const voxels = values(kind, number, side * side * 3);
        const file = niftiFile({ ...volume, values: voxels });
        await writeFile(join(images, kind, `scan-${number}.nii`), file);
        const picture = { rows: side, columns: side, allocated: 16, stored: 12 };
        const pixels = values(kind, 10 + number, side * side);
        // One patient has images of both kinds.
        const id = [[0x00100020, 'LO', patient(kind === 'dark' ? number : number + 4)]] as const;
        const dicom = pictureFile(
          syntax.explicit,
          picture,
          pixels,
          id.map(([tag, vr, text]) => [tag, vr, text]),
        );
        await writeFile(join(images, kind, `1.2.840.${number}`), dicom);
      }
    }
    await writeFile(join(images, 'bright', 'damaged.nii'), 'no volume');
    engine = await EngineProcess.start(workspace);
    const file = join(folder, 'teacher.safetensors');
    const teacher = (await engine.call('teacher.add', { file })).id;
    const made = await engine.call('project.create', {
      name: 'CT',
      domain: 'medical',
      task: 'single',
    });
    project = made.id;
    const range = { range: 'window:2000:4000' };
    const settings = { teacher, rank: 2, steps: 20, batch: 8, views: 4, preparation: range };
    await engine.call('project.update', { project, settings });
  });
  afterAll(() => engine.stop());

  it('are imported slice by slice, and unreadable files are reported', async () => {
    const report = await engine.call('image.import', {
      project,
      folder: images,
      labels: 'folders',
    });
    expect(report).toMatchObject({ found: 41, added: 40, known: 0 });
    expect(report.skipped).toHaveLength(1);
    const filter = { show: 'all', search: 'scan-3' } as const;
    const page = await engine.call('image.page', { project, filter, offset: 0, limit: 10 });
    expect(page.images.map(({ name }) => name)).toEqual(
      ['bright', 'dark'].flatMap((kind) => [1, 2, 3].map((slice) => `${kind}/scan-3.nii#${slice}`)),
    );
    const again = await engine.call('image.import', { project, folder: images, labels: 'folders' });
    expect(again).toMatchObject({ added: 0, known: 40 });
  });

  it('name no patient, in the database or next to it', async () => {
    const files = await readdir(workspace, { recursive: true, withFileTypes: true });
    let looked = 0;
    for (const file of files) {
      expect(file.name).not.toContain('SECRET');
      if (!file.isFile()) continue;
      looked++;
      const bytes = await readFile(join(file.parentPath, file.name));
      expect([file.name, bytes.includes('PATIENT^')]).toEqual([file.name, false]);
    }
    expect(looked).toBeGreaterThan(40);
  });

  it("are shown like the model's input, and change with it", async () => {
    const filter = { show: 'all', search: 'scan-0' } as const;
    const page = await engine.call('image.page', { project, filter, offset: 0, limit: 1 });
    const [{ id } = { id: 0 }] = page.images;
    const picture = (): Promise<Uint8Array> =>
      engine.call('image.picture', { image: id, side: 'thumbnail' });
    const before = await picture();
    await engine.call('project.update', { project, settings: { preparation: { range: 'full' } } });
    expect(Buffer.from(await picture()).equals(before)).toBe(false);
    const back = { preparation: { range: 'window:2000:4000' } };
    await engine.call('project.update', { project, settings: back });
    expect(Buffer.from(await picture()).equals(before)).toBe(true);
  });

  it("train a student without patients in training and test, and the file states the model's input", async () => {
    const run = await engine.call('run.start', { project });
    const done = await engine.next(
      'run.changed',
      ({ id, state }) => id === run.id && /done|failed/.test(state),
    );
    expect(done.error).toBeNull();
    const used = done.summary?.images;
    expect((used?.distilled ?? 0) + (used?.tested ?? 0)).toBe(40);
    expect(asClasses(done.summary).student.accuracy.value).toBeGreaterThan(0.9);
    const predictions = await engine.call('run.predictions', { run: run.id });
    const volumes = new Set(predictions.map(({ name }) => name.split('#')[0]));
    // Whole volumes are held out, with all their slices.
    for (const volume of volumes) {
      const slices = predictions.filter(({ name }) => name.split('#')[0] === volume).length;
      expect([volume, slices]).toEqual([volume, volume?.endsWith('.nii') === true ? 3 : 1]);
    }
    const file = join(folder, 'student.onnx');
    await engine.call('run.export', { run: run.id, format: 'float32', file });
    const card = await readCard(file);
    expect(card.preprocessing.preparation).toEqual({ range: 'window:2000:4000' });
    const out = join(folder, 'answers');
    const request = predictRequest.parse({ model: file, images: join(images, 'dark'), out });
    const summary = asClasses(await predict(request, watch()));
    expect(summary.images).toBe(20);
    expect(summary.counts.dark).toBeGreaterThan(17);
    const table = await readFile(join(out, 'predictions.csv'), 'utf8');
    expect(table).toContain('scan-4.nii#3,dark');
  });
});
