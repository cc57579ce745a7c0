import { createHmac } from 'node:crypto';
import { extname } from 'node:path';
import { UserError } from '../core/errors.ts';
import { mapConcurrently } from './files/concurrently.ts';
import type { FoundImage } from './labels/labelled-images.ts';
import { withImage } from './open-images.ts';
import { identitiesOf, keepLeast } from './patient-identities.ts';
import type { FileFrames } from './patient-identities.ts';

/** Number of files whose headers are requested together, */
const partLength = 8;
/** and number of such requests at a time. */
const partsAtOnce = 4;
/** Formats that may contain several images, or identify their patient. */
const looked: ReadonlySet<string> = new Set([
  '',
  '.dcm',
  '.dicom',
  '.gz',
  '.ima',
  '.nii',
  '.tif',
  '.tiff',
]);

/** Undefined if the file cannot be opened; reading it reports the reason. */
export async function readFrames(path: string): Promise<FileFrames | undefined> {
  try {
    return await withImage(path, ({ header: { frames, grouping } }) =>
      Promise.resolve({ frames, grouping }),
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

/** Calls `readFrames` for several files. */
export type ReadFrames = (paths: readonly string[]) => Promise<readonly (FileFrames | undefined)[]>;

export interface FrameOptions {
  /** Key for the hash of a patient's number, so that the number cannot be found from the hash. */
  readonly secret: Uint8Array;
  /** Called for images that name a patient if patients cannot be distinguished: they are left out. */
  readonly refuse?: ((image: FoundImage) => void) | undefined;
  /**
   * Returns true if images already have this group. Images without a patient's number join the images of their
   * examination or person that are grouped already.
   */
  readonly isGroup?: ((group: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Reads headers in another way, such as in threads. */
  readonly read?: ReadFrames;
}

/** An image, and its group if the user stated one. */
type Imaged = FoundImage & { readonly group?: string | undefined };

/**
 * Expands every slice, page or time point of a file to an image of its own, labelled like the file, with its group: the
 * patient named by a DICOM file, as a keyed hash, or the volume of a slice. A file that cannot be opened stays as it
 * is; reading it reports the reason.
 *
 * @throws UserError 'cancelled'
 */
export async function expandFrames<T extends Imaged>(
  images: readonly T[],
  { secret, refuse, isGroup = () => false, signal, read = readHere }: FrameOptions,
): Promise<T[]> {
  const parts = Array.from({ length: Math.ceil(images.length / partLength) }, (_, part) =>
    images.slice(part * partLength, (part + 1) * partLength),
  );
  const hashes = new Map<string, string>();
  /** Many images have the same patient. */
  const hashed = (identity: string): string => {
    const known = hashes.get(identity) ?? keyedHash(identity, secret);
    hashes.set(identity, known);
    return known;
  };
  const looks = await mapConcurrently(
    parts,
    partsAtOnce,
    async (part): Promise<(FileFrames | undefined)[]> => {
      const toRead = part.filter(({ name }) => mayHoldMore(name));
      const found = toRead.length === 0 ? [] : await read(toRead.map(({ path }) => path));
      const files = new Map(toRead.map((image, at) => [image, found[at]]));
      return part.map((image) => files.get(image));
    },
    signal,
  );
  const files = looks.flat();
  const identities = identitiesOf(files, (identity) => isGroup(hashed(identity)));
  const named = namedGroups(images, identities);
  return images.flatMap((image, at) => {
    const [file, identity = ''] = [files[at], identities[at]];
    if (file === undefined) return [image];
    // A person's word comes before the file's, also for the other images of the same patient.
    const stated = image.group ?? named.get(identity);
    if (refuse !== undefined && stated === undefined && identity !== '') {
      refuse(image);
      return [];
    }
    const group = stated ?? (identity === '' ? undefined : hashed(identity));
    return framesOf(image, file, group, hashed);
  });
}

/**
 * Finds the groups that a person gave to some images of each patient. The patient's other images join that group:
 * otherwise a table with a group for a part of them would put one patient on both sides of a split.
 */
function namedGroups(
  images: readonly Imaged[],
  identities: readonly string[],
): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const [at, { group }] of images.entries()) {
    const identity = identities[at] ?? '';
    if (group !== undefined && identity !== '') keepLeast(named, identity, group);
  }
  return named;
}

const readHere: ReadFrames = (paths) => mapConcurrently(paths, 1, readFrames);

/** Returns true if a file is DICOM or NIfTI by its name: each slice or frame in it becomes an image. */
export function isVolumeName(name: string): boolean {
  return mayHoldMore(name) && !/\.tiff?$/i.test(name);
}

/** DICOM files are often named by numbers and points only. */
function mayHoldMore(name: string): boolean {
  const extension = extname(name).toLowerCase();
  return looked.has(extension) || /^\.\d+$/.test(extension);
}

/**
 * Returns the group of a file's images under a secret; undefined if nothing links them to other images.
 *
 * @param identity as returned by `identitiesOf`
 */
export function frameGroup(
  path: string,
  file: FileFrames,
  identity: string,
  secret: Uint8Array,
): string | undefined {
  if (identity !== '') return keyedHash(identity, secret);
  // Slices of one volume are nearly the same image: they stay on one side of a split.
  return file.frames === 1 ? undefined : keyedHash(path, secret);
}

/** Group of all images of a project whose patient can no longer be determined. */
export function goneGroup(project: number, secret: Uint8Array): string {
  return keyedHash(`gone from project ${project}`, secret);
}

function framesOf<T extends Imaged>(
  image: T,
  { frames }: FileFrames,
  group: string | undefined,
  hashed: (identity: string) => string,
): T[] {
  if (frames === 1) return [group === undefined ? image : { ...image, group }];
  return Array.from({ length: frames }, (_, frame) => ({
    ...image,
    name: `${image.name}#${frame + 1}`,
    frame,
    group: group ?? hashed(image.path),
  }));
}

/** Secret for groups that are compared and not stored: their hash needs no protection. */
export const noSecret = new Uint8Array();

/** Returns true if a group looks like a hash made here rather than a name chosen by the user. */
export function isHash(group: string): boolean {
  return /^[0-9a-f]{16}$/.test(group);
}

/**
 * Computes the HMAC (RFC 2104) with SHA-256, 16 hexadecimal digits: enough to distinguish patients, not to find one.
 */
function keyedHash(identity: string, secret: Uint8Array): string {
  return createHmac('sha256', secret).update(identity).digest('hex').slice(0, 16);
}
