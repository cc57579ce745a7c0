import { createHash } from 'node:crypto';
import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { distill } from '../../src/engine/jobs/distill.ts';
import { findImages } from '../../src/formats/image-folder.ts';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { temporaryFolder, tinyRequest, watch, writeImages, writeTinyTeacher } from './support.ts';

// A checkpoint identifies the images of its run.

const folder = await temporaryFolder();
await writeTinyTeacher(join(folder, 'teacher.safetensors'));
await writeImages(join(folder, 'train'), 6, 1);
await writeImages(join(folder, 'test'), 3, 2);

it('a resumed run refuses other images under the same names', async () => {
  const images = join(folder, 'changing');
  await writeImages(images, 6, 1);
  const request = tinyRequest(folder, { images, out: join(folder, 'changing-out') });
  await expect(distill(request, watch(2))).rejects.toThrow('Stopped');
  await writeImages(images, 6, 9);
  await expect(distill({ ...request, resume: true }, watch())).rejects.toThrow(/other images/);
});

it('a resumed run refuses other images of the same names and sizes', async () => {
  const images = join(folder, 'replaced');
  const bytes = 4000;
  const write = async (seed: number): Promise<void> => {
    for (const path of await writeImages(images, 6, seed)) await truncate(path, bytes);
  };
  await write(1);
  const request = tinyRequest(folder, { images, out: join(folder, 'replaced-out') });
  await expect(distill(request, watch(2))).rejects.toThrow('Stopped');
  await write(9);
  await expect(distill({ ...request, resume: true }, watch())).rejects.toThrow(/other images/);
  // Written again without changes: they are the same.
  await write(1);
  await distill({ ...request, resume: true }, watch());
});

it('a run resumes from the checkpoint of an earlier version, and reports what that lacks', async () => {
  const out = join(folder, 'earlier-out');
  const request = tinyRequest(folder, { out });
  await expect(distill(request, watch(3))).rejects.toThrow('Stopped');
  const path = join(out, 'checkpoint.safetensors');
  const { tensors, metadata } = await readSafetensors(path);
  const run = JSON.parse(metadata['understudy.run'] ?? '') as { fingerprint: string };
  const found = await findImages(request.images);
  const listed = await Promise.all(
    found.map(async ({ path: file, name }) => `${name} ${(await stat(file)).size}`),
  );
  const sum = createHash('sha256').update(listed.join('\n')).digest('hex');
  const fingerprint = run.fingerprint.replace(/"images":"\w+"/, `"images":"${sum}"`);
  const former = { 'understudy.run': JSON.stringify({ ...run, fingerprint }) };
  await writeSafetensors(path, tensors, { metadata: former });
  const context = watch(5);
  await expect(distill({ ...request, resume: true }, context)).rejects.toThrow('Stopped');
  const messages = context.events.flatMap((event) =>
    event.type === 'notice' ? event.message : [],
  );
  expect(messages).toContainEqual(
    expect.stringMatching(/is from an earlier version, which identified images/),
  );
  // From then on images are identified by content.
  const kept = (await readSafetensors(path)).metadata['understudy.run'];
  expect(JSON.parse(kept ?? '')).toMatchObject({ fingerprint: run.fingerprint });
});
