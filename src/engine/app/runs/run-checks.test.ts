import { expect, test } from 'vitest';
import type { ProjectSettings } from '../../../contract/app.ts';
import { tilePixels } from '../../../core/mask/tiles.ts';
import { addProject, newImage, newTeacher } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import { checkRun } from './run-checks.ts';

const manyGigabytes = 1e12;

/** Returns notes on a segmentation run with these settings, on a computer with this much memory. */
async function notes(settings: Partial<ProjectSettings>, memory: number): Promise<string[]> {
  const store = temporaryStore();
  const { id } = addProject(store, ['x'], 'segmentation');
  const images = store.images.add(
    id,
    ['a.png', 'b.png'].map((name) => newImage(name, { width: 2000, height: 2000 })),
  );
  for (const image of images) {
    const pixels = new Uint8Array(tilePixels).fill(1, 0, 9);
    store.masks.save(image.id, 'human', [{ x: 0, y: 0, pixels }]);
    store.masks.setState(image.id, 'human', 'done');
  }
  const teacher = store.teachers.upsert(newTeacher()).id;
  store.projects.update(id, { settings: { teacher, ...settings } });
  return checkRun(store, store.projects.get(id), memory);
}

test("a run that exceeds the computer's memory is reported, and refused if it exceeds it by far", async () => {
  const about = expect.stringMatching(
    /^With an image size of \d+ px, a run needs about [\d.]+ GB/,
  ) as string;
  expect(await notes({}, manyGigabytes)).not.toContainEqual(about);
  expect(await notes({ imageSize: 1024 }, manyGigabytes)).not.toContainEqual(about);
  const refused = notes({ imageSize: 1024 }, 4e9);
  await expect(refused).rejects.toMatchObject({ code: 'too-large', message: about });
  const message = await refused.then(String, String);
  const gigabytes = Number(/about ([\d.]+) GB/.exec(message)?.[1]);
  expect(await notes({ imageSize: 1024 }, (1e9 * gigabytes) / 1.5)).toContainEqual(about);
});
