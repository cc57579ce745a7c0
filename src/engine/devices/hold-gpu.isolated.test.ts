import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { holdDevice } from './hold-gpu.ts';
import { isOnGpu } from './possible-devices.ts';

const person = vi.hoisted(() => ({ hasName: true }));
vi.mock(import('node:os'), async (original) => {
  const os = await original();
  const userInfo = (): ReturnType<typeof os.userInfo> => {
    if (person.hasName) return os.userInfo();
    throw new Error('uv_os_get_passwd returned ENOENT');
  };
  return { ...os, userInfo: userInfo as typeof os.userInfo };
});

it('the second run on a GPU is told about the first; processors are not locked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-hold-'));
  const file = join(folder, 'gpu.lock');
  try {
    const first = holdDevice('webgpu', 1, file);
    expect(first.isShared).toBe(false);
    // Whichever interface is used.
    expect(holdDevice('cuda', 1, file).isShared).toBe(true);
    // Devices that use the processor or cannot exist here are not on a GPU.
    const others = (['cpu', 'dml', 'coreml', 'tensorflow'] as const).filter(
      (name) => !isOnGpu(name),
    );
    expect(others.length).toBeGreaterThanOrEqual(2);
    for (const name of others) expect(holdDevice(name, 1, file).isShared).toBe(false);
    first.release();
    const next = holdDevice('webgpu', 1, file);
    expect(next.isShared).toBe(false);
    next.release();
    expect(holdDevice('webgpu', 1, join(folder, 'no', 'such', 'gpu.lock')).isShared).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('does not need the name of the current user', () => {
  person.hasName = false;
  expect(holdDevice('cpu').isShared).toBe(false);
  expect(holdDevice('webgpu').isShared).toBe(false);
  person.hasName = true;
});
