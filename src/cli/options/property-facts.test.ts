import { expect, it } from 'vitest';
import { z } from 'zod';
import { distillRequest } from '../../contract/jobs.ts';
import { propertyFacts } from './property-facts.ts';

it.each<[string, z.ZodType, string]>([
  ['a range', z.int().min(1).max(1024), 'a whole number from 1 to 1024'],
  ['a large range', z.int().min(0).max(1_000_000), 'a whole number from 0 to 1,000,000'],
  ['an open range', z.number().positive(), 'a number above 0'],
  ['a half-open range', z.number().positive().max(0.1), 'a number above 0 and at most 0.1'],
  ['a lower bound', z.number().min(2), 'a number at least 2'],
  ['choices', z.enum(['a', 'b', 'c']), 'a, b or c'],
  ['text', z.string().min(1).max(4096), 'text of 1 to 4096 characters'],
  ['a list', z.array(z.int().min(0).max(9)), 'whole numbers from 0 to 9, separated by commas'],
  ['an optional number', z.number().max(3).optional(), 'a number at most 3'],
])('describes %s', (_name, schema, wanted) => {
  expect(propertyFacts(z.object({ x: schema })).get('x')?.wanted).toBe(wanted);
});

it('finds kinds and defaults, in nested objects too', () => {
  const facts = propertyFacts(distillRequest);
  expect(facts.get('overrides.mean')?.kind).toBe('numbers');
  expect(facts.get('resume')?.kind).toBe('switch');
  expect(facts.get('labels')?.default).toBe('imagefolder');
  expect(facts.get('skip')?.default).toBe('2');
  expect(facts.get('out')?.default).toBeUndefined();
  expect(facts.has('overrides')).toBe(false);
});
