import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../store/testing/temporary-store.ts';
import { cardOf } from './cards.ts';
import { cardInFolder, fetchCard } from './fetch-card.ts';
import {
  byName,
  dropAfter,
  openFileServer,
  sendOnly,
  serve,
  sha256Of,
  someContent,
  status,
} from './testing/file-server.ts';
import type { FileServer } from './testing/file-server.ts';

const content = someContent(100_000);
const settings = Buffer.from('{}');
const patience = { attempts: 2, pauseMs: 5, silenceMs: 1500 };
/** Two files, of which no hash is known. */
const open = cardOf('vit-small-augreg');
const path = '/timm/vit_small_patch16_224.augreg_in21k_ft_in1k/resolve/main';

let server: FileServer;

beforeAll(async () => {
  server = await openFileServer();
});
afterAll(() => {
  server.close();
});
afterEach(() => {
  server.hangUp();
  server.paths = [];
  server.ranges = [];
});

function fetchInto(folder: string, card = open, signal = new AbortController().signal) {
  const place = { mirror: server.base, proxy: null };
  const told: [string, number, number | null][] = [];
  const report = ({ name }: { name: string }, done: number, total: number | null): void => {
    told.push([name, done, total]);
  };
  return { told, fetched: fetchCard(card, folder, place, { signal, report }, patience) };
}

describe('fetchCard', () => {
  it('fetches all files from the mirror, the small ones first', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    server.handlers = [
      byName({ 'config.json': serve(settings), 'model.safetensors': serve(content) }),
    ];
    const { told, fetched } = fetchInto(folder);
    expect(await fetched).toEqual({
      card: open.id,
      folder,
      file: join(folder, 'model.safetensors'),
      files: [['model.safetensors', content] as const, ['config.json', settings] as const].map(
        ([name, bytes]) => ({
          ...{ name, bytes: bytes.length, sha256: sha256Of(bytes), isVerified: false },
        }),
      ),
    });
    expect(server.paths).toEqual([`${path}/config.json`, `${path}/model.safetensors`]);
    expect(told.at(-1)).toEqual(['model.safetensors', content.length, content.length]);
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(await cardInFolder(open, folder)).toEqual({ isWhole: true, part: 0 });
    // All is there: nothing is asked again.
    server.paths = [];
    await fetchInto(folder).fetched;
    expect(server.paths).toEqual([]);
  });

  it('says what has come, and goes on with it', async () => {
    const folder = temporaryFolder();
    const files = { 'config.json': serve(settings) };
    server.handlers = [byName({ ...files, 'model.safetensors': dropAfter(content, 40_000) })];
    const controller = new AbortController();
    const first = fetchInto(folder, open, controller.signal);
    const failed = expect(first.fetched).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => first.told.length, { interval: 5 }).toBeGreaterThan(3);
    controller.abort();
    await failed;
    const { isWhole, part } = await cardInFolder(open, folder);
    expect([isWhole, part > 0]).toEqual([false, true]);
    server.handlers = [byName({ ...files, 'model.safetensors': serve(content) })];
    server.ranges = [];
    await fetchInto(folder).fetched;
    expect(server.ranges).toEqual([`bytes=${part}-`]);
  });

  it.each([
    ['is not there', status(404), 'network'],
    ['is refused', status(403), 'network'],
    ['falls silent', sendOnly(content, 0), 'network'],
    ['is another', serve(content), 'invalid-file'],
  ])('a file that %s', async (_, handler, code) => {
    const folder = temporaryFolder();
    const files = { 'config.json': serve(settings), 'preprocessor_config.json': serve(settings) };
    server.handlers = [byName({ ...files, 'model.safetensors': handler })];
    await expect(fetchInto(folder, cardOf('phikon')).fetched).rejects.toMatchObject({ code });
    expect((await cardInFolder(cardOf('phikon'), folder)).isWhole).toBe(false);
  });

  it('does not take another file that is there for its own', async () => {
    const folder = temporaryFolder();
    server.handlers = [serve(settings)];
    await writeFile(join(folder, 'model.safetensors'), content);
    await expect(fetchInto(folder, cardOf('phikon')).fetched).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(/is there already.* d01642bf /) as string,
    });
  });

  it('asks for nothing where an account is needed, and says how to bring it', async () => {
    await expect(fetchInto(temporaryFolder(), cardOf('uni')).fetched).rejects.toThrow(
      /brought by hand: open https:\/\/huggingface\.co\/MahmoodLab\/UNI, agree/,
    );
    expect(server.paths).toEqual([]);
  });
});
