import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateRequest, predictRequest } from '../../src/contract/jobs.ts';
import type { DistillRequest } from '../../src/contract/jobs.ts';
import type { DistillSummary } from '../../src/contract/results.ts';
import { Random } from '../../src/core/random.ts';
import { distill } from '../../src/engine/jobs/distill.ts';
import { evaluateModel } from '../../src/engine/jobs/evaluate.ts';
import { readCard } from '../../src/engine/models/model-file.ts';
import { predict } from '../../src/engine/jobs/predict.ts';
import { inspectTeacher } from '../../src/engine/teachers/teacher.ts';
import { writePng } from '../../src/formats/images.ts';
import { tiffBytes } from '../../src/formats/testing/tiff-fixtures.ts';
import { writeSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { tinyArchitecture, tinyWeights } from '../support/tiny-vit.ts';
import { temporaryFolder, tinyRequest, watch, writeText } from './support.ts';
import type { Watched } from './support.ts';

const bands = 6;
/** The only band in which the classes differ, from 0. */
const telling = 4;
const all = Array.from({ length: bands }, (_, band) => band + 1);

/** Values of six 16-bit bands; `isBright` gives the value of the distinguishing band. */
function raster(
  side: number,
  random: Random,
  isBright: (x: number, y: number) => boolean,
): number[] {
  const values: number[] = [];
  for (let pixel = 0; pixel < side * side; pixel++) {
    for (let band = 0; band < bands; band++) {
      const isIt = band === telling && isBright(pixel % side, Math.floor(pixel / side));
      values.push((isIt ? 45_000 : 9_000) + random.integer(12_000));
    }
  }
  return values;
}

async function writeTiff(path: string, side: number, values: readonly number[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const page = { width: side, height: side, samples: bands, bits: 16, photometric: 1, values };
  await writeFile(path, tiffBytes([page]));
}

/** Writes two classes as folders. */
async function writeFields(folder: string, perClass: number, seed: number): Promise<void> {
  const random = new Random(seed, 0xba7d);
  for (const name of ['bare', 'grown']) {
    for (let index = 0; index < perClass; index++) {
      const values = raster(24, random, () => name === 'grown');
      await writeTiff(join(folder, name, `${index}.tif`), 24, values);
    }
  }
}

async function writeTeacher(path: string, channels: number): Promise<void> {
  const sizes = { imageSize: 16, patchSize: 8, width: 64, depth: 4, heads: 1, mlpWidth: 96 };
  await writeSafetensors(path, tinyWeights({ ...tinyArchitecture, ...sizes, channels }), {
    dtype: 'F32',
  });
}

function notices({ events }: Watched): string[] {
  return events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
}

describe("images with all bands as the model's input", async () => {
  const folder = await temporaryFolder();
  const run = async (
    out: string,
    more: Partial<DistillRequest>,
  ): Promise<{ summary: DistillSummary; context: Watched }> => {
    const context = watch();
    const request = tinyRequest(folder, {
      ...{ teacher: join(folder, 'six.safetensors'), out: join(folder, out) },
      preparation: { bands: all, range: 'stored' },
      ...more,
    });
    return { summary: await distill(request, context), context };
  };
  const accuracy = ({ summary }: { summary: DistillSummary }): number => {
    if (summary.task === 'segmentation') throw new Error('classes were expected');
    return summary.student.accuracy.value;
  };
  beforeAll(async () => {
    for (const channels of [3, 6, 8]) {
      const name = ['', '', '', 'three', '', '', 'six', '', 'eight'][channels] ?? '';
      await writeTeacher(join(folder, `${name}.safetensors`), channels);
    }
    await writeFields(join(folder, 'train'), 10, 1);
    await writeFields(join(folder, 'test'), 12, 2);
  });

  it('train a student of a teacher with as many bands, although three bands show nothing', async () => {
    const seen = await run('six', {});
    expect(accuracy(seen)).toBe(1);
    expect(notices(seen.context)).toContain(
      "6 bands of each image are used, and the teacher was trained on 6: they go to the teacher's bands in order.",
    );
    const blind = await run('blind', { preparation: { bands: [1, 2, 3], range: 'stored' } });
    expect(accuracy(blind)).toBeLessThan(0.8);
    expect(notices(blind.context).join()).not.toContain('bands of each image are used');
  });

  it('are the input of the exported student, which can be a teacher again', async () => {
    const model = join(folder, 'six', 'student.onnx');
    const { preprocessing } = await readCard(model);
    expect(preprocessing).toMatchObject({ channels: 6, preparation: { bands: all } });
    expect(preprocessing.mean).toHaveLength(6);
    const [images, out] = [join(folder, 'test'), join(folder, 'answers')];
    const request = predictRequest.parse({ model, images, out, threads: 1 });
    expect(await predict(request, watch())).toMatchObject({ images: 24 });
    const lines = (await readFile(join(out, 'predictions.csv'), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(25);
    for (const line of lines.slice(1)) {
      const [path = '', prediction] = line.split(',');
      expect(path.split('/')[0]).toBe(prediction);
    }
    const { notes } = await inspectTeacher(join(folder, 'six', 'student.safetensors'), {});
    expect(notes.join()).toContain('It was trained on images of 6 bands.');
  });

  it('are copied for a teacher of three bands, and named for one of more', async () => {
    const three = await run('three', { teacher: join(folder, 'three.safetensors') });
    expect(accuracy(three)).toBe(1);
    expect(notices(three.context).join()).toMatch(/trained on 3: .* repeated in turn/);
    const eight = await run('eight', {
      ...{ teacher: join(folder, 'eight.safetensors'), blocks: [0, 3] },
      overrides: { colourBands: [1, 2, 3, 4, 7, 8] },
    });
    expect(accuracy(eight)).toBe(1);
    expect(notices(eight.context)).toContain(
      "6 bands of each image are used, and the teacher was trained on 8: they go to the teacher's bands 1, 2, 3, 4, 7, 8; its other bands receive the mean of these.",
    );
  });

  it('are refused if --teacher-bands names another number of bands', async () => {
    const overrides = { colourBands: [1, 2] };
    await expect(run('named', { overrides })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining(
        '--teacher-bands names 2 bands, but 6 bands of each image are used',
      ) as string,
    });
  });

  it.each(['window:5000:0', 'window:5000:-10000', 'percentile:98:2', 'percentile:5:5'])(
    'are refused with %s, because the range is empty',
    async (range) => {
      await expect(run('empty', { preparation: { bands: all, range } })).rejects.toMatchObject({
        code: 'invalid-option',
        message: expect.stringContaining(`${range} leaves no value between`) as string,
      });
    },
  );

  it('have one shade in a window of other values, which is reported before training', async () => {
    const seen = run('dark', { preparation: { bands: all, range: 'window:500000:1000' } });
    await expect(seen).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringMatching(
        /20 of 20 images are a single shade.* No training images are left/,
      ) as string,
    });
  });

  it('are reported if a teacher of many bands receives three', async () => {
    const { context } = await run('colours', { preparation: { range: 'stored' } });
    expect(notices(context).join()).toMatch(
      /trained on 6 bands: each colour goes to all .* \(--bands 1-6\)/,
    );
  });

  it('leave out an image with fewer bands, and report it', async () => {
    const data = new Uint8Array(24 * 24 * 3).fill(90);
    await writePng(join(folder, 'train', 'bare', 'photo.png'), {
      ...{ width: 24, height: 24, channels: 3, data },
    });
    const { context } = await run('fewer', {});
    const skipped = context.events.filter(({ type }) => type === 'skipped');
    expect(JSON.stringify(skipped)).toMatch(/band 4 was chosen, but the image has 3 bands/);
  });
});

describe('regions visible in one of many bands', async () => {
  const folder = await temporaryFolder();
  const model = join(folder, 'out', 'student.onnx');

  async function writeScenes(to: string, count: number, seed: number): Promise<void> {
    const random = new Random(seed, 0xba7d5);
    const side = 40;
    for (let index = 0; index < count; index++) {
      const [left, top] = [random.integer(side - 16), random.integer(side - 16)];
      const isIn = (x: number, y: number): boolean =>
        x >= left && x < left + 16 && y >= top && y < top + 16;
      await writeTiff(join(to, 'images', `${index}.tif`), side, raster(side, random, isIn));
      const data = Uint8Array.from({ length: side * side }, (_, at) =>
        isIn(at % side, Math.floor(at / side)) ? 1 : 0,
      );
      await mkdir(join(to, 'masks'), { recursive: true });
      const mask = { width: side, height: side, channels: 1, data };
      await writePng(join(to, 'masks', `${index}.png`), mask);
    }
  }

  it('are segmented from all bands, also by the exported file', async () => {
    await writeTeacher(join(folder, 'six.safetensors'), 6);
    await writeScenes(join(folder, 'train'), 8, 1);
    await writeScenes(join(folder, 'test'), 4, 2);
    await writeText(join(folder, 'classes.txt'), 'background\nfield\n');
    const out = join(folder, 'out');
    const request = tinyRequest(folder, {
      ...{ task: 'segmentation', labels: 'masks', orientation: 'overhead', imageSize: 32 },
      ...{ images: join(folder, 'train', 'images'), test: join(folder, 'test', 'images') },
      ...{ teacher: join(folder, 'six.safetensors'), steps: 6, decoderSteps: 60, out },
      preparation: { bands: all, range: 'stored' },
    });
    const summary = await distill(request, watch());
    if (summary.task !== 'segmentation') throw new Error('regions were expected');
    expect(summary.student.dice.mean?.value).toBeGreaterThan(0.8);
    expect(summary.parity.every(({ relativeDifference }) => relativeDifference < 0.1)).toBe(true);
    const answers = join(folder, 'answers');
    const predicted = predictRequest.parse({
      ...{ model, out: answers, threads: 1 },
      images: join(folder, 'test', 'images'),
    });
    expect(await predict(predicted, watch())).toMatchObject({ images: 4 });
  });

  it('are segmented in the other images if the first has too few bands', async () => {
    const images = join(folder, 'test', 'images');
    const size = { width: 40, height: 40 };
    const photo = { ...size, channels: 3, data: new Uint8Array(3 * 1600).fill(90) } as const;
    await writePng(join(images, '!photo.png'), photo);
    const mask = { ...size, channels: 1, data: new Uint8Array(1600).fill(1) } as const;
    await writePng(join(folder, 'test', 'masks', '!photo.png'), mask);
    const skipped = [{ reason: expect.stringContaining('the image has 3 bands') as string }];
    const out = join(folder, 'others');
    const predicted = predictRequest.parse({ model, images, out, threads: 1 });
    expect(await predict(predicted, watch())).toMatchObject({ images: 4, skipped });
    const evaluated = evaluateRequest.parse({ model, images, labels: 'masks', threads: 1 });
    expect(await evaluateModel(evaluated, watch())).toMatchObject({ images: 4, skipped });
  });
});
