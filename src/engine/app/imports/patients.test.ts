import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { pictureFile, syntax, type Entry } from '../../../formats/testing/dicom-fixtures.ts';
import type { Store } from '../../../store/store.ts';
import { addProject } from '../../../store/testing/fixtures.ts';
import { temporaryFolder, temporaryStore } from '../../../store/testing/temporary-store.ts';
import { ImagePool } from '../../image-pool/image-pool.ts';
import { ImageService } from './images.ts';
import { PatientService } from './patients.ts';
import { Pictures } from '../viewing/pictures.ts';
import { findSecret, replaceSecret } from './workspace-secret.ts';

const pool = new ImagePool();
afterAll(() => pool.close());
const none = new AbortController().signal;

function slice(path: string, patient: string, shade: number): void {
  const pixels = new Uint8Array(64).fill(shade).map((value, index) => value + (index % 5));
  const picture = { rows: 8, columns: 8, frames: 1 };
  writeFileSync(path, pictureFile(syntax.explicit, picture, pixels, [[0x00100020, 'LO', patient]]));
}

interface World {
  readonly store: Store;
  readonly scans: string;
  readonly project: number;
  readonly secret: string;
  readonly patients: PatientService;
  readonly importFolder: () => Promise<{ added: number; skipped: readonly { reason: string }[] }>;
  readonly groups: () => Record<string, string | undefined>;
}

/** Patients A with three slices and B with two; a table of all groups by file. */
function world(): World {
  const store = temporaryStore();
  const scans = temporaryFolder();
  for (const [index, name] of ['a1', 'a2', 'a3', 'b1', 'b2'].entries()) {
    slice(join(scans, `${name}.dcm`), name.startsWith('a') ? 'A-4711' : 'B-0815', 10 * index);
  }
  const { id: project } = addProject(store);
  const images = new ImageService(store, new Pictures(store.folder, pool), () => undefined);
  return {
    store,
    scans,
    project,
    secret: join(store.folder, 'secret'),
    patients: new PatientService(store, pool, () => undefined),
    importFolder: () => images.import(project, scans, 'none', none),
    groups: () =>
      Object.fromEntries([...store.images.all(project)].map(({ name, group }) => [name, group])),
  };
}

const damage: readonly [string, string, (file: string) => void][] = [
  [
    'lost',
    'missing',
    (file) => {
      rmSync(file);
    },
  ],
  [
    'cut',
    'damaged',
    (file) => {
      writeFileSync(file, readFileSync(file).subarray(0, 7));
    },
  ],
  [
    'emptied',
    'damaged',
    (file) => {
      writeFileSync(file, '');
    },
  ],
  [
    'exchanged',
    'other',
    (file) => {
      writeFileSync(file, Buffer.alloc(32, 7));
    },
  ],
];

describe.each(damage)('a secret that is %s', (_name, state, spoil) => {
  test('is never replaced silently: images with patients wait, others are imported, and it can be restored', async () => {
    const { store, scans, secret, importFolder, groups, patients } = world();
    await importFolder();
    const before = groups();
    expect(new Set(Object.values(before)).size).toBe(2);
    const kept = readFileSync(secret);
    spoil(secret);
    const spoiled = (await findSecret(store)).state === 'sound' ? 'sound' : state;
    expect(spoiled).toBe(state);
    slice(join(scans, 'a4.dcm'), 'A-4711', 77);
    writeFileSync(
      join(scans, 'photo.png'),
      Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      ),
    );
    const report = await importFolder();
    expect(report.added).toBe(1);
    expect(report.skipped).toHaveLength(1);
    expect(report.skipped[0]?.reason).toMatch(
      /key that distinguishes patients.*Restore the file from a backup/,
    );
    expect(await patients.status()).toMatchObject({ state, groups: 2 });
    expect(groups()).toMatchObject(before);

    writeFileSync(secret, kept);
    expect((await importFolder()).added).toBe(1);
    expect(groups()['a4.dcm']).toBe(before['a1.dcm']);
  });

  test('can be given up: all groups are computed again from the files', async () => {
    const { scans, secret, importFolder, groups, patients } = world();
    await importFolder();
    const before = groups();
    spoil(secret);
    rmSync(join(scans, 'a3.dcm'));
    const report = await patients.rekey(none);
    expect(report).toEqual({ images: 5, groups: 2, gone: [join(scans, 'a3.dcm')] });
    const after = groups();
    expect(after['a1.dcm']).not.toBe(before['a1.dcm']);
    // The missing image stays in its patient's group.
    expect(new Set([after['a1.dcm'], after['a2.dcm'], after['a3.dcm']]).size).toBe(1);
    expect(after['b1.dcm']).toBe(after['b2.dcm']);
    expect(after['a1.dcm']).not.toBe(after['b1.dcm']);
    slice(join(scans, 'b3.dcm'), 'B-0815', 99);
    await importFolder();
    expect(groups()['b3.dcm']).toBe(after['b1.dcm']);
  });
});

test('a secret that is temporarily unreadable stays unchanged', async () => {
  const { secret, importFolder, patients } = world();
  await importFolder();
  // Simulates a failing disk for any user: a folder cannot be read as a file.
  renameSync(secret, `${secret}.aside`);
  mkdirSync(secret);
  expect(await patients.status()).toMatchObject({ state: 'unreadable' });
  rmSync(secret, { recursive: true });
  renameSync(`${secret}.aside`, secret);
  expect(await patients.status()).toMatchObject({ state: 'sound', message: null });
});

test('patients whose files are all missing become one group, and get their own when the files are back', async () => {
  const { scans, secret, importFolder, groups, patients } = world();
  await importFolder();
  rmSync(secret);
  const files = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => join(scans, `${name}.dcm`));
  const kept = files.map((file) => readFileSync(file));
  for (const file of files) rmSync(file);
  expect((await patients.rekey(none)).gone).toEqual(files);
  expect(new Set(Object.values(groups())).size).toBe(1);
  for (const [index, file] of files.entries()) writeFileSync(file, kept[index] ?? '');
  await importFolder();
  expect(new Set(Object.values(groups())).size).toBe(2);
  expect(groups()['a1.dcm']).toBe(groups()['a3.dcm']);
});

test('two groups of one patient, as a replaced secret once left them, are merged', async () => {
  const { store, project, importFolder, groups, patients } = world();
  await importFolder();
  const [first] = [...store.images.all(project)];
  store.images.regroup([{ id: first?.id ?? 0, group: 'f'.repeat(16) }]);
  expect(new Set(Object.values(groups())).size).toBe(3);
  await patients.rekey(none);
  expect(new Set(Object.values(groups())).size).toBe(2);
});

test('a group made by the user stays, even if its name looks like a generated one', async () => {
  const { store, project, importFolder, groups, patients } = world();
  await importFolder();
  const all = [...store.images.all(project)].map(({ id }) => id);
  store.images.regroup(all.map((id) => ({ id, group: '0123456789abcdef' })));
  await patients.rekey(none);
  expect(new Set(Object.values(groups()))).toEqual(new Set(['0123456789abcdef']));
});

test('stopping or failing leaves groups and secret unchanged', async () => {
  const { store, secret, importFolder, groups, patients } = world();
  await importFolder();
  const [before, kept] = [groups(), readFileSync(secret)];
  await expect(patients.rekey(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  const failing = replaceSecret(store, Buffer.alloc(32, 1), () => {
    store.images.regroup([{ id: 1, group: 'lost' }]);
    throw new Error('the disk is full');
  });
  await expect(failing).rejects.toThrow('the disk is full');
  expect([groups(), readFileSync(secret)]).toEqual([before, kept]);
  // Killed after the database had the new key, before the key file was replaced.
  writeFileSync(`${secret}.next`, Buffer.alloc(32, 9));
  expect((await findSecret(store)).state).toBe('sound');
  expect(readFileSync(secret)).toEqual(kept);
});

test('a workspace without groups creates a secret, and a new one if it is lost', async () => {
  const { store, secret } = world();
  expect((await findSecret(store)).state).toBe('sound');
  rmSync(secret);
  expect((await findSecret(store)).state).toBe('sound');
  expect(readFileSync(secret)).toHaveLength(32);
});

test('images join the group of their examination, which was imported earlier without a patient', async () => {
  const { scans, importFolder, groups } = world();
  const person: Entry[] = [
    [0x00100010, 'PN', 'Schmidt^Hans'],
    [0x00100030, 'DA', '19700101'],
  ];
  const scan = (name: string, study: string, more: readonly Entry[]): void => {
    const pixels = new Uint8Array(64).map((_, index) => (index * name.charCodeAt(0)) % 251);
    const entries: Entry[] = [...more, [0x0020000d, 'UI', study]];
    const file = pictureFile(syntax.explicit, { rows: 8, columns: 8 }, pixels, entries);
    writeFileSync(join(scans, `${name}.dcm`), file);
  };
  scan('q', '1.2.1', []);
  await importFolder();
  scan('r', '1.2.1', person);
  scan('s', '1.2.2', person);
  scan('t', '1.2.3', person);
  await importFolder();
  const by = groups();
  expect(by['q.dcm']).toMatch(/^[0-9a-f]{16}$/);
  expect(by['r.dcm']).toBe(by['q.dcm']);
  expect(by['s.dcm']).not.toBe(by['q.dcm']);
  expect(by['t.dcm']).toBe(by['s.dcm']);
});
