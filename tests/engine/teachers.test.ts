import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importTeacher, listTeachers } from '../../src/engine/jobs/import-teacher.ts';
import { optionsOf } from '../../src/engine/app/runs/run-options.ts';
import { TeacherService } from '../../src/engine/app/teachers/teachers.ts';
import { writeSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { openStore } from '../../src/store/store.ts';
import { addProject, settings } from '../../src/store/testing/fixtures.ts';
import { namedCheckpoints } from '../support/named-checkpoints.ts';
import { tinyVit } from '../support/tiny-vit.ts';
import { required } from '../support/values.ts';
import { bundledTeacher } from '../../src/engine/teachers/bundled-teacher.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-teachers-'));
});
afterAll(() => rm(folder, { recursive: true }));

const context = { signal: new AbortController().signal, report: () => undefined };

async function dinov2(
  change: (name: string, value: number) => number = (_, value) => value,
): Promise<string> {
  const { store, architecture } = required(
    namedCheckpoints.find(({ convention }) => convention === 'hf-dinov2'),
    'checkpoint',
  );
  const file = join(folder, 'dinov2.safetensors');
  const stored = [...store(tinyVit(architecture))].map(([name, { shape, data }]) => {
    return [name, { shape, data: data.map((value) => change(name, value)) }] as const;
  });
  await writeSafetensors(file, new Map(stored));
  return file;
}

it("a teacher is imported with the user's corrections, and runs use them", async () => {
  const file = await dinov2();
  const workspace = join(folder, 'workspace');
  const first = await importTeacher({ file, workspace, heads: 2 }, context);
  expect(first).toMatchObject({ isNew: true, teacher: { name: 'dinov2', heads: 2 } });
  const again = await importTeacher({ file, workspace, heads: 3, epsilon: 1e-5 }, context);
  expect(again).toMatchObject({ isNew: false, teacher: { id: first.teacher.id, heads: 3 } });
  expect(again.teacher.inferred.slice(0, 2)).toMatchObject([
    { property: 'heads', value: 3, source: 'given' },
    { property: 'epsilon', value: 1e-5, source: 'given' },
  ]);
  expect(listTeachers(workspace).teachers.map(({ name }) => name)).toEqual([
    'ViT-Tiny, bundled',
    'dinov2',
  ]);
  const store = openStore(workspace, { isKnown: true });
  try {
    const teacher = store.teachers.get(again.teacher.id);
    const project = addProject(store, ['one', 'two']).id;
    expect(optionsOf({ settings, project }, store, teacher, '/out', false)).toMatchObject({
      teacher: file,
      overrides: { heads: 3, epsilon: 1e-5 },
    });
  } finally {
    store.close();
  }
});

it('the bundled teacher cannot be corrected, and this is reported', async () => {
  const workspace = join(folder, 'bundled-workspace');
  await expect(
    importTeacher({ file: bundledTeacher, workspace, heads: 6 }, context),
  ).rejects.toMatchObject({ code: 'invalid-option' });
  const same = await importTeacher({ file: bundledTeacher, workspace }, context);
  expect(same).toMatchObject({ isNew: false, teacher: { isBundled: true, heads: 3 } });
});

it('a file replaced during its trial is not imported', async () => {
  const file = await dinov2();
  const store = openStore(join(folder, 'replaced-workspace'));
  try {
    const teachers = new TeacherService(store);
    let isTried = false;
    const adding = teachers.add(file, { heads: 2 }, context.signal).finally(() => {
      isTried = true;
    });
    const refused = expect(adding).rejects.toThrow(/changed or replaced while it was tested/);
    // Repeatedly, because it is unknown when each part of the file is read.
    const other = join(folder, 'other.safetensors');
    const continues = (): boolean => !isTried;
    while (continues()) {
      await copyFile(file, other);
      await rename(other, file);
      await setTimeout(50);
    }
    await refused;
    expect(teachers.list()).toEqual([]);
  } finally {
    store.close();
  }
});

it('a list names teachers whose file is missing, and needs a workspace', async () => {
  const workspace = join(folder, 'gone-workspace');
  expect(() => listTeachers(workspace)).toThrow(
    /There is no workspace in .*A workspace is created by/,
  );
  const file = await dinov2();
  const { teacher } = await importTeacher({ file, workspace, heads: 2 }, context);
  expect(listTeachers(workspace).gone).toEqual([]);
  await rm(file);
  expect(listTeachers(workspace).gone).toEqual([teacher.id]);
});

it('a teacher that computes NaN is not imported, and the first such block is named', async () => {
  const file = await dinov2((name, value) => {
    return name === 'dinov2.encoder.layer.1.mlp.fc2.weight' ? 1e14 * value : value;
  });
  const workspace = join(folder, 'other-workspace');
  await expect(importTeacher({ file, workspace, heads: 2 }, context)).rejects.toMatchObject({
    code: 'invalid-file',
    message: expect.stringMatching(
      /on trial images block 1 of 0 to 1 produces values .* layer norm with ε = 1e-6, as in DINOv2; .*Correct those that are wrong/,
    ) as string,
  });
  expect(listTeachers(workspace).teachers).toHaveLength(1);
});
