import { expect, it } from 'vitest';
import { settingsInUnit, toleranceLimits } from './border-tolerance.ts';

it('allows whole pixels, and lengths with decimals', () => {
  expect(toleranceLimits('px')).toEqual({ low: 0, high: 64, step: 1 });
  expect(toleranceLimits('mm')).toEqual({ low: 0, high: 1000, step: 'any' });
  expect(toleranceLimits('m')).toEqual(toleranceLimits('mm'));
});

it('keeps the number in another unit where it is allowed', () => {
  expect(settingsInUnit('mm', 2)).toEqual({ tolerance: 2, toleranceUnit: 'mm' });
  expect(settingsInUnit('m', 0.25)).toEqual({ tolerance: 0.25, toleranceUnit: 'm' });
  expect(settingsInUnit('px', 1.5)).toEqual({ tolerance: 2, toleranceUnit: 'px' });
  expect(settingsInUnit('px', 300)).toEqual({ tolerance: 64, toleranceUnit: 'px' });
});
