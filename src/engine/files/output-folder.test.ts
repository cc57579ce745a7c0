import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../store/testing/temporary-store.ts';
import { holdFolder, tidyLock } from './output-folder.ts';

const module = new URL('output-folder.ts', import.meta.url).href;

/** Returns the result of another process that tidies a folder and then locks it briefly. */
function askAnother(folder: string): string {
  const [path, from] = [folder, module].map((text) => JSON.stringify(text));
  const script = `
    import { holdFolder, tidyLock } from ${from};
    tidyLock(${path});
    try {
      holdFolder(${path})();
      console.log('free');
    } catch ({ code }) {
      console.log(code);
    }`;
  return execFileSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
    { encoding: 'utf8' },
  ).trim();
}

it('the lock of a killed process is removed, and nothing else', () => {
  const folder = temporaryFolder();
  const lock = join(folder, '.understudy-lock');
  tidyLock(folder);
  tidyLock(join(folder, 'nowhere'));
  expect(existsSync(lock)).toBe(false);
  writeFileSync(lock, '');
  writeFileSync(join(folder, 'mine'), '');
  tidyLock(folder);
  expect([existsSync(lock), existsSync(join(folder, 'mine'))]).toEqual([false, true]);
  mkdirSync(lock);
  tidyLock(folder);
  expect(existsSync(lock)).toBe(true);
});

it('a held lock stays, whatever other processes try', () => {
  const folder = temporaryFolder();
  const release = holdFolder(folder);
  // Also in the process that holds the lock.
  tidyLock(folder);
  expect(() => holdFolder(folder)).toThrow(/Another run is writing/);
  expect(askAnother(folder)).toBe('in-use');
  expect(existsSync(join(folder, '.understudy-lock'))).toBe(true);
  release();
  expect(askAnother(folder)).toBe('free');
});
