import { UserError } from '../../../core/errors.ts';
import { dicomAdvice, dicomText } from '../../../text/index.ts';
import { readFailure } from '../../files/file-errors.ts';
import { memoryFailure } from '../../files/memory-failure.ts';

type FaultCode = 'invalid-file' | 'unsupported' | 'too-large';

/**
 * Fault of a file, found by code that does not know its name: `what` continues the path ("is cut short …"), `advice`
 * is a sentence of its own. It never leaves the reader.
 */
export class DicomFault extends Error {
  readonly code: FaultCode;
  readonly advice: string;
  /** Further details for a report. */
  readonly details: string | undefined;

  constructor(code: FaultCode, what: string, advice: string, details?: string) {
    super(what);
    this.code = code;
    this.advice = advice;
    this.details = details;
  }
}

/** The file cannot be what its writer meant. */
export function damaged(what: string, details?: string): DicomFault {
  return new DicomFault('invalid-file', what, dicomAdvice.copyAgain, details);
}

/** The file is sound, but not for this program. */
export function unsupported(what: string, advice: string): DicomFault {
  return new DicomFault('unsupported', what, advice);
}

export function tooLarge(what: string): DicomFault {
  return new DicomFault('too-large', what, dicomAdvice.cut);
}

/** The error for a person: a fault gets the file's name, a failure of the disk its sentence. */
export function userError(error: unknown, path: string): Error {
  if (error instanceof DicomFault) {
    const message = dicomText.message(path, error.message, error.advice);
    return new UserError(error.code, message, error.details);
  }
  return memoryFailure(error, path) ?? readFailure(error, path);
}
