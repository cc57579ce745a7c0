import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileSource } from './file-source.ts';
import { openAtOnce, openPatiently } from './open-file.ts';
import { expectRefusal } from './testing/reading.ts';
import { testFolder } from './testing/test-folder.ts';

const folder = testFolder();
const bytes = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);

describe.each([
  ['patiently', openPatiently],
  ['at once', openAtOnce],
])('a file opened %s', (_, open) => {
  it('returns its bytes by offset, and its properties', async () => {
    const path = await folder.file('bytes.bin', bytes);
    const source = await FileSource.open(path, open);
    expect(source).toMatchObject({ path, size: 1000 });
    expect(Math.abs(source.modified - Date.now())).toBeLessThan(600_000);
    expect(await source.read(300, 20)).toEqual(bytes.slice(300, 320));
    expect(await source.head(2000)).toEqual(bytes);
    expect(await source.whole()).toEqual(bytes);
    await source.close();
  });

  it('fails with a message past its end, and once it is closed', async () => {
    const path = await folder.file('short.bin', bytes);
    const source = await FileSource.open(path, open);
    await expectRefusal(source.read(990, 20), 'invalid-file', /short\.bin ended while/);
    await source.close();
    await expectRefusal(source.read(0, 1), 'cancelled', /closed while/);
  });

  it('must exist and be a file', async () => {
    await expectRefusal(
      FileSource.open(join(folder.path, 'none.bin'), open),
      'not-found',
      /none\.bin was not found/,
    );
    await mkdir(join(folder.path, 'inner'), { recursive: true });
    await expectRefusal(
      FileSource.open(join(folder.path, 'inner'), open),
      'invalid-file',
      /inner is not a file/,
    );
  });
});
