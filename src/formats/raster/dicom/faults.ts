import { UserError } from '../../../core/errors.ts';
import { readFailure } from '../../file-errors.ts';
import { memoryFailure } from '../../memory-failure.ts';

type FaultCode = 'invalid-file' | 'unsupported' | 'too-large';

/**
 * What is wrong with a file, told by code that does not know its name: `what` goes on from the path
 * ("is cut short …"), `advice` is a sentence of its own. It never leaves the reader.
 */
export class DicomFault extends Error {
  readonly code: FaultCode;
  readonly advice: string;
  /** More for a report. */
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
  return new DicomFault('invalid-file', what, 'Copy it again or remove it.', details);
}

/** The file is sound, but not for this program. */
export function unsupported(what: string, advice: string): DicomFault {
  return new DicomFault('unsupported', what, advice);
}

export function tooLarge(what: string): DicomFault {
  return new DicomFault('too-large', what, 'Cut it into smaller images.');
}

/** The error for a person: a fault gets the file's name, a failure of the disk its sentence. */
export function userError(error: unknown, path: string): Error {
  if (error instanceof DicomFault) {
    return new UserError(error.code, `${path} ${error.message}. ${error.advice}`, error.details);
  }
  return memoryFailure(error, path) ?? readFailure(error, path);
}
