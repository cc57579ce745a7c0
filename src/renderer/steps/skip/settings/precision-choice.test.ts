import { expect, it } from 'vitest';
import { deviceName } from '../../../../contract/jobs.ts';
import type { DeviceChoice, DeviceName } from '../../../../contract/jobs.ts';
import { supportsFloat16 } from './precision-choice.ts';

const there = (...names: DeviceName[]): { name: DeviceName; missing: null }[] =>
  names.map((name) => ({ name, missing: null }));

it('only GPUs compute products in 16 bits', () => {
  const having = deviceName.options.filter((name) =>
    supportsFloat16(there(name), { device: 'auto' }),
  );
  expect(having).toEqual(['webgpu', 'cuda', 'dml', 'coreml']);
});

it.each<[DeviceChoice, boolean]>([
  ['auto', true],
  ['webgpu', true],
  ['cpu', false],
  ['tensorflow', false],
  ['cuda', false],
])('with a graphics card, if the project asks for %s: %s', (device, expected) => {
  expect(supportsFloat16(there('cpu', 'webgpu', 'tensorflow'), { device })).toBe(expected);
});

it('a missing graphics card does not count', () => {
  const gone = { name: 'webgpu', missing: 'It is not there.' } as const;
  expect(supportsFloat16([...there('cpu'), gone], { device: 'auto' })).toBe(false);
  expect(supportsFloat16([], { device: 'auto' })).toBe(false);
});
