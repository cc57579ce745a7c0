import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { EventName } from '../../src/contract/app.ts';
import {
  byName,
  loginPage,
  openFileServer,
  sendOnly,
  serve,
  someContent,
  trickle,
} from '../../src/engine/testing/file-server.ts';
import type { FileServer, Handler } from '../../src/engine/testing/file-server.ts';
import { ImagePool } from '../../src/engine/image-pool/image-pool.ts';
import { CatalogueService } from '../../src/engine/app/teachers/catalogue.ts';
import { TeacherService } from '../../src/engine/app/teachers/teachers.ts';
import { addProject, settings } from '../../src/store/testing/fixtures.ts';
import { temporaryStore } from '../../src/store/testing/temporary-store.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { temporaryFolder, writeTinyTeacher } from './support.ts';

// Teachers of the catalogue are downloaded into a workspace from a server on this computer, which replaces all
// others.

const card = 'vit-small-augreg';
const patience = { attempts: 2, pauseMs: 5, silenceMs: 4000 };
const unheard = new AbortController().signal;

// The tiny teacher matches these facts; the others are as large as they are listed.
vi.mock('../../src/engine/catalogue/cards.ts', async (original) => {
  const { withSmallCards } = await import('../../src/engine/testing/small-cards.ts');
  return withSmallCards(await original(), ['vit-small-augreg', 'siglip-base', 'uni']);
});

let server: FileServer;
let teacher: Buffer;
let teacherFile = '';

beforeAll(async () => {
  server = await openFileServer();
  teacherFile = join(await temporaryFolder(), 'teacher.safetensors');
  await writeTinyTeacher(teacherFile);
  teacher = await readFile(teacherFile);
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  server.hangUp();
  server.paths = [];
});

/** Zeros in the listed size of the file. */
function withoutSense(checkpoint: Buffer): Buffer {
  const header = 8 + Number(checkpoint.readBigUInt64LE());
  return Buffer.concat([checkpoint.subarray(0, header), Buffer.alloc(checkpoint.length - header)]);
}

function offer(weights: Handler): void {
  const files = { 'config.json': serve(Buffer.from('{}')), 'model.safetensors': weights };
  server.handlers = [byName({ ...files, 'preprocessor_config.json': serve(Buffer.from('{}')) })];
}

const pool = new ImagePool({ threads: 1 });
afterAll(() => pool.close());

function open(store = temporaryStore()) {
  const events: { name: EventName; content: unknown }[] = [];
  const teachers = new TeacherService(store);
  const emit = (name: EventName, content: unknown): void => void events.push({ name, content });
  const catalogue = new CatalogueService(store, teachers, pool, emit, patience);
  catalogue.saveSettings({ mirror: server.base, proxy: null, plainHttp: false });
  const entry = async (id = card) => (await catalogue.list()).find((one) => one.card.id === id);
  return { store, teachers, catalogue, events, entry };
}

it('turns a card into a teacher with the facts of the card', async () => {
  offer(serve(teacher));
  const { store, teachers, catalogue, events, entry } = open();
  expect(await entry()).toMatchObject({ state: 'absent', part: 0, teacher: null, file: null });
  expect(await entry('uni')).toMatchObject({ state: 'by-hand' });
  const made = await catalogue.fetch(card, unheard);
  const file = join(store.folder, 'teachers', card, 'model.safetensors');
  expect(made).toMatchObject({
    ...{ name: 'ViT-S/16 AugReg', file, licence: 'Apache-2.0', isBundled: false, isFetched: true },
    training: 'ImageNet-21k with labels, then ImageNet-1k',
  });
  expect(await entry()).toMatchObject({ state: 'here', teacher: made.id, file });
  expect(events.map(({ name }) => name)).toContain('catalogue.progress');
  expect(events.at(-1)?.content).toMatchObject({ card, done: teacher.length + 2 });
  expect(teachers.list()).toMatchObject([{ id: made.id }]);
});

it('shows whether a download was verified, also after a restart', async () => {
  offer(serve(teacher));
  const { store, catalogue, entry } = open();
  expect(await entry()).toMatchObject({ isVerified: null });
  await catalogue.fetch(card, unheard);
  expect(await entry()).toMatchObject({ isVerified: false });
  expect(await open(store).entry()).toMatchObject({ isVerified: false });
  // A hash from the server does not show who wrote the file.
  const hash = createHash('sha256').update(teacher).digest('hex');
  const promised = open();
  offer((request, response) => {
    response.setHeader('x-linked-etag', `"${hash}"`);
    serve(teacher)(request, response);
  });
  await promised.catalogue.fetch(card, unheard);
  expect(await promised.entry()).toMatchObject({ isVerified: false, sha256: hash });
  // An older version of this program recorded it as verified.
  promised.store.fetched.save({ card, sha256: hash, isVerified: true });
  expect(await promised.entry()).toMatchObject({ isVerified: false, sha256: hash });
});

it('removing a teacher deletes its downloaded files, and nothing else', async () => {
  offer(serve(teacher));
  const { store, teachers, catalogue, entry } = open();
  const folder = join(store.folder, 'teachers', card);
  const made = await catalogue.fetch(card, unheard);
  await writeFile(join(folder, 'notes.txt'), 'mine');
  await teachers.remove(made.id);
  expect(await readdir(folder)).toEqual(['notes.txt']);
  expect(await entry()).toMatchObject({ state: 'absent', teacher: null, isVerified: null });
  await rm(folder, { recursive: true });
  const again = await catalogue.fetch(card, unheard);
  await writeFile(join(folder, '.understudy-lock'), '');
  await teachers.remove(again.id);
  expect(existsSync(folder)).toBe(false);
  // A downloaded file that the user chose belongs to the user.
  const brought = await catalogue.bring('uni', teacherFile, unheard);
  expect(brought.isFetched).toBe(false);
  await teachers.remove(brought.id);
  expect(await readFile(teacherFile)).toEqual(teacher);
});

it('downloaded files are kept while an unfinished run needs them', async () => {
  offer(serve(teacher));
  const { store, teachers, catalogue, entry } = open();
  const { id } = await catalogue.fetch(card, unheard);
  const { id: project } = addProject(store);
  store.runs.create({ project, teacher: id, settings });
  await expect(teachers.remove(id)).rejects.toMatchObject({ code: 'in-use' });
  expect(await entry()).toMatchObject({ state: 'here', teacher: id });
});

it('a teacher is downloaded once at a time, can be stopped, and resumes after a restart', async () => {
  offer(trickle(teacher, 50, 20));
  const { store, catalogue, events, entry } = open();
  const first = catalogue.fetch(card, unheard);
  const failed = expect(first).rejects.toMatchObject({ code: 'cancelled' });
  await expect(catalogue.fetch(card, unheard)).rejects.toMatchObject({ code: 'in-use' });
  await expect.poll(() => events.length, { interval: 10 }).toBeGreaterThan(3);
  expect(await entry()).toMatchObject({ state: 'fetching', teacher: null });
  catalogue.stop(card);
  await failed;
  const next = open(store);
  const left = await next.entry();
  expect(left?.state).toBe('absent');
  expect(left?.part).toBeGreaterThan(0);
  offer(serve(teacher));
  server.ranges = [];
  await next.catalogue.fetch(card, unheard);
  expect(server.ranges).toEqual([`bytes=${left?.part ?? 0}-`]);
  const again = open(store);
  offer(trickle(teacher, 50, 20));
  const second = again.catalogue.fetch('siglip-base', unheard);
  const ended = expect(second).rejects.toMatchObject({ code: 'cancelled' });
  await expect.poll(() => again.events.length, { interval: 10 }).toBeGreaterThan(2);
  await again.catalogue.stopAll();
  await ended;
});

it('a killed download leaves no lock', async () => {
  server.handlers = [sendOnly(someContent(5000), 1000)];
  const workspace = join(await temporaryFolder(), 'killed');
  const engine = await EngineProcess.start(workspace);
  await engine.call('catalogue.saveSettings', { mirror: server.base, proxy: null });
  const lock = join(workspace, 'teachers', card, '.understudy-lock');
  void engine.ask('catalogue.fetch', { card });
  await expect.poll(() => existsSync(lock) && server.paths.length, { interval: 5 }).toBe(1);
  engine.child.kill('SIGKILL');
  await engine.ended();
  expect(existsSync(lock)).toBe(true);
  const next = await EngineProcess.start(workspace);
  expect(existsSync(lock)).toBe(false);
  expect(await next.stop()).toBe(0);
});

it.each([
  ['a web page', () => loginPage, /A web page arrived instead of a checkpoint/],
  ['no checkpoint', () => someContent(5000), /did not send the requested file/],
  ['of the right form and nothing else', () => withoutSense(teacher), /on trial images/],
])(
  'a download that is %s is deleted, and the next one starts from the beginning',
  async (_, wrong, sentence) => {
    offer(serve(wrong()));
    const { teachers, catalogue, entry } = open();
    await expect(catalogue.fetch(card, unheard)).rejects.toThrow(sentence);
    expect(await entry()).toMatchObject({ state: 'absent', part: 0, teacher: null });
    expect(teachers.list()).toEqual([]);
    offer(serve(teacher));
    await catalogue.fetch(card, unheard);
    expect(await entry()).toMatchObject({ state: 'here' });
  },
);

it('an existing file that is not a teacher is downloaded again', async () => {
  offer(serve(teacher));
  const { store, catalogue, entry } = open();
  const folder = join(store.folder, 'teachers', card);
  await mkdir(folder, { recursive: true });
  for (const name of ['model.safetensors', 'config.json']) {
    await writeFile(join(folder, name), loginPage);
  }
  expect(await entry()).toMatchObject({ state: 'here', teacher: null });
  await catalogue.fetch(card, unheard);
  expect(await readFile(join(folder, 'model.safetensors'))).toEqual(teacher);
});

it('another transformer is refused for a card, from a server or as a downloaded file', async () => {
  offer(serve(teacher));
  const { catalogue, entry, teachers } = open();
  await expect(catalogue.fetch('dinov2-registers-large', unheard)).rejects.toMatchObject({
    code: 'invalid-file',
    message: expect.stringMatching(/bytes, but the catalogue lists 1220000000/) as string,
  });
  const sentence =
    /is not RETFound, colour fundus: it has 4 blocks of width 64, patches of 8 px and 3 bands, not 24 blocks of width 1024/;
  await expect(catalogue.bring('retfound-cfp', teacherFile, unheard)).rejects.toThrow(sentence);
  expect(await entry('retfound-cfp')).toMatchObject({ state: 'by-hand', teacher: null });
  expect(teachers.list()).toEqual([]);
});

it('an unexpected file is refused, from a server and as a downloaded file', async () => {
  offer(serve(teacher));
  const { catalogue, entry, teachers } = open();
  await expect(catalogue.fetch('phikon', unheard)).rejects.toMatchObject({
    code: 'invalid-file',
    message: expect.stringMatching(/not with d01642bf.*deleted/) as string,
  });
  expect(await entry('phikon')).toMatchObject({ state: 'absent', part: 0 });
  await expect(catalogue.bring('phikon', teacherFile, unheard)).rejects.toThrow(
    /is not the file of Phikon.*not with d01642bf/,
  );
  expect(teachers.list()).toEqual([]);
});

it('a teacher from a downloaded file has the card’s licence', async () => {
  const { catalogue, entry, teachers } = open();
  const brought = join(await temporaryFolder(), 'pytorch_model.safetensors');
  await copyFile(teacherFile, brought);
  const made = await catalogue.bring('uni', brought, unheard);
  expect(made).toMatchObject({ name: 'UNI', file: brought, licence: 'CC BY-NC-ND 4.0' });
  expect(await entry('uni')).toMatchObject({ state: 'here', teacher: made.id, file: brought });
  // Also after the user has corrected the teacher, although its content is not verified.
  expect(await teachers.add(brought, { epsilon: 1e-5 }, unheard)).toMatchObject({
    ...{ id: made.id, name: 'UNI', licence: 'CC BY-NC-ND 4.0' },
  });
  expect(await entry('uni')).toMatchObject({ state: 'here', teacher: made.id });
});

it('stores a mirror and a proxy, and refuses invalid addresses', () => {
  const { store, catalogue } = open();
  const plainHttp = false;
  const set = {
    ...{ mirror: 'https://mirror.example/', proxy: ' http://proxy.example:3128 ', plainHttp },
  };
  const kept = {
    ...{ mirror: 'https://mirror.example', proxy: 'http://proxy.example:3128', plainHttp },
  };
  expect(catalogue.saveSettings(set)).toMatchObject(kept);
  expect(store.settings.downloads()).toEqual(kept);
  const refused = { mirror: null, proxy: 'nowhere', plainHttp };
  expect(() => catalogue.saveSettings(refused)).toThrow(/not a valid proxy address/);
  expect(catalogue.settings()).toMatchObject(kept);
  expect(catalogue.saveSettings({ mirror: '', proxy: '', plainHttp: false })).toMatchObject({
    ...{ mirror: null, proxy: null, plainHttp, logins: { mirror: 'none', proxy: 'none' } },
  });
});
