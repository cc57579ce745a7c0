import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import process from 'node:process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failurePage } from './window/failure-page.ts';
import { Log } from './log.ts';
import { pictureUrl, preparationMark } from '../contract/bridge.ts';
import { readPictureUrl } from './pictures.ts';
import { Workspace } from './workspace.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-main-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a chosen workspace is stored, and a forced one takes precedence over it', () => {
  new Workspace(folder, '/default', undefined).choose('/chosen');
  expect(new Workspace(folder, '/default', undefined).folder).toBe('/chosen');
  expect(new Workspace(folder, '/default', '/forced').folder).toBe('/forced');
});

test('a workspace that was opened counts as known, until another one is chosen', () => {
  const workspace = new Workspace(folder, '/default', undefined);
  expect(workspace.isKnown).toBe(false);
  workspace.noteOpened();
  expect(workspace.isKnown).toBe(true);
  expect(new Workspace(folder, '/default', undefined).isKnown).toBe(true);
  expect(new Workspace(folder, '/default', '/forced').isKnown).toBe(false);
  workspace.choose('/default');
  expect(workspace.isKnown).toBe(false);
  workspace.choose('/chosen');
  workspace.noteOpened();
  const next = new Workspace(folder, '/default', undefined);
  expect([next.folder, next.isKnown]).toEqual(['/chosen', true]);
});

test.each(['', '{', '[]', '{"workspace":""}', '{"workspace":7}', '{"other":1}'])(
  'settings with the text %j fall back to the default folder',
  (text) => {
    writeFileSync(join(folder, 'settings.json'), text);
    expect(new Workspace(folder, '/default', undefined).folder).toBe('/default');
  },
);

test('the log is continued, and two older files are kept', () => {
  const file = join(folder, 'logs', 'app.log');
  new Log(file).append('before\n');
  const log = new Log(file);
  log.note('again');
  expect(readFileSync(file, 'utf8')).toMatch(/^before\n\S+Z window: again\n$/);
  for (const letter of ['a', 'b', 'c', 'd']) log.append(letter.repeat(5 * 1024 * 1024 + 1));
  expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['app.log', 'app.log.1', 'app.log.2']);
  expect(readFileSync(file, 'utf8')[0]).toBe('d');
  expect(readFileSync(`${file}.2`, 'utf8')[0]).toBe('b');
});

test.each([
  ['media://image/12/thumbnail', { image: 12, side: 'thumbnail', mark: null }],
  ['media://image/1/whole', { image: 1, side: 'whole', mark: null }],
  ['media://image/1/whole?v=0a1b2c3d', { image: 1, side: 'whole', mark: '0a1b2c3d' }],
  ['media://image/1/whole?v=0a1b2c3', null],
  ['media://image/1/whole?v=0A1B2C3D', null],
  ['media://image/1/whole?v=0a1b2c3d&v=00000000', null],
  ['media://image/1/whole?w=0a1b2c3d', null],
  ['media://image/1/whole?', null],
  ['media://image/1/whole#0a1b2c3d', null],
  ['media://image/0/whole', null],
  ['media://image/1/whole/../../x', null],
  ['media://image/1/other', null],
  ['media://file/etc/passwd', null],
  ['media://image/99999999999999999999/whole', null],
])('the address %s is read as %j', (url, picture) => {
  expect(readPictureUrl(url)).toEqual(picture);
});

test('an address contains the mark of its preparation, and is read as it was written', () => {
  const preparations = [
    { range: 'auto' },
    { range: 'window:40:400' },
    { range: 'window:40:401' },
    { range: 'auto', bands: [1] },
    { range: 'auto', bands: [1, 2, 3] },
  ];
  const marks = preparations.map(preparationMark);
  expect(new Set(marks).size).toBe(marks.length);
  expect(preparationMark({ range: 'auto' })).toBe(marks[0]);
  for (const mark of marks) {
    expect(readPictureUrl(pictureUrl(7, 'whole', mark))).toEqual({ image: 7, side: 'whole', mark });
  }
});

test.skipIf(process.platform === 'win32')(
  'settings and logs can be read only by their owner, including older files',
  () => {
    const modes = (): Record<string, number> =>
      Object.fromEntries(
        readdirSync(folder, { recursive: true }).map((name) => [
          String(name),
          statSync(join(folder, String(name))).mode & 0o777,
        ]),
      );
    const before = process.umask(0);
    try {
      chmodSync(folder, 0o755);
      mkdirSync(join(folder, 'logs'));
      writeFileSync(join(folder, 'logs', 'app.log.1'), 'old');
      const log = new Log(join(folder, 'logs', 'app.log'));
      log.note('new');
      new Workspace(folder, '/default', undefined).choose('/chosen');
      expect(modes()).toEqual({
        logs: 0o700,
        'logs/app.log': 0o600,
        'logs/app.log.1': 0o600,
        'settings.json': 0o600,
      });
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      log.clear();
      log.note('after a project was removed');
      expect(Object.keys(modes()).sort()).toEqual(['logs', 'logs/app.log', 'settings.json']);
      expect(modes()['logs/app.log']).toBe(0o600);
    } finally {
      process.umask(before);
    }
  },
);

test('the failure page escapes HTML in its text', () => {
  const page = failurePage({ title: 'a', text: 'b', details: '<script>"x" & y</script>' });
  expect(page).toContain('&lt;script&gt;&quot;x&quot; &amp; y&lt;/script&gt;');
  expect(page).not.toContain('<script');
});
