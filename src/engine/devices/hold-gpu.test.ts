import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { holdDevice } from './hold-gpu.ts';

it('the second on a GPU knows of the first; processors are nobody’s', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-hold-'));
  const file = join(folder, 'gpu.lock');
  try {
    const first = holdDevice('webgpu', file);
    expect(first.isShared).toBe(false);
    // By whatever road it is reached.
    expect(holdDevice('cuda', file).isShared).toBe(true);
    expect(holdDevice('cpu', file).isShared).toBe(false);
    first.release();
    const next = holdDevice('webgpu', file);
    expect(next.isShared).toBe(false);
    next.release();
    expect(holdDevice('webgpu', join(folder, 'no', 'such', 'gpu.lock')).isShared).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
