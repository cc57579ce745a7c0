import { access } from 'node:fs/promises';
import { UserError } from '../../../core/errors.ts';
import { niftiText } from '../../../text/index.ts';

/** A header and its voxels in two files: pairs of extensions. */
const endings = { header: /\.hdr(\.gz)?$/i, voxels: /\.img(\.gz)?$/i } as const;

/**
 * Returns the voxel file that belongs to a separate header file.
 *
 * @throws UserError 'not-found' if there is none, 'invalid-file' if the header's name has no known extension
 */
export async function voxelFileOf(headerPath: string): Promise<string> {
  if (!endings.header.test(headerPath)) {
    throw new UserError('invalid-file', niftiText.headerNotHdr(headerPath));
  }
  const found = await firstPresent(siblings(headerPath, endings.header, 'img'));
  if (found !== undefined) return found;
  throw new UserError('not-found', niftiText.voxelsMissing(headerPath));
}

/** Returns the header that may belong to a file with voxels, by its name; undefined if there is none. */
export async function headerFileOf(path: string): Promise<string | undefined> {
  if (!endings.voxels.test(path)) return undefined;
  return firstPresent(siblings(path, endings.voxels, 'hdr'));
}

function siblings(path: string, ending: RegExp, wanted: 'hdr' | 'img'): string[] {
  const stem = path.replace(ending, '');
  const isUpper = /\.(HDR|IMG)/.test(path.slice(stem.length));
  const own = isUpper ? wanted.toUpperCase() : wanted;
  return [`${stem}.${own}`, `${stem}.${own}.gz`];
}

async function firstPresent(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      await access(path);
      return path;
    } catch {
      // This file does not exist; try the next.
    }
  }
  return undefined;
}
