import { expect, it } from 'vitest';
import type { EventName } from '../../../contract/app.ts';
import { pngFile } from '../../../formats/testing/image-fixtures.ts';
import { temporaryFolder } from '../../../store/testing/temporary-store.ts';
import { projectOfFiles } from '../../testing/project-of-files.ts';
import { LabelExports } from './label-exports.ts';

const bytes = pngFile({ width: 2, height: 2, channels: 1, bits: 8, values: [1, 2, 3, 4] });
const files = Array.from({ length: 5 }, (_, at) => ({
  name: `${at}.png`,
  width: 2,
  height: 2,
  bytes,
}));

it('reports progress, is the only one in its project, and can be stopped', async () => {
  const { store, id: project } = await projectOfFiles(files);
  const events: { name: EventName; content: unknown }[] = [];
  const exports = new LabelExports(store, (name, content) => void events.push({ name, content }));
  const request = { project, format: 'png', which: 'all', folder: temporaryFolder() } as const;
  const first = exports.export(request, new AbortController().signal);
  const busy = exports.export(request, new AbortController().signal);
  await expect(busy).rejects.toMatchObject({ code: 'in-use' });
  expect(await first).toMatchObject({ images: 5, cancelled: false });
  expect(events.at(-1)).toEqual({
    name: 'labels.progress',
    content: { project, done: 5, total: 5, secondsLeft: 0 },
  });
  const third = exports.export(
    { ...request, folder: temporaryFolder() },
    new AbortController().signal,
  );
  exports.stop(project);
  expect(await third).toMatchObject({ cancelled: true });
  const fourth = exports.export(
    { ...request, folder: temporaryFolder() },
    new AbortController().signal,
  );
  await exports.stopAll();
  expect(await fourth).toMatchObject({ cancelled: true });
});
