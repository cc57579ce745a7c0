import { UserError } from '../../../core/errors.ts';

/** `UserError('invalid-file')`: the file is broken; `reason` says where, as a clause. */
export function damaged(path: string, reason: string, details?: string): UserError {
  const message = `${path} is damaged: ${reason}. Copy it again or remove it.`;
  return new UserError('invalid-file', message, details);
}

/** `UserError('unsupported')`: a proper file with something that is not read here. */
export function unsupported(path: string, what: string): UserError {
  return new UserError(
    'unsupported',
    `${path} has ${what}, which is not supported. Save it as an ordinary TIFF or GeoTIFF (grey, RGB or bands; uncompressed, LZW or Deflate).`,
  );
}

/** `UserError('too-large')`: more than the limits of reading allow. */
export function tooLarge(path: string, what: string, advice: string): UserError {
  return new UserError('too-large', `${path} ${what}. ${advice}`);
}
