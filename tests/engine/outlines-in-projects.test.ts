import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Project, ProjectImage, Run } from '../../src/contract/app.ts';
import type { MaskSummary } from '../../src/contract/results.ts';
import { encodeRuns } from '../../src/core/mask/run-length.ts';
import { tilePixels, tileSide } from '../../src/core/mask/tiles.ts';
import { Random } from '../../src/core/random.ts';
import { pngFile } from '../../src/formats/testing/image-fixtures.ts';
import { makeFolder } from '../../src/formats/files/make-folder.ts';
import { writePng } from '../../src/formats/images.ts';
import { writeFileAtomically } from '../../src/formats/files/write-file.ts';
import { OpenServices, workerOf } from '../support/open-services.ts';
import { temporaryFolder, writeTinyTeacher } from './support.ts';

const size = { width: 44, height: 36 };
const pixels = size.width * size.height;

/** Returns a bright and a dark rectangle on grey, and its mask: 1 bright, 3 dark. */
function scene(seed: number): { data: Uint8Array; mask: number[] } {
  const random = new Random(seed);
  const mask = new Array<number>(pixels).fill(0);
  for (const value of [1, 3]) {
    const left = random.integer(size.width - 16);
    const top = random.integer(size.height - 16);
    for (let y = top; y < top + 14; y++)
      mask.fill(value, y * size.width + left, y * size.width + left + 14);
  }
  const shades = [120, 230, 0, 20];
  const data = Uint8Array.from({ length: 3 * pixels }, (_, at) => {
    return (shades[mask[Math.floor(at / 3)] ?? 0] ?? 0) + random.integer(20);
  });
  return { data, mask };
}

describe('segmentation projects', async () => {
  const root = await temporaryFolder();
  const images = join(root, 'set', 'images');
  const masks = join(root, 'set', 'masks');
  let engine: OpenServices;
  let project: Project;
  let run: Run;

  const refreshed = (): Promise<Project> => engine.call('project.get', { project: project.id });
  const page = async (): Promise<ProjectImage[]> => {
    const request = { project: project.id, filter: {}, offset: 0, limit: 100 };
    return (await engine.call('image.page', request)).images;
  };
  const settled = (id: number): Promise<Run> =>
    engine.next(
      'run.changed',
      (one) => one.id === id && one.state !== 'running' && one.state !== 'queued',
    );
  /** Values of a mask, (height, width). */
  const valuesOf = async (
    image: number,
    layer: 'human' | 'teacher' | 'copy' | 'student',
    ofRun: number | null = null,
  ): Promise<Uint8Array> => {
    const request = { image, layer, run: ofRun, tiles: [{ x: 0, y: 0 }] };
    const [tile] = await engine.call('mask.tiles', request);
    return Uint8Array.from({ length: pixels }, (_, at) => {
      const [x, y] = [at % size.width, Math.floor(at / size.width)];
      return tile?.pixels[y * tileSide + x] ?? 0;
    });
  };
  const tileOf = (values: readonly number[]): Uint8Array => {
    const tile = new Uint8Array(tilePixels);
    values.forEach((value, at) => {
      tile[Math.floor(at / size.width) * tileSide + (at % size.width)] = value;
    });
    return tile;
  };

  beforeAll(async () => {
    await writeTinyTeacher(join(root, 'teacher.safetensors'));
    await Promise.all([makeFolder(images), makeFolder(masks)]);
    for (let index = 0; index < 16; index++) {
      const { data, mask } = scene(index);
      const name = `${String(index).padStart(2, '0')}.png`;
      await writePng(join(images, name), { ...size, channels: 3, data });
      if (index >= 12) continue;
      const values = mask.map((value) => (value === 3 ? 2 : value));
      const bytes = pngFile({ ...size, channels: 1, bits: 8, values });
      await writeFileAtomically(join(masks, name), bytes);
    }
    const small = { width: 4, height: 4, channels: 3, data: new Uint8Array(48) };
    await writePng(join(images, 'small.png'), small);
    // Predicted last, and slowly, so that a prediction can be stopped in the middle.
    const side = 640;
    const wide = { width: side, height: side, channels: 3, data: new Uint8Array(3 * side * side) };
    await writePng(join(images, 'wide.png'), wide);
    engine = await OpenServices.open(join(root, 'workspace'));
  });
  afterAll(() => engine.close());

  it('start with the settings for segmentation, by domain', async () => {
    const classes = ['Bright', 'Unseen', 'Dark'];
    const made = { name: 'Outlines', task: 'segmentation', classes } as const;
    const satellite = await engine.call('project.create', { ...made, domain: 'satellite' });
    expect(satellite.settings).toMatchObject({ adapt: true, orientation: 'overhead' });
    project = await engine.call('project.create', { ...made, domain: 'medical' });
    expect(project.settings).toMatchObject({
      ...{ steps: 150, batch: 32, decoderSteps: 200, adapt: false, imageSize: null },
      ...{ overlap: 0.5, tolerance: 2 },
    });
    const teacher = await engine.call('teacher.add', { file: join(root, 'teacher.safetensors') });
    project = await engine.call('project.update', {
      project: project.id,
      settings: {
        ...{ teacher: teacher.id, imageSize: 32, rank: 2, steps: 3000, batch: 8, views: 2 },
        ...{ decoderSteps: 40, start: 'copy' },
      },
    });
  });

  it('report missing data before a run starts', async () => {
    const start = (): Promise<Run> => engine.call('run.start', { project: project.id });
    await expect(start()).rejects.toMatchObject({ code: 'invalid-labels' });
    const folder = join(root, 'set');
    await engine.call('image.import', { project: project.id, folder, labels: 'none' });
    await expect(start()).rejects.toThrow(
      /0 images with a finished mask\. At least two are needed/,
    );
    const [first, second, third] = await page();
    for (const image of [first, second, third]) {
      await engine.call('mask.setState', { image: image?.id ?? 0, state: 'done' });
    }
    await expect(start()).rejects.toThrow(/training masks show only background/);
    await engine.call('mask.setState', { image: first?.id ?? 0, state: 'draft' });
    await engine.call('mask.setState', { image: second?.id ?? 0, state: 'draft' });
    await expect(start()).rejects.toThrow(
      /1 image with a finished mask.*2 masks are not marked as done/,
    );
    expect(await engine.call('run.list', { project: project.id })).toEqual([]);
    const report = await engine.call('image.import', {
      ...{ project: project.id, folder, labels: 'none' },
      masks: {
        source: { kind: 'masks', path: folder, property: null },
        classes: [
          { value: 1, to: { class: project.classes[0]?.id ?? 0 } },
          { value: 2, to: { class: project.classes[2]?.id ?? 0 } },
        ],
        ...{ state: 'done', onConflict: 'replace' },
      },
    });
    expect(report.masks).toBe(12);
    const sided = (imageSize: number): Promise<Project> =>
      engine.call('project.update', { project: project.id, settings: { imageSize } });
    await sided(30);
    await expect(start()).rejects.toThrow(/30 px is not a multiple of the teacher's patch size/);
    await sided(32);
    const { notes } = await engine.call('run.check', { project: project.id });
    expect(notes).toEqual([
      'No training mask shows Unseen, so the student will not find it.',
      expect.stringMatching(/^The student is tested on \d images only/),
      'One image is smaller than a patch of the teacher and was skipped.',
    ]);
  });

  it('refuse a tolerance in mm before a run if images state no pixel size', async () => {
    const inMm = { tolerance: 1, toleranceUnit: 'mm' } as const;
    const { id } = project;
    await engine.call('project.update', { project: id, settings: inMm });
    const message = expect.stringContaining('Give the tolerance in px.') as string;
    const refused = { code: 'invalid-option', message };
    await expect(engine.call('run.check', { project: id })).rejects.toMatchObject(refused);
    await expect(engine.call('run.start', { project: id })).rejects.toMatchObject(refused);
    expect(await engine.call('run.list', { project: id })).toEqual([]);
    const inPixels = { tolerance: 2, toleranceUnit: 'px' } as const;
    await engine.call('project.update', { project: id, settings: inPixels });
  });

  it('start a failed run again with corrected settings', async () => {
    const away = `${root}/away.safetensors`;
    await rename(join(root, 'teacher.safetensors'), away);
    const begun = await engine.call('run.start', { project: project.id });
    const failed = begun.state === 'failed' ? begun : await settled(begun.id);
    expect(failed).toMatchObject({ state: 'failed', step: 0 });
    await rename(away, join(root, 'teacher.safetensors'));
    await engine.call('project.update', { project: project.id, settings: { rank: 3 } });
    const { settings } = await engine.call('run.resume', { run: begun.id });
    expect(settings.rank).toBe(3);
    await engine.call('run.cancel', { run: begun.id });
    await engine.call('project.update', { project: project.id, settings: { rank: 2 } });
  });

  it('survive a killed worker, a pause, and masks that change in the meantime', async () => {
    run = await engine.call('run.start', { project: project.id });
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 3);
    process.kill(workerOf(process.pid), 'SIGKILL');
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 3);
    const paused = await engine.call('run.pause', { run: run.id });
    expect(paused).toMatchObject({ state: 'paused', error: null });
    expect(paused.step).toBeGreaterThan(0);
    const folder = join(root, 'workspace', 'runs', String(run.id));
    expect((await readdir(folder)).sort()).toEqual([
      'checkpoint.safetensors',
      'dataset.json',
      'masks',
    ]);
    expect(await readdir(join(folder, 'masks'))).toHaveLength(12);
    // Masks drawn from now on affect only later runs.
    const image = (await page()).find(({ mask }) => mask === 'done')?.id ?? 0;
    const before = await valuesOf(image, 'human');
    await engine.call('mask.save', { image, tiles: [{ x: 0, y: 0, runs: null }] });
    const done = settled(run.id);
    await engine.call('run.resume', { run: run.id });
    await engine.next('run.progress', ({ phase }) => phase === 'distill');
    await engine.call('run.finish', { run: run.id });
    const phases = new Set<string>();
    void engine.next('run.progress', ({ phase }) => {
      phases.add(phase);
      return false;
    });
    run = await done;
    expect(run).toMatchObject({ state: 'done', error: null });
    expect([...phases]).toEqual(expect.arrayContaining(['decoder', 'predict', 'timing', 'export']));
    const left = async (): Promise<string[]> =>
      (await readdir(folder)).filter((name) => !name.startsWith('student'));
    // The run is reported as done before its temporary files are deleted.
    await expect.poll(left, { timeout: 60_000 }).toEqual(['dataset.json', 'summary.json']);
    const values = tileOf([...before]);
    const tiles = [{ x: 0, y: 0, runs: encodeRuns(values) }];
    await engine.call('mask.save', { image, tiles });
  });

  it("keep the decoders' loss, also for a window that opens later", async () => {
    const curve = await engine.call('run.metrics', { run: run.id, curve: 'decoder' });
    expect(curve.map(({ step }) => step)).toEqual(Array.from({ length: 120 }, (_, at) => at + 1));
  });

  it('show masks of teacher, copy and student for every test image', async () => {
    const summary = run.summary as MaskSummary;
    expect(summary).toMatchObject({ task: 'segmentation', classes: ['Bright', 'Dark'], side: 32 });
    expect(summary.images).toMatchObject({ distilled: 15, labelled: 10, tested: 2 });
    expect(summary.images.skipped.map(({ path }) => path)).toEqual([join(images, 'small.png')]);
    const outlined = await engine.call('run.masks', { run: run.id });
    expect(outlined).toHaveLength(2);
    const order = outlined.map(({ student }) => student ?? 2);
    expect(order).toEqual([...order].sort((one, other) => one - other));
    for (const { image, ...said } of outlined) {
      const infos = await engine.call('mask.list', { image, run: run.id });
      expect(infos.map(({ layer, run: of }) => [layer, of])).toEqual([
        ['human', null],
        ...['teacher', 'copy', 'student'].map((layer) => [layer, run.id]),
      ]);
      const truth = await valuesOf(image, 'human');
      for (const layer of ['teacher', 'copy', 'student'] as const) {
        const dice = diceOf(truth, await valuesOf(image, layer, run.id));
        expect(dice).toBeCloseTo(said[layer] ?? NaN, 9);
      }
    }
    // It has learnt something: grey, bright and dark are easy to distinguish.
    expect(summary.student.dice.mean?.value).toBeGreaterThan(0.5);
  });

  it('export one file per format with its parity, and weights with the decoder in its own file', async () => {
    const { parity } = run.summary as MaskSummary;
    expect(parity[0]?.relativeDifference).toBeLessThan(1e-4);
    for (const format of ['float32', 'float16', 'int8', 'safetensors'] as const) {
      const file = join(root, `my.${format}`);
      const saved = await engine.call('run.export', { run: run.id, format, file });
      const decoder = join(root, 'my.decoder.safetensors');
      const written = format === 'safetensors' ? [file, decoder] : [file];
      const sizes = await Promise.all(written.map(async (one) => (await stat(one)).size));
      expect(sizes.reduce((sum, size) => sum + size)).toBe(saved.bytes);
    }
  });

  it('predict masks for images without masks, and resume after a stop', async () => {
    const before = await engine.call('run.predictionStatus', { run: run.id });
    expect(before).toMatchObject({
      ...{ all: { images: 18, predicted: 2 }, unlabelled: { images: 6, predicted: 0 } },
      isAtWork: false,
    });
    expect(before.seconds).toBeGreaterThan(0);
    const stopped = engine.call('run.predictMasks', { run: run.id });
    await expect(engine.call('run.predictMasks', { run: run.id })).rejects.toMatchObject({
      code: 'in-use',
    });
    await engine.next('predict.progress', ({ done }) => done >= 1);
    await engine.call('run.stopPredicting', { run: run.id });
    const first = await stopped;
    expect(first).toMatchObject({ cancelled: true, known: 0 });
    const second = await engine.call('run.predictMasks', { run: run.id });
    expect(second).toMatchObject({ cancelled: false, known: first.images, skipped: [] });
    expect(first.images).toBeGreaterThan(0);
    expect(first.images + second.images).toBe(6);
    const after = await engine.call('run.predictionStatus', { run: run.id });
    expect(after).toMatchObject({ unlabelled: { images: 6, predicted: 6 }, seconds: 0 });
    const folder = join(root, 'workspace', 'runs', String(run.id));
    expect(await readdir(folder)).not.toContain('predictions');
  });

  it('turn predictions into labels once the user has corrected them', async () => {
    const image = (await page()).find(({ name }) => name.endsWith('15.png'))?.id ?? 0;
    const predicted = await valuesOf(image, 'student');
    expect(new Set(predicted)).toEqual(new Set([0, 1, 3]));
    const { labelled } = await refreshed();
    const asked = { image, layer: 'student' } as const;
    const { info, tiles } = await engine.call('mask.adopt', asked);
    expect(info).toMatchObject({ layer: 'human', state: 'draft' });
    expect(tiles).toHaveLength(1);
    expect(Buffer.compare(await valuesOf(image, 'human'), predicted)).toBe(0);
    await engine.call('mask.setState', { image, state: 'done' });
    expect((await refreshed()).labelled).toBe(labelled + 1);
  });

  it('delete predictions with their run', async () => {
    const [{ image } = { image: 0 }] = await engine.call('run.masks', { run: run.id });
    await engine.call('run.cancel', { run: run.id });
    const infos = await engine.call('mask.list', { image });
    expect(infos.map(({ layer }) => layer)).toEqual(['human']);
  });
});

/** Returns the mean over the classes that are in at least one of the two: 2·|A∩B| / (|A| + |B|). */
function diceOf(truth: Uint8Array, predicted: Uint8Array): number {
  const scores = [1, 3].flatMap((value) => {
    let [both, sum] = [0, 0];
    truth.forEach((one, at) => {
      const isThere = predicted[at] === value;
      if (one === value && isThere) both++;
      sum += Number(one === value) + Number(isThere);
    });
    return sum === 0 ? [] : [(2 * both) / sum];
  });
  return scores.reduce((total, one) => total + one, 0) / scores.length;
}
