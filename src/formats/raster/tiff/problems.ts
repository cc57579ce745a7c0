import { UserError } from '../../../core/errors.ts';
import { tiffText } from '../../../text/index.ts';

/** `UserError('invalid-file')`: the file is damaged; `reason` says how, as a clause. */
export function damaged(path: string, reason: string, details?: string): UserError {
  return new UserError('invalid-file', tiffText.damaged(path, reason), details);
}

/** `UserError('unsupported')`: a valid file with an unsupported feature. */
export function unsupported(path: string, what: string): UserError {
  return new UserError('unsupported', tiffText.unsupported(path, what));
}

/** `UserError('too-large')`: more than the limits of reading allow. */
export function tooLarge(path: string, what: string, advice: string): UserError {
  return new UserError('too-large', tiffText.tooLarge(path, what, advice));
}
