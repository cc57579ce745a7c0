import { expect, it } from 'vitest';
import { webgpuMissing } from '../conformance/executors.ts';
import { deviceDescription } from '../../src/contract/descriptions.ts';
import { findDevices, listDevices } from '../../src/engine/device-choice/list-devices.ts';

it.skipIf(webgpuMissing !== undefined || process.platform !== 'linux')(
  `distinguishes a software emulation from a GPU${webgpuMissing === undefined ? '' : ` (skipped: ${webgpuMissing})`}`,
  async () => {
    const webgpu = (await findDevices(1)).find(({ name }) => name === 'webgpu');
    expect(webgpu?.missing).toMatch(/is a software emulation of a GPU/);
  },
);

it('tests every possible device, and reports its speed or what it needs', async () => {
  // No Vulkan driver, as on a computer without a GPU.
  process.env.VK_DRIVER_FILES = '/nowhere/icd.json';
  const devices = await listDevices(1);
  expect(deviceDescription.array().parse(devices)).toEqual(devices);
  const [cpu, ...others] = devices;
  expect(cpu).toMatchObject({ name: 'cpu', missing: null, threads: 1 });
  expect(cpu?.imagesPerSecond).toBeGreaterThan(0);
  expect(others.map(({ name }) => name)).toContain('webgpu');
  for (const { missing, imagesPerSecond } of others) {
    if (missing === null) expect(imagesPerSecond).toBeGreaterThan(0);
    else expect(missing).toMatch(/^[A-Z].*\.$/s);
  }
  if (process.platform !== 'linux') return;
  expect(others.find(({ name }) => name === 'webgpu')?.missing).toMatch(/found no GPU here/);
});
