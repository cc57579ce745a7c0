import { UserError } from '../../core/errors.ts';
import { fileText } from '../../text/index.ts';

/**
 * Error messages of libvips, its decoders, zlib, C++ and V8 for lack of memory, which has no error code: "vips_tracked:
 * out of memory -- size == 732MB", "VipsJpeg: Insufficient memory (case 4)", "Could not allocate enough memory for raw
 * output", "std::bad_alloc", "Array buffer allocation failed". A thread without room for its stack fails with "glib:
 * Error creating thread: Resource temporarily unavailable".
 */
const failureTexts =
  /out of memory|(?:insufficient|enough) memory|bad_alloc|allocation failed|failed to allocate|creating thread/i;

/**
 * Returns the error to throw if an image was not read for lack of memory; undefined for any other failure, and for one
 * that is already a UserError.
 */
export function memoryFailure(error: unknown, path: string): UserError | undefined {
  if (error instanceof UserError) return undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (!failureTexts.test(message)) return undefined;
  return new UserError('too-large', fileText.noMemoryToRead(path), message);
}
