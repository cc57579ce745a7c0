import { UserError } from '../../core/errors.ts';
import { pytorchText } from '../../text/index.ts';

/** `UserError('invalid-file')` that names the file, the reason and what to do. */
export function invalidCheckpoint(path: string, reason: string): UserError {
  return new UserError('invalid-file', pytorchText.invalid(path, reason));
}

/** Characters that JSON keeps but terminals interpret: delete, the other controls, bidi controls, line ends. */
const unseen = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Formats a name for a message: quoted, control characters escaped, truncated if very long. */
export function quoted(name: string): string {
  return JSON.stringify(shortened(name)).replace(
    unseen,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Makes a name printable like `quoted`, without quotation marks: for Python names. */
export function printableName(name: string): string {
  return quoted(name).slice(1, -1);
}

function shortened(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}
