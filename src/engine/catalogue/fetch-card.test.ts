import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  temporaryFolder as sharedFolder,
  writeTinyTeacher,
} from '../../../tests/engine/support.ts';
import { temporaryFolder } from '../../store/testing/temporary-store.ts';
import { findCard } from './cards.ts';
import { cardInFolder, fetchCard } from './fetch-card.ts';
import {
  byName,
  dropAfter,
  loginPage,
  openFileServer,
  sendOnly,
  serve,
  sha256Of,
  someContent,
  status,
} from '../testing/file-server.ts';
import type { FileServer } from '../testing/file-server.ts';
import { smallCard } from '../testing/small-cards.ts';

const other = someContent(100_000);
const settings = Buffer.from('{}');
const patience = { attempts: 2, pauseMs: 5, silenceMs: 4000 };
/** Two files without known hashes. */
const open = smallCard(findCard('vit-small-augreg'));
const path = '/timm/vit_small_patch16_224.augreg_in21k_ft_in1k/resolve/main';

let server: FileServer;
let content: Buffer;

beforeAll(async () => {
  const teacher = join(await sharedFolder(), 'teacher.safetensors');
  await writeTinyTeacher(teacher);
  content = await readFile(teacher);
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

function fetchInto(
  folder: string,
  card = open,
  signal = new AbortController().signal,
  isOwn = false,
) {
  const place = { mirror: server.base, proxy: null, plainHttp: false };
  const progress: [string, number, number | null][] = [];
  const report = ({ name }: { name: string }, done: number, total: number | null): void => {
    progress.push([name, done, total]);
  };
  return { progress, fetched: fetchCard(card, folder, place, { signal, isOwn, report }, patience) };
}

describe('fetchCard', () => {
  it('downloads all files from the mirror, the small ones first', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    server.handlers = [
      byName({ 'config.json': serve(settings), 'model.safetensors': serve(content) }),
    ];
    const { progress, fetched } = fetchInto(folder);
    expect(await fetched).toEqual({
      card: open.id,
      folder,
      file: join(folder, 'model.safetensors'),
      files: [['model.safetensors', content] as const, ['config.json', settings] as const].map(
        ([name, bytes]) => ({
          name,
          bytes: bytes.length,
          sha256: sha256Of(bytes),
          isVerified: false,
        }),
      ),
    });
    expect(server.paths).toEqual([`${path}/config.json`, `${path}/model.safetensors`]);
    expect(progress.at(-1)).toEqual(['model.safetensors', content.length, content.length]);
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(await cardInFolder(open, folder)).toEqual({ isWhole: true, part: 0 });
    // Everything is there: no further requests.
    server.paths = [];
    await fetchInto(folder).fetched;
    expect(server.paths).toEqual([]);
  });

  it('reports the received part, and resumes it', async () => {
    const folder = temporaryFolder();
    const files = { 'config.json': serve(settings) };
    server.handlers = [byName({ ...files, 'model.safetensors': dropAfter(content, 40_000) })];
    const controller = new AbortController();
    const first = fetchInto(folder, open, controller.signal);
    const failed = expect(first.fetched).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => first.progress.length, { interval: 5 }).toBeGreaterThan(3);
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
    ['is missing', status(404), 'network'],
    ['is refused', status(403), 'network'],
    ['stalls', sendOnly(other, 0), 'network'],
    ['has other content', serve(other), 'invalid-file'],
  ])('a file that %s', async (_, handler, code) => {
    const folder = temporaryFolder();
    const files = { 'config.json': serve(settings), 'preprocessor_config.json': serve(settings) };
    server.handlers = [byName({ ...files, 'model.safetensors': handler })];
    await expect(fetchInto(folder, findCard('phikon')).fetched).rejects.toMatchObject({ code });
    expect((await cardInFolder(findCard('phikon'), folder)).isWhole).toBe(false);
  });

  it('does not accept an existing file with other content', async () => {
    const folder = temporaryFolder();
    server.handlers = [serve(settings)];
    await writeFile(join(folder, 'model.safetensors'), other);
    await expect(fetchInto(folder, findCard('phikon')).fetched).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(/already exists.* d01642bf\./) as string,
    });
  });

  it.each([
    ['a web page', loginPage, /A web page arrived instead of a checkpoint/],
    [
      'a file that is not a checkpoint',
      other,
      /did not send the requested file: .* It was deleted/,
    ],
  ])('keeps nothing of %s, and downloads again', async (_, wrong, sentence) => {
    const folder = temporaryFolder();
    server.handlers = [
      byName({ 'config.json': serve(settings), 'model.safetensors': serve(wrong) }),
    ];
    await expect(fetchInto(folder).fetched).rejects.toThrow(sentence);
    expect(await readdir(folder)).toEqual(['config.json']);
    server.handlers = [byName({ 'model.safetensors': serve(content) })];
    await fetchInto(folder).fetched;
    expect((await readFile(join(folder, 'model.safetensors'))).equals(content)).toBe(true);
  });

  it('stores no configuration that is not a JSON object', async () => {
    const folder = temporaryFolder();
    server.handlers = [serve(loginPage)];
    await expect(fetchInto(folder).fetched).rejects.toThrow(/A web page arrived/);
    server.handlers = [serve(Buffer.from('[1]'))];
    await expect(fetchInto(folder).fetched).rejects.toThrow(/: it is not a JSON object/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('stores no other transformer under the name of a card', async () => {
    const folder = temporaryFolder();
    server.handlers = [
      byName({ 'config.json': serve(settings), 'model.safetensors': serve(content) }),
    ];
    await expect(fetchInto(folder, { ...open, blocks: 12 }).fetched).rejects.toThrow(
      /model\.safetensors is not ViT-S\/16 AugReg: it has 4 blocks of width 64, patches of 8 px and 3 bands, not 12 blocks /,
    );
    expect(await readdir(folder)).toEqual(['config.json']);
  });

  it('downloads a wrong file again in its own folder, and leaves it alone in another', async () => {
    const folder = temporaryFolder();
    server.handlers = [
      byName({ 'config.json': serve(settings), 'model.safetensors': serve(content) }),
    ];
    await writeFile(join(folder, 'model.safetensors'), loginPage);
    await expect(fetchInto(folder).fetched).rejects.toThrow(
      /already exists and cannot be used: .* is a web page, .* Move it away/,
    );
    const { signal } = new AbortController();
    await fetchInto(folder, open, signal, true).fetched;
    expect((await readFile(join(folder, 'model.safetensors'))).equals(content)).toBe(true);
  });

  it('is the only one that downloads into a folder', async () => {
    const folder = temporaryFolder();
    server.handlers = [
      byName({ 'config.json': serve(settings), 'model.safetensors': sendOnly(content, 1000) }),
    ];
    const controller = new AbortController();
    const first = fetchInto(folder, open, controller.signal);
    await expect.poll(() => first.progress.length, { interval: 5 }).toBeGreaterThan(3);
    await expect(fetchInto(folder).fetched).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringMatching(/Another process is downloading or writing to/) as string,
    });
    controller.abort();
    await expect(first.fetched).rejects.toMatchObject({ code: 'cancelled' });
    server.handlers = [byName({ 'model.safetensors': serve(content) })];
    await fetchInto(folder).fetched;
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors']);
  });

  it('sends no request if an account is needed, and explains how to add the file', async () => {
    await expect(fetchInto(temporaryFolder(), findCard('uni')).fetched).rejects.toThrow(
      /download it yourself: open https:\/\/huggingface\.co\/MahmoodLab\/UNI, agree/,
    );
    expect(server.paths).toEqual([]);
  });
});
