import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pngFile } from '../../../formats/testing/image-fixtures.ts';
import { addProject } from '../../../store/testing/fixtures.ts';
import { temporaryFolder, temporaryStore } from '../../../store/testing/temporary-store.ts';
import { ImagePool } from '../../image-pool/image-pool.ts';
import { Pictures } from '../viewing/pictures.ts';
import { ImageService } from './images.ts';

it('an import that the user starts replaces that of a watched folder; a second one is refused', async () => {
  const store = temporaryStore();
  const folder = join(temporaryFolder(), 'images');
  await mkdir(folder);
  const bytes = pngFile({ width: 1, height: 1, channels: 1, bits: 8, values: [1] });
  await writeFile(join(folder, 'a.png'), bytes);
  const pool = new ImagePool({ threads: 1 });
  const images = new ImageService(store, new Pictures(store.folder, pool), () => undefined);
  const { id } = addProject(store, ['x']);
  const { signal } = new AbortController();
  const only = { has: () => true, putOff: () => false };
  const ofWatch = images.import(id, folder, 'none', signal, { only });
  // Lets it begin.
  await Promise.resolve();
  const [first, second] = await Promise.allSettled([
    images.import(id, folder, 'none', signal),
    images.import(id, folder, 'none', signal),
  ]);
  await ofWatch;
  await pool.close();
  expect(first).toMatchObject({ status: 'fulfilled', value: { added: 1, cancelled: false } });
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'in-use' } });
});
