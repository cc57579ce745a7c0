import { expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { presentable } from './presentable.ts';

it('keeps messages of two lines unchanged', () => {
  expect(presentable('One.\nTwo – “drei”.')).toBe('One.\nTwo – “drei”.');
});

it('keeps errors short and harmless, whatever a file put into them', () => {
  const name = `\u001b[2J\u202e${'x'.repeat(1_000_000)}`;
  const { message } = new UserError('invalid-file', `a.tif has ${name}. Copy it again.`);
  expect(message).toMatch(/^a\.tif has \?\[2J\?x+ … x+\. Copy it again\.$/);
  expect(message.length).toBeLessThan(2100);
});
