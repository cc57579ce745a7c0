import { UserError } from '../../../core/errors.ts';
import { dicomAdvice, dicomText } from '../../../text/index.ts';
import { readFailure } from '../../files/file-errors.ts';
import { memoryFailure } from '../../files/memory-failure.ts';

type FaultCode = 'invalid-file' | 'unsupported' | 'too-large';

/**
 * Fault of a file, found by code that does not know the file's name: `what` continues the path ("is cut short …"),
 * `advice` is a complete sentence. It is never thrown outside the reader.
 */
export class DicomFault extends Error {
  readonly code: FaultCode;
  readonly advice: string;
  /** Further details for a bug report. */
  readonly details: string | undefined;

  constructor(code: FaultCode, what: string, advice: string, details?: string) {
    super(what);
    this.code = code;
    this.advice = advice;
    this.details = details;
  }
}

/** Fault of a damaged file. */
export function damaged(what: string, details?: string): DicomFault {
  return new DicomFault('invalid-file', what, dicomAdvice.copyAgain, details);
}

/** Fault of a valid but unsupported file. */
export function unsupported(what: string, advice: string): DicomFault {
  return new DicomFault('unsupported', what, advice);
}

export function tooLarge(what: string): DicomFault {
  return new DicomFault('too-large', what, dicomAdvice.cut);
}

/** Converts a fault to a UserError with the file's name; disk errors keep their message. */
export function userError(error: unknown, path: string): Error {
  if (error instanceof DicomFault) {
    const message = dicomText.message(path, error.message, error.advice);
    return new UserError(error.code, message, error.details);
  }
  return memoryFailure(error, path) ?? readFailure(error, path);
}
