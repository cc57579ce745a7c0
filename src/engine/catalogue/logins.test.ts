import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { databaseName, openStore } from '../../store/store.ts';
import { temporaryFolder } from '../../store/testing/temporary-store.ts';
import { DownloadLogins } from './logins.ts';

const password = 'Rocinante-4711';
const settings = {
  mirror: `https://token-${password}@mirror.example`,
  proxy: `http://ada:${password}@proxy.example:3128`,
  plainHttp: false,
};
const bare = {
  mirror: 'https://mirror.example',
  proxy: 'http://proxy.example:3128',
  plainHttp: false,
};

/** Files of a workspace that contain the password. */
function leaks(folder: string): string[] {
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(password));
}

test('names and passwords are never stored in the workspace, and have to be entered at the next start', () => {
  const folder = temporaryFolder();
  const store = openStore(folder);
  const logins = new DownloadLogins(store);
  logins.save(settings);
  expect(logins.settings).toEqual(bare);
  expect(logins.states()).toEqual({ mirror: 'session', proxy: 'session' });
  expect(logins.complete()).toEqual(settings);
  // Saving the shown settings again keeps the logins.
  logins.save(bare);
  expect(logins.complete()).toEqual(settings);
  expect(leaks(folder)).toEqual([]);
  store.close();
  expect(leaks(folder)).toEqual([]);

  const again = openStore(folder);
  const later = new DownloadLogins(again);
  expect(later.states()).toEqual({ mirror: 'missing', proxy: 'missing' });
  expect(() => later.complete()).toThrow(/needs a name and password/);
  later.unlock({ mirror: `token-${password}`, proxy: `ada:${password}` });
  expect(later.complete()).toEqual(settings);
  // A different server does not get the login.
  later.save({ mirror: null, proxy: 'http://other.example:3128', plainHttp: false });
  expect(later.complete()).toEqual({
    mirror: null,
    proxy: 'http://other.example:3128',
    plainHttp: false,
  });
  expect(later.known).toEqual({ mirror: null, proxy: null });
  again.close();
});

test('removes plain-text logins of an older version from the database, its log and its copies', () => {
  const folder = temporaryFolder();
  openStore(folder).close();
  const database = new Database(join(folder, databaseName));
  database
    .prepare(`INSERT INTO settings (name, value) VALUES ('downloads', ?)`)
    .run(JSON.stringify(settings));
  database.prepare('VACUUM INTO ?').run(join(folder, 'understudy.before-180.sqlite'));
  database.close();
  expect(leaks(folder)).toHaveLength(2);
  const store = openStore(folder);
  const logins = new DownloadLogins(store);
  expect(logins.known).toEqual({ mirror: `token-${password}`, proxy: `ada:${password}` });
  expect(logins.settings).toEqual(bare);
  expect(logins.complete()).toEqual(settings);
  expect(leaks(folder)).toEqual([]);
  store.close();
  expect(leaks(folder)).toEqual([]);
  expect(readdirSync(folder)).toContain('understudy.before-180.sqlite');
});
