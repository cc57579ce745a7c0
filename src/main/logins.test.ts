import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { splitLogin, withLogin } from '../contract/logins.ts';
import { LoginKeeper } from './logins.ts';
import type { KeyStore } from './logins.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-logins-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Flips bits in place of a system's encryption. */
function keyStore(backend = 'gnome_libsecret', isAvailable = true): KeyStore {
  const turned = (bytes: Buffer): Buffer => bytes.map((byte) => byte ^ 0x5a) as Buffer;
  return {
    isEncryptionAvailable: () => isAvailable,
    getSelectedStorageBackend: () => backend,
    encryptString: (text) => turned(Buffer.from(text)),
    decryptString: (encrypted) => turned(Buffer.from(encrypted)).toString('utf8'),
  };
}
const file = (): string => join(folder, 'logins.json');
const form = { mirror: null, proxy: ' http://ada:pa%40ss@proxy.example:3128 ' };
const shown = { mirror: null, proxy: 'http://proxy.example:3128' };

test('stores a login only for its address, encrypted, and closed to other users', () => {
  const keeper = new LoginKeeper(file(), keyStore());
  keeper.keepAll(form);
  const again = new LoginKeeper(file(), keyStore());
  expect(again.findAll(shown)).toEqual({ mirror: null, proxy: 'ada:pa%40ss' });
  expect(again.find('proxy', 'http://other.example:3128')).toBeNull();
  expect(again.find('mirror', shown.proxy)).toBeNull();
  expect(readFileSync(file(), 'utf8')).not.toMatch(/pa%40ss|ada/);
  if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test.each([
  ['basic_text', true],
  ['unknown', true],
  ['gnome_libsecret', false],
])('stores nothing without a key store (%s, available: %s)', (backend, isAvailable) => {
  const keeper = new LoginKeeper(file(), keyStore(backend, isAvailable));
  keeper.keepAll(form);
  expect(keeper.findAll(shown)).toEqual({ mirror: null, proxy: null });
  expect(() => readFileSync(file())).toThrow(/ENOENT/);
});

test.each([
  '',
  '{',
  '[]',
  '{"proxy http://proxy.example:3128":7}',
  '{"proxy http://proxy.example:3128":"AAAA"}',
])('reads a file with the text %j as empty', (text) => {
  writeFileSync(file(), text);
  const failing = {
    ...keyStore(),
    decryptString: () => {
      throw new Error('no');
    },
  };
  expect(new LoginKeeper(file(), failing).findAll(shown)).toEqual({ mirror: null, proxy: null });
});

test.each([
  ['http://a:b@x.example:1/', 'http://x.example:1', 'a:b'],
  ['http://a:b:c@x.example', 'http://x.example', 'a:b%3Ac'],
  ['https://token@x.example/path/', 'https://x.example/path', 'token'],
  ['https://x.example', 'https://x.example', null],
  ['nowhere', 'nowhere', null],
])('splits %s and joins it again', (text, address, login) => {
  expect(splitLogin(text)).toEqual({ address, login });
  if (login === null) return;
  const whole = new URL(withLogin(address, login));
  const before = new URL(text);
  expect([whole.username, whole.password, whole.host]).toEqual([
    before.username,
    before.password,
    before.host,
  ]);
});
