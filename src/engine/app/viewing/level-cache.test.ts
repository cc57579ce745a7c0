import { expect, it, vi } from 'vitest';
import { UserError } from '../../../core/errors.ts';
import { testFolder } from '../../../formats/raster/testing/test-folder.ts';
import { long, tiffBytes } from '../../../formats/testing/tiff-fixtures.ts';
import { temporaryFolder } from '../../../store/testing/temporary-store.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';
import { LevelCache } from './level-cache.ts';

const files = testFolder();

it('a request after the last one was cancelled does not join the build that is ending', async () => {
  const page = (
    width: number,
    height: number,
    fields: readonly ReturnType<typeof long>[] = [],
  ) => ({
    width,
    height,
    fields,
    values: new Array<number>(width * height).fill(1),
  });
  const bytes = tiffBytes([page(4400, 6), page(2200, 3, [long(254, 1)])]);
  const path = await files.file('wide.tif', Buffer.from(bytes));
  const builds: AbortSignal[] = [];
  const run = (_name: string, _request: unknown, { signal }: { signal: AbortSignal }) => {
    builds.push(signal);
    if (builds.length > 1) return Promise.resolve(null);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new UserError('cancelled', 'Stopped.'));
      });
    });
  };
  const cache = new LevelCache(temporaryFolder(), { run } as unknown as Pick<ImagePool, 'run'>);
  const place = cache.place({ path, sha256: new Uint8Array(32) });
  const leaving = new AbortController();
  const first = cache.ensure(place, () => undefined, leaving.signal);
  await vi.waitFor(() => {
    expect(builds).toHaveLength(1);
  });
  leaving.abort();
  const second = cache.ensure(place, () => undefined, new AbortController().signal);
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  await expect(second).resolves.toBeUndefined();
  expect(builds).toHaveLength(2);
});
