import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import type { TeacherDescription } from '../../contract/descriptions.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { writeSafetensors } from '../../formats/safetensors/safetensors.ts';
import { inputTexts } from './teacher-texts.ts';
import { inspectTeacher, openTeacher, readColourTeacher, teacherName } from './teacher.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-teacher-'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['/models/vit.base.safetensors', 'vit.base'],
  ['/models/rad-dino/model.safetensors', 'rad-dino'],
  ['/models/rad-dino/pytorch_model.bin.index.json', 'rad-dino'],
  ['/hub/models--facebook--dinov2-base/snapshots/f9e4/model.safetensors', 'dinov2-base'],
])('gives %s the name %s', (file, name) => {
  expect(teacherName(file)).toBe(name);
});

it('a teacher larger than the memory is refused before it is read', async () => {
  const path = join(folder, 'large.safetensors');
  await writeSafetensors(path, tinyVit().weights);
  const read = readColourTeacher(path, { heads: 2 }, 1000);
  await expect(read).rejects.toMatchObject({
    code: 'too-large',
    message: expect.stringMatching(/million parameters: .* this computer has 0\.0 GiB/) as string,
  });
});

describe('a teacher with a different number of bands', () => {
  it.each([
    [1, [0.5], /trained on images of 1 band. .* each colour uses a share/],
    [
      5,
      [0.1, 0.2, 0.3, 0.4, 0.5],
      /trained on images of 5 bands. .* the mean of the weights of all bands/,
    ],
  ])('is adapted to colours, which is reported (%i bands)', async (channels, values, note) => {
    const path = join(folder, 'bands.safetensors');
    await writeSafetensors(path, tinyVit({ channels }).weights);
    const known = { heads: 2, mean: values, deviation: values };
    const { notes, architecture, normalization } = await inspectTeacher(path, known);
    expect(notes).toEqual([expect.stringMatching(note)]);
    expect(architecture.channels).toBe(3);
    const { model } = await openTeacher(path, known);
    expect(model.architecture).toEqual(architecture);
    expect(model.normalization).toEqual(normalization);
  });
});

describe('the red, green and blue bands of a teacher with many bands', () => {
  const inspect = async (
    channels: number,
    overrides: TeacherOverrides,
  ): Promise<TeacherDescription> => {
    const path = join(folder, 'many.safetensors');
    const mean = Array.from({ length: channels }, (_, band) => band / 20);
    await writeSafetensors(path, tinyVit({ channels }).weights);
    const known = { heads: 2, mean, deviation: mean.map(() => 0.5), ...overrides };
    const { model } = await openTeacher(path, known);
    const description = await inspectTeacher(path, known);
    expect(model.normalization).toEqual(description.normalization);
    return description;
  };

  it('can be specified by the user', async () => {
    const { notes, normalization, inferred } = await inspect(7, { colourBands: [4, 3, 2] });
    expect(notes).toEqual([
      "It was trained on images of 7 bands. Red, green and blue of an image go to the teacher's bands 4, 3 and 2; the teacher's other bands receive the mean of the three. If 7 bands of an image are used (--bands), each goes to its own band.",
    ]);
    expect(normalization.mean).toEqual([3 / 20, 2 / 20, 1 / 20]);
    expect(inferred.find(({ property }) => property === 'colourBands')?.source).toBe('given');
  });

  it('are guessed for as many bands as Sentinel-2 has, which is reported', async () => {
    const { assumed, notes } = await inspect(13, {});
    expect(notes[0]).toContain(
      "Red, green and blue of an image go to the teacher's bands 4, 3 and 2",
    );
    expect(assumed).toContain(
      'red, green and blue go to its bands 4, 3, 2, as in the order of Sentinel-2',
    );
  });

  it('are not guessed for other numbers, which is reported', async () => {
    const { assumed, inferred } = await inspect(7, {});
    expect(assumed).toContain('each colour goes to the average of its 7 bands');
    expect(inferred.find(({ property }) => property === 'colourBands')?.value).toEqual([]);
  });

  it('can be given in another order for three bands', async () => {
    const { normalization, notes } = await inspect(3, { colourBands: [3, 2, 1] });
    expect(normalization.mean).toEqual([2 / 20, 1 / 20, 0]);
    expect(notes).toEqual([]);
  });

  it.each([1, 4])('are refused for %i bands if one does not exist', async (channels) => {
    await expect(inspect(channels, { colourBands: [7, 3, 2] })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining(
        `but band 7 was requested. Choose bands from 1 to ${channels}.`,
      ) as string,
    });
  });
});

it('the hash of a teacher in several files covers all of them', async () => {
  const index = join(folder, 'model.safetensors.index.json');
  const { weights } = tinyVit();
  const parts = [new Map([...weights].slice(0, 5)), new Map([...weights].slice(5))];
  const write = async (): Promise<string> => {
    const map: Record<string, string> = {};
    for (const [number, part] of parts.entries()) {
      await writeSafetensors(join(folder, `part-${number}.safetensors`), part);
      for (const name of part.keys()) map[name] = `part-${number}.safetensors`;
    }
    await writeFile(index, JSON.stringify({ weight_map: map }));
    return (await openTeacher(index, { heads: 2 })).sha256;
  };
  const first = await write();
  expect((await inspectTeacher(index, { heads: 2 })).sha256).toBe(first);
  expect(await write()).toBe(first);
  parts[1]?.get('norm.weight')?.data.fill(0.5);
  expect(await write()).not.toBe(first);
});

describe('a teacher of stored values', () => {
  const mean = [1087, 1342, 1433, 2734, 1958, 1363];
  const deviation = [2248, 2179, 2178, 1850, 1242, 1049];
  const bands = [0, 1, 2, 3, 4, 5];
  const through = async (overrides: TeacherOverrides, more: Partial<Preparation> = {}) => {
    const own = await mkdtemp(join(folder, 'stored-'));
    const path = join(own, 'model.safetensors');
    await writeSafetensors(path, tinyVit({ channels: 6 }).weights);
    const pretrained = { mean, std: deviation, num_heads: 2 };
    await writeFile(join(own, 'config.json'), JSON.stringify({ pretrained_cfg: pretrained }));
    const range = { kind: 'window', center: 5000, width: 10_001 } as const;
    const preparation = { bands, range, ...more };
    const { notes } = await inspectTeacher(path, overrides);
    return { notes, ...(await openTeacher(path, overrides, { preparation })) };
  };

  it('uses its own mean and deviation for a window of such values, which is reported', async () => {
    const teacher = await through({});
    expect(teacher.notes.join()).toContain('stored values (means of 1087, 1342, 1433');
    const { normalization } = teacher.model;
    normalization.mean.forEach((value, band) => {
      expect(value).toBeCloseTo(((mean[band] ?? 0) + 0.5) / 10_000, 9);
    });
    expect(normalization.deviation[3]).toBeCloseTo(0.185, 9);
    expect(inputTexts(teacher).join()).toMatch(/in order.*own mean and deviation of stored values/);
  });

  it('receives bands in the order that the user gives', async () => {
    const { model, ...teacher } = await through({ colourBands: [6, 5, 4, 3, 2, 1] });
    expect(inputTexts({ model, ...teacher })[0]).toContain(
      "they go to the teacher's bands 6, 5, 4, 3, 2, 1.",
    );
    expect(model.normalization.deviation[0]).toBeCloseTo(0.1049, 9);
  });

  it('receives bands in order if the number of specified ones differs', async () => {
    const named = await through({ colourBands: [6, 5] });
    expect(named.known).toBeUndefined();
    expect(inputTexts(named)[0]).toContain("they go to the teacher's bands in order.");
  });

  it('uses the usual mean and deviation for stretched images, or those that the user gives', async () => {
    const stretched = await through({}, { range: { kind: 'percentile', low: 2, high: 98 } });
    expect(stretched.model.normalization.mean.every((value) => value < 1)).toBe(true);
    expect(inputTexts(stretched).join()).toContain(
      'choose a window of the values it was trained on',
    );
    const half = mean.map(() => 0.5);
    const given = await through({ mean: half, deviation: half });
    expect(given.model.normalization.mean).toEqual(half);
    expect(inputTexts(given).join()).not.toContain('stored values');
  });

  it('uses the values of its three bands for images in red, green and blue', async () => {
    const { model } = await through({ colourBands: [3, 2, 1] }, { bands: null });
    const seen = model.normalization.mean.map((value) => Math.round(10_000 * value - 0.5));
    expect(seen).toEqual([1433, 1342, 1087]);
  });
});
