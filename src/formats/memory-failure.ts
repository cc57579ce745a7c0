import { UserError } from '../core/errors.ts';

/**
 * How libvips, its decoders, zlib, C++ and V8 say it, which have no code for it: "vips_tracked: out of memory -- size ==
 * 732MB", "VipsJpeg: Insufficient memory (case 4)", "Could not allocate enough memory for raw output", "std::bad_alloc",
 * "Array buffer allocation failed". A thread that has no room for its stack is "glib: Error creating thread: Resource
 * temporarily unavailable".
 */
const sayings =
  /out of memory|(?:insufficient|enough) memory|bad_alloc|allocation failed|failed to allocate|creating thread/i;

/** What to throw where an image was not read for want of memory; undefined for any other failure, or one that is told. */
export function memoryFailure(error: unknown, path: string): UserError | undefined {
  if (error instanceof UserError) return undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (!sayings.test(message)) return undefined;
  return new UserError(
    'too-large',
    `There was not enough memory to read ${path}. Close other programs, or cut it into smaller images.`,
    message,
  );
}
