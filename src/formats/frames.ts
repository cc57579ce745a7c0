import { createHmac } from 'node:crypto';
import { extname } from 'node:path';
import { UserError } from '../core/errors.ts';
import { mapConcurrently } from './files/concurrently.ts';
import type { FoundImage } from './labels/labelled-images.ts';
import { withImage } from './open-images.ts';
import type { ImageHeader } from './raster/image-file.ts';

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

/** Number of images in a file, and the identifiers that hold them together. */
export type FileFrames = Pick<ImageHeader, 'frames' | 'grouping'>;

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
   * Returns true if images already have this group. If images of an examination have, its other images join them
   * because of the examination, whichever patient they name: an examination is never on both sides of a split.
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
  const identities = identitiesOf(files, (examination) => isGroup(hashed(examination)));
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

/**
 * Values that anonymisers write in place of a patient's number: the same for everybody. A word with digits, such as
 * `ANON001`, is a pseudonym: taking it for a placeholder would put one patient's studies on both sides.
 */
const placeholder =
  /^(?:anon[\p{L}_]*|de-?identified|removed|unknown|none|n\/?a|patient|subject|test|x+|0+|-+)?$/iu;

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
 * Whom each file names, if anybody: its patient by number, else by name and date of birth, else the examination or
 * series whose images belong together. A file without a number has that of its series, its
 * study, or the same person in another study, and numbers that differ by case or width alone are one patient's. Neither numbers nor UIDs hold a NUL, so
 * that none of them is the same as a person's digest.
 *
 * @param isBegun whether images have the examination itself as their group already
 * @returns one per file, empty for files without identifiers
 */
export function identitiesOf(
  files: readonly (FileFrames | undefined)[],
  isBegun: (examination: string) => boolean = () => false,
): string[] {
  const numbers = new Map<string, string>();
  const [byNumber, byPerson] = [new Map<string, string>(), new Map<string, string>()];
  /** Numbers of persons: one study may leave the number out that another states. */
  const numberOf = new Map<string, string>();
  const own = (file: FileFrames): string | undefined => {
    const number = patientNumber(file);
    return number === null ? undefined : numbers.get(plainly(number));
  };
  for (const file of files) {
    const number = file === undefined ? null : patientNumber(file);
    if (number !== null) keepLeast(numbers, plainly(number), number);
  }
  for (const file of files) {
    if (file === undefined) continue;
    const [number, person] = [own(file), personOf(file)];
    if (number !== undefined && person !== undefined) keepLeast(numberOf, person, number);
    for (const uid of uidsOf(file)) {
      if (number !== undefined) keepLeast(byNumber, uid, number);
      else if (person !== undefined) keepLeast(byPerson, uid, person);
    }
  }
  return files.map((file) => {
    if (file === undefined) return '';
    const examination = examinationOf(file);
    const ofOthers = (named: ReadonlyMap<string, string>): string | undefined =>
      uidsOf(file).flatMap((uid) => named.get(uid) ?? [])[0];
    const number = own(file) ?? ofOthers(byNumber) ?? numberOf.get(personOf(file) ?? '');
    if (number !== undefined) return number;
    if (examination !== '' && isBegun(examination)) return examination;
    return ofOthers(byPerson) ?? personOf(file) ?? examination;
  });
}

/** The first in order, so that the result does not depend on the order of the files. */
function keepLeast(map: Map<string, string>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined || value < known) map.set(key, value);
}

/** Returns a number without differences that programs introduce when writing files. */
function plainly(number: string): string {
  return number.normalize('NFKC').toLowerCase();
}

/** Returns the identifiers that hold a file together, the nearest first: its series, then its study. */
function uidsOf({ grouping }: FileFrames): string[] {
  return [grouping?.series, grouping?.study].flatMap((uid) => uid ?? []);
}

function personOf({ grouping }: FileFrames): string | undefined {
  const person = grouping?.person ?? null;
  return person === null ? undefined : `name and date of birth\0${person}`;
}

/** Returns the patient's number; null if it is absent or a placeholder. */
function patientNumber({ grouping }: FileFrames): string | null {
  const number = grouping?.patient?.trim() ?? '';
  return placeholder.test(number) ? null : number;
}

function examinationOf({ grouping }: FileFrames): string {
  return grouping?.study ?? grouping?.series ?? '';
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
