import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from './support.ts';

it('a session leaves nothing in the home folder', async () => {
  const home = await temporaryFolder();
  const script = new URL('../../src/cli/main.ts', import.meta.url).pathname;
  const environment: NodeJS.ProcessEnv = { ...process.env, HOME: home };
  delete environment.ORT_DISABLE_TELEMETRY;
  delete environment.XDG_CACHE_HOME;
  await promisify(execFile)(process.execPath, [script, 'devices', '--json'], { env: environment });
  expect(await readdir(home)).toEqual([]);
});
