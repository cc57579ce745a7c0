import { expect, it } from 'vitest';
import { deviceName } from '../../../contract/jobs.ts';
import type { DeviceChoice, DeviceName } from '../../../contract/jobs.ts';
import { hasHalfProducts } from './precision-choice.ts';

const there = (...names: DeviceName[]): { name: DeviceName; missing: null }[] =>
  names.map((name) => ({ name, missing: null }));

it('products in 16 bits are those of GPUs alone', () => {
  const having = deviceName.options.filter((name) =>
    hasHalfProducts(there(name), { device: 'auto' }),
  );
  expect(having).toEqual(['webgpu', 'cuda', 'dml', 'coreml']);
});

it.each<[DeviceChoice, boolean]>([
  ['auto', true],
  ['webgpu', true],
  ['cpu', false],
  ['tensorflow', false],
  ['cuda', false],
])('beside a graphics card, where the project asks for %s: %s', (device, expected) => {
  expect(hasHalfProducts(there('cpu', 'webgpu', 'tensorflow'), { device })).toBe(expected);
});

it('a graphics card that is not there has none', () => {
  const gone = { name: 'webgpu', missing: 'It is not there.' } as const;
  expect(hasHalfProducts([...there('cpu'), gone], { device: 'auto' })).toBe(false);
  expect(hasHalfProducts([], { device: 'auto' })).toBe(false);
});
