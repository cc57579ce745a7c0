import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = join(import.meta.dirname, '..', 'testing', 'hung-orphan.ts');

it('a process that hangs ends after its parent', async () => {
  // Its output stays open until both processes have ended.
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'parent']);
  expect(stdout).toBe('hangs\n');
});
