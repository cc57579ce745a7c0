import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withNativeMemory } from '../../src/contract/native-memory.ts';
import { writeSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { namedCheckpoints } from '../support/named-checkpoints.ts';
import type { Left } from '../support/open-teachers-process.ts';
import { tinyVit } from '../support/tiny-vit.ts';

const script = fileURLToPath(new URL('../support/open-teachers-process.ts', import.meta.url));
const conventions = ['timm', 'hf-vit', 'dinov2'];
/** Weights as large as those of real teachers, whose memory the C library tends to keep. */
const large = { imageSize: 32, patchSize: 8, width: 1024, depth: 2, heads: 8, mlpWidth: 4096 };

let folder: string;
let files: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-teachers-'));
  files = await Promise.all(
    conventions.map(async (convention) => {
      const path = join(folder, `${convention}.safetensors`);
      const named = namedCheckpoints.find((each) => each.convention === convention);
      if (named === undefined) throw new Error(`no checkpoint of ${convention}`);
      await writeSafetensors(path, named.store(tinyVit({ ...large, ...named.architecture })));
      return path;
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function openInTurn(opened: readonly string[]): Promise<Left[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, ...opened],
    { env: withNativeMemory(process.env) },
  );
  return JSON.parse(stdout) as Left[];
}

it('teachers opened one after the other leave nothing in memory', async () => {
  const opened = [...files, ...files.slice(0, 1)];
  const [before, ...after] = await openInTurn(opened);
  if (before === undefined) throw new Error('nothing was measured');
  const { size } = await stat(files[0] ?? '');
  expect(after.map(({ sessions }) => sessions)).toEqual(opened.map(() => 0));
  for (const { arrays } of after) expect(arrays - before.arrays).toBeLessThan(size / 10);
  // Code that is loaded in the process takes some megabytes; the C library used to keep several times the size of a
  // teacher.
  if (process.platform === 'linux') {
    for (const { resident } of after) expect(resident - before.resident).toBeLessThan(1.5 * size);
  }
});
