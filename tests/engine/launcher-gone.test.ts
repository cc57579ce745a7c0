import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { checkpointProgress } from '../../src/engine/distill/checkpoint.ts';
import { temporaryFolder, writeImages, writeTinyTeacher } from './support.ts';

const launcher = fileURLToPath(new URL('../../bin/understudy.mjs', import.meta.url));
/** Makes the launcher treat its Node as an older one. */
const oldNode = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.18.0'})`;

it('the work stops with a checkpoint when its launcher on an older Node is killed', async () => {
  const folder = await temporaryFolder();
  await writeTinyTeacher(join(folder, 'teacher.safetensors'));
  await writeImages(join(folder, 'train'), 8, 1);
  const out = join(folder, 'out');
  const needed = ['--teacher', join(folder, 'teacher.safetensors'), '--out', out];
  const work = ['--images', join(folder, 'train'), '--steps', '1000000', '--threads', '1'];
  const child = spawn(
    process.execPath,
    ['--import', oldNode, launcher, 'distill', ...needed, ...work, '--rank', '2', '--json'],
    // In a process group of its own, so that nothing remains if the test fails.
    { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  );
  onTestFinished(() => {
    endGroup(child.pid);
  });
  const closed = once(child, 'close');
  createInterface(child.stdout).on('line', (line) => {
    if (/"phase":"distill","done":[5-9]/.test(line)) child.kill('SIGKILL');
  });
  // Its output stays open until the work has ended too.
  expect(await closed).toEqual([null, 'SIGKILL']);
  expect((await checkpointProgress(out))?.step).toBeGreaterThanOrEqual(5);
  expect(await stat(join(out, 'student.onnx')).catch(() => undefined)).toBeUndefined();
});

function endGroup(leader = 0): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All processes have ended.
  }
}
