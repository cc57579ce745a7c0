import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateRequest, predictRequest } from '../../src/contract/jobs.ts';
import { distillSummary, evaluateSummary, predictSummary } from '../../src/contract/results.ts';
import type { MaskSummary } from '../../src/contract/results.ts';
import { onnxMetadata, parseOnnx } from '../../src/core/onnx/metadata.ts';
import { distill } from '../../src/engine/jobs/distill.ts';
import { weightFiles } from '../../src/engine/models/export-files.ts';
import { evaluateModel } from '../../src/engine/jobs/evaluate.ts';
import { readCard } from '../../src/engine/models/model-file.ts';
import { predict } from '../../src/engine/jobs/predict.ts';
import { writePng } from '../../src/formats/images.ts';
import { openSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { outlineFolder, outlineRequest, writePairs } from './outlined-folder.ts';
import { watch, writeText } from './support.ts';

describe('a whole segmentation job', async () => {
  const folder = await outlineFolder();
  const out = join(folder, 'out');
  const model = join(out, 'student.onnx');
  let summary: MaskSummary;

  beforeAll(async () => {
    const outcome = await distill(outlineRequest(folder), watch());
    if (outcome.task !== 'segmentation') throw new Error('no outlines');
    summary = outcome;
  });

  it('gives a summary that the contract accepts and whose figures add up', async () => {
    expect(distillSummary.parse(summary)).toEqual(summary);
    expect(summary.classes).toEqual(['red square', 'green square']);
    expect(summary.images).toMatchObject({ distilled: 10, labelled: 10, tested: 5, skipped: [] });
    expect(summary).toMatchObject({ side: 32, decoderSteps: 60, adapted: false, units: 5 });
    expect(summary.shown).toEqual(summary.classes);
    expect(summary.student.parameters).toBe(summary.copy.parameters);
    expect(summary.student.parameters).toBeLessThan(summary.teacher.parameters);
    const names = (await readdir(out)).sort();
    expect(names).toEqual(summary.files.map((file) => file.slice(out.length + 1)).sort());
  });

  it('segments the regions of the sample, and reports how well', () => {
    for (const { dice, iou } of [summary.teacher, summary.copy, summary.student]) {
      expect(dice.mean?.value).toBeGreaterThan(0.6);
      for (const name of summary.classes) {
        const [own, other] = [dice.classes[name]?.value ?? NaN, iou.classes[name]?.value ?? NaN];
        expect(own).toBeGreaterThan(0.5);
        expect(other).toBeLessThan(own);
      }
    }
    const worst = summary.perImage.map(({ student }) => student ?? NaN);
    expect(worst).toEqual([...worst].sort((a, b) => a - b));
    const mean = worst.reduce((sum, value) => sum + value, 0) / worst.length;
    expect(summary.student.dice.mean?.value).toBeCloseTo(mean, 9);
  });

  it('exports files that agree with the trained student, with the metadata of Deepness', async () => {
    const [full, half] = summary.parity;
    expect(full?.relativeDifference).toBeLessThan(1e-4);
    expect(full?.agreement).toBeGreaterThan(0.999);
    expect(half?.agreement).toBeGreaterThan(0.98);
    const metadata = onnxMetadata(parseOnnx(await readFile(model)));
    expect(metadata.get('model_type')).toBe('"Segmentor"');
    expect(metadata.get('tile_size')).toBe('32');
    expect(metadata.get('tiles_overlap')).toBe('50');
    expect(JSON.parse(metadata.get('class_names') ?? '')).toEqual({
      0: 'background',
      1: 'red square',
      2: 'green square',
    });
    const card = await readCard(model);
    expect(card).toMatchObject({
      task: 'segmentation',
      classes: ['background', 'red square', 'green square'],
      masks: { overlap: 0.5, patchSize: 8, adapted: false },
    });
  });

  it('gives the same figures in `evaluate` as in the run', async () => {
    const request = evaluateRequest.parse({
      ...{ model, images: join(folder, 'test', 'images'), labels: 'masks', seed: 4, threads: 1 },
    });
    const measured = await evaluateModel(request, watch());
    expect(evaluateSummary.parse(measured)).toEqual(measured);
    if (measured.task !== 'segmentation') throw new Error('no outlines');
    const { dice, iou, pixelAccuracy } = summary.student;
    expect(measured.images).toBe(5);
    expect([measured.tolerance, summary.tolerance]).toEqual([
      { distance: 2, unit: 'px' },
      { distance: 2, unit: 'px' },
    ]);
    for (const [got, expected] of [
      [measured.dice.mean, dice.mean],
      [measured.iou.mean, iou.mean],
      [measured.pixelAccuracy, pixelAccuracy],
    ]) {
      expect(got?.value).toBeCloseTo(expected?.value ?? NaN, 4);
    }
  });

  it('refuses a tolerance in mm before it measures images without a pixel size', async () => {
    const request = { model, images: join(folder, 'test', 'images'), labels: 'masks' };
    const watched = watch();
    await expect(
      evaluateModel(evaluateRequest.parse({ ...request, toleranceUnit: 'mm' }), watched),
    ).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringMatching(/00\.png does not state its pixel size/) as string,
    });
    expect(watched.events).not.toContainEqual(expect.objectContaining({ phase: 'predict' }));
  });

  it('refuses to be tested on unknown classes', async () => {
    await writeText(join(folder, 'others', 'classes.txt'), 'background\ntree\nhouse\n');
    await writePairs(join(folder, 'others'), 2, 9);
    const request = { model, images: join(folder, 'others', 'images'), labels: 'masks' };
    await expect(evaluateModel(evaluateRequest.parse(request), watch())).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringMatching(
        /"tree", the class "house", which .*student\.onnx does not have \(red square, green square\)/,
      ) as string,
    });
  });

  describe('predicts', () => {
    const ask = (more: object): ReturnType<typeof predictRequest.parse> =>
      predictRequest.parse({ model, images: join(folder, 'test', 'images'), threads: 1, ...more });

    it('a mask for each image, a list of classes, and their areas', async () => {
      const masks = join(folder, 'predicted');
      const summary = await predict(ask({ out: masks }), watch());
      expect(predictSummary.parse(summary)).toEqual(summary);
      const names = (await readdir(join(masks, 'masks'))).sort();
      expect(names).toEqual(['00.png', '01.png', '02.png', '03.png', '04.png']);
      // The table's pixel counts match the palette indices.
      const counted = [0, 0, 0];
      for (const name of names) {
        const { data } = await sharp(join(masks, 'masks', name), { page: 0 })
          .toColourspace('srgb')
          .removeAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        for (let at = 0; at < data.length; at += 3) {
          const isRed = (data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0) > 0;
          if (isRed) counted[1] = (counted[1] ?? 0) + 1;
        }
      }
      if (summary.task !== 'segmentation') throw new Error('no outlines');
      const { pixels } = summary;
      expect(counted[1]).toBe((pixels['red square'] ?? NaN) + (pixels['green square'] ?? NaN));
      const table = await readFile(join(masks, 'areas.csv'), 'utf8');
      expect(table.split('\r\n')).toHaveLength(1 + 5 * 3 + 1);
      expect(await readFile(join(masks, 'labelmap.txt'), 'utf8')).toContain('red square:');
      expect((await readdir(masks)).filter((name) => name.includes('unfinished'))).toEqual([]);
    });

    it('masks that are imported again as masks of these images', async () => {
      const again = join(folder, 'again');
      await predict(ask({ out: again }), watch());
      await mkdir(join(again, 'images'));
      for (const name of await readdir(join(folder, 'test', 'images'))) {
        const bytes = await readFile(join(folder, 'test', 'images', name));
        await writeFile(join(again, 'images', name), bytes);
      }
      const request = { model, images: join(again, 'images'), labels: 'masks', threads: 1 };
      const measured = await evaluateModel(evaluateRequest.parse(request), watch());
      if (measured.task !== 'segmentation') throw new Error('no outlines');
      expect(measured.pixelAccuracy?.value).toBe(1);
      expect(measured.dice.mean?.value).toBe(1);
    });

    it('the remaining images after it was stopped', async () => {
      const out = join(folder, 'stopped');
      const stopping = watch();
      const controller = new AbortController();
      const context = {
        ...stopping,
        signal: controller.signal,
        report: (event: Parameters<typeof stopping.report>[0]) => {
          stopping.report(event);
          if (event.type === 'progress' && event.done > 0.5 * event.total) controller.abort();
        },
      };
      await expect(predict(ask({ out }), context)).rejects.toMatchObject({ code: 'cancelled' });
      const before = await readdir(join(out, 'masks'));
      expect(before.length).toBeGreaterThan(0);
      expect(before.length).toBeLessThan(5);
      const times = await Promise.all(
        before.map(async (name) => (await stat(join(out, 'masks', name))).mtimeMs),
      );
      const rest = await predict(ask({ out, resume: true }), watch());
      expect(rest).toMatchObject({ known: before.length, images: 5 - before.length });
      const after = await Promise.all(
        before.map(async (name) => (await stat(join(out, 'masks', name))).mtimeMs),
      );
      expect(after).toEqual(times);
      const whole = join(folder, 'predicted-whole');
      const straight = await predict(ask({ out: whole }), watch());
      if (rest.task !== 'segmentation' || straight.task !== 'segmentation') {
        throw new Error('no outlines');
      }
      expect(rest.pixels).toEqual(straight.pixels);
      for (const name of await readdir(join(whole, 'masks'))) {
        const [one, other] = [join(whole, 'masks', name), join(out, 'masks', name)];
        expect(await readFile(other)).toEqual(await readFile(one));
      }
      expect(await readFile(join(out, 'areas.csv'))).toEqual(
        await readFile(join(whole, 'areas.csv')),
      );
      // A deleted mask is predicted again.
      await rm(join(out, 'masks', '02.png'));
      expect(await predict(ask({ out, resume: true }), watch())).toMatchObject({
        ...{ known: 4, images: 1 },
      });
    });

    it('polygons in pixels for an image without coordinates, and reports it', async () => {
      const out = join(folder, 'polygons');
      const summary = await predict(ask({ out, format: 'geojson', simplify: 1 }), watch());
      const text = await readFile(join(out, 'masks', '00.geojson'), 'utf8');
      const { features } = JSON.parse(text) as { features: unknown[] };
      expect(features.length).toBeGreaterThan(0);
      if (summary.task !== 'segmentation') throw new Error('no outlines');
      expect(summary.notes.join()).toMatch(
        /^00\.png, 01\.png, 02\.png and 2 more: The image has no geographic position/,
      );
    });

    it('no GeoTIFF for images without coordinates, with a reason for each', async () => {
      const out = join(folder, 'nowhere');
      const request = ask({ out, format: 'geotiff' });
      const watched = watch();
      await expect(predict(request, watched)).rejects.toMatchObject({
        code: 'no-images',
        message: expect.stringContaining('is not a GeoTIFF') as string,
      });
      expect(watched.events.filter(({ type }) => type === 'skipped')).toHaveLength(5);
    });

    it('nothing in place of the images', async () => {
      const images = join(folder, 'own');
      await writePairs(images, 1, 3);
      const [name] = await readdir(join(images, 'images'));
      const before = await readFile(join(images, 'masks', name ?? ''));
      const request = ask({ images: join(images, 'masks'), out: images });
      await expect(predict(request, watch())).rejects.toMatchObject({
        code: 'invalid-option',
        message: expect.stringContaining('Choose another folder') as string,
      });
      expect(await readFile(join(images, 'masks', name ?? ''))).toEqual(before);
    });

    it('nothing for masks next to the images', async () => {
      const out = join(folder, 'beside');
      const summary = await predict(ask({ images: join(folder, 'test'), out }), watch());
      expect(summary.images).toBe(5);
      expect(summary.skipped).toMatchObject([
        {
          path: 'masks',
          isExpected: true,
          reason: expect.stringContaining('its 5 images are masks') as string,
        },
      ]);
      expect((await readdir(join(out, 'masks'))).sort()).toEqual([
        '00.png',
        '01.png',
        '02.png',
        '03.png',
        '04.png',
      ]);
    });

    it('all images except those smaller than a patch', async () => {
      const images = join(folder, 'small');
      await writePairs(images, 1, 3);
      await writePng(join(images, 'images', 'dot.png'), {
        ...{ width: 5, height: 9, channels: 3, data: new Uint8Array(135) },
      });
      const out = join(folder, 'small-out');
      const summary = await predict(ask({ images: join(images, 'images'), out }), watch());
      expect(summary.images).toBe(1);
      expect(summary.skipped).toEqual([
        {
          path: join(images, 'images', 'dot.png'),
          reason: expect.stringContaining('5 × 9 pixels') as string,
        },
      ]);
    });
  });
});

it('fine-tunes the student on the masks with --adapt, and exports the result', async () => {
  const folder = await outlineFolder();
  const summary = await distill(outlineRequest(folder, { adapt: true }), watch());
  expect(summary).toMatchObject({ adapted: true });
  expect(summary.parity[0]?.agreement).toBeGreaterThan(0.999);
  const model = join(folder, 'out', 'student.onnx');
  const request = { model, images: join(folder, 'test', 'images'), seed: 4, threads: 1 };
  const measured = await evaluateModel(evaluateRequest.parse(request), watch());
  if (measured.task !== 'segmentation' || summary.task !== 'segmentation') {
    throw new Error('no outlines');
  }
  expect(measured.dice.mean?.value).toBeCloseTo(summary.student.dice.mean?.value ?? NaN, 4);
});

it('segmentation gives the same bits for the same seed', async () => {
  const folder = await outlineFolder();
  const short = { steps: 3, decoderSteps: 4 };
  await distill(outlineRequest(folder, short), watch());
  await distill(outlineRequest(folder, { ...short, out: join(folder, 'other') }), watch());
  for (const name of Object.values(weightFiles)) {
    const weights = (out: string): Promise<Buffer> => readFile(join(folder, out, name));
    expect(await weights('other')).toEqual(await weights('out'));
  }
});

it("writes the encoder with timm's names, and the decoder as a separate file", async () => {
  const folder = await outlineFolder();
  const { files } = await distill(outlineRequest(folder, { steps: 1, decoderSteps: 1 }), watch());
  expect(files.map((file) => basename(file))).toEqual(
    expect.arrayContaining(Object.values(weightFiles)),
  );
  const names = async (file: string) => {
    const opened = await openSafetensors(join(folder, 'out', file));
    await opened.close();
    return [...opened.tensors.keys()];
  };
  const isDecoder = (name: string): boolean => name.startsWith('decoder.');
  expect((await names(weightFiles.encoder)).some(isDecoder)).toBe(false);
  expect((await names(weightFiles.decoder)).every(isDecoder)).toBe(true);
});
