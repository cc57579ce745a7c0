import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { webgpuMissing } from './executors.ts';

const reason = webgpuMissing === undefined ? '' : ` (skipped: ${webgpuMissing})`;

it.skipIf(webgpuMissing !== undefined)(
  `WebGPU gets every node of every graph${reason}`,
  async () => {
    const script = fileURLToPath(new URL('placements-process.ts', import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], {
      maxBuffer: 2 ** 28,
    });
    const loaded = stdout.trim().split('\n');
    expect(loaded).toEqual(['teacher', 'step', 'patches', 'step', 'step']);
    const placements = stderr.match(/\S+ \S+ placed on \[\w+\]/g);
    expect(placements).toEqual(loaded.map(() => 'All nodes placed on [WebGpuExecutionProvider]'));
  },
);
