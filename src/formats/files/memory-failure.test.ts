import { expect, it } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { memoryFailure } from './memory-failure.ts';

it.each([
  'vips_tracked: out of memory -- size == 732MB',
  'Input buffer has corrupt header: vips_tracked: out of memory -- size == 976MB',
  'VipsJpeg: Insufficient memory (case 4)',
  'Could not allocate enough memory for raw output',
  'std::bad_alloc',
  'insufficient memory',
  'Array buffer allocation failed',
  'Failed to allocate memory',
  'glib: Error creating thread: Resource temporarily unavailable',
])('recognises lack of memory: %j', (message) => {
  expect(memoryFailure(new Error(message), '/images/a.png')).toMatchObject({
    code: 'too-large',
    message:
      'There was not enough memory to read /images/a.png. Close other programs, or split it into smaller images.',
    details: message,
  });
});

it.each([
  'VipsJpeg: premature end of JPEG image',
  'Input buffer has corrupt header: pngload_buffer: libspng read error',
  'memory access out of bounds',
  'incorrect data check',
])('ignores other errors: %j', (message) => {
  expect(memoryFailure(new Error(message), 'a')).toBeUndefined();
});

it('ignores errors that are already UserErrors', () => {
  expect(memoryFailure(new UserError('device', 'out of memory'), 'a')).toBeUndefined();
});
