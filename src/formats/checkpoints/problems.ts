import { UserError } from '../../core/errors.ts';

/** `UserError('invalid-file')` that names the file, the reason and what to do. */
export function invalidCheckpoint(path: string, reason: string): UserError {
  return new UserError(
    'invalid-file',
    `${path} is not a valid PyTorch checkpoint: ${reason}. Copy or download it again.`,
  );
}

const saveAlone =
  'open it in Python and save the model\'s state_dict alone, with "torch.save" or "safetensors.torch.save_file".';

/** Sentences on how to come from a checkpoint that cannot be read to one that can. */
export const saveWeightsAlone = saveAlone.replace(/^o/, 'O');
export const saveWeightsIfTrusted = `If you trust where it is from, ${saveAlone}`;

/** What JSON leaves as it is though terminals obey it: delete, the other controls, marks of direction, line ends. */
const unseen = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A name for a message: quoted, control characters escaped, cut when it is very long. */
export function quoted(name: string): string {
  return JSON.stringify(shortened(name)).replace(
    unseen,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** As `quoted`, without quotation marks: for names of Python's that need none. */
export function printable(name: string): string {
  return quoted(name).slice(1, -1);
}

function shortened(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}
