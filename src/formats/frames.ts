import { createHmac } from 'node:crypto';
import { extname } from 'node:path';
import { UserError } from '../core/errors.ts';
import { mapConcurrently } from './files/concurrently.ts';
import type { FoundImage } from './labels/labelled-images.ts';
import { withImage } from './open-images.ts';
import type { ImageHeader } from './raster/image-file.ts';

/** Files whose headers are asked for together, */
const partLength = 8;
/** and how often that is done at a time. */
const partsAtOnce = 4;
/** Formats that may hold several images, or say whose they are. */
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

/** Undefined where the file cannot be opened: whoever reads it is told why. */
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

/** `readFrames` of several files. */
export type ReadFrames = (paths: readonly string[]) => Promise<readonly (FileFrames | undefined)[]>;

export interface FrameOptions {
  /** Goes into what is kept of a patient's number, so that nobody can tell the number from it. */
  readonly secret: Uint8Array;
  /** Told of images that name a patient, where those cannot be told apart: they are left out. */
  readonly refuse?: ((image: FoundImage) => void) | undefined;
  /**
   * Returns true if images already have this group. If those of an examination have, its other images join them by
   * the examination alone, whomever they name: one examination never stands on both sides of a split.
   */
  readonly isGroup?: ((group: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Reads headers elsewhere than here. */
  readonly read?: ReadFrames;
}

/** An image, and whose it is where somebody said so. */
type Imaged = FoundImage & { readonly group?: string | undefined };

/**
 * Expands every slice, page or time point of a file to an image of its own, labelled as the file is, with its group:
 * the patient whom a DICOM file names, as a keyed hash, or the volume of a slice. A file that cannot be opened stays
 * as it is: whoever reads it learns why.
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
  /** Many images are of one patient. */
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

/** DICOM files are often named by numbers with points alone. */
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
 * @returns one for each file, empty for those that name nobody
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

/** The first in order, so that the same files give the same whatever order they come in. */
function keepLeast(map: Map<string, string>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined || value < known) map.set(key, value);
}

/** A number without what writers of files change. */
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

/** The patient's number; null where there is none, or what stands for none. */
function patientNumber({ grouping }: FileFrames): string | null {
  const number = grouping?.patient?.trim() ?? '';
  return placeholder.test(number) ? null : number;
}

function examinationOf({ grouping }: FileFrames): string {
  return grouping?.study ?? grouping?.series ?? '';
}

/**
 * The group of a file's images under a secret; undefined where nothing holds them together with others.
 *
 * @param identity as `identitiesOf` has it
 */
export function frameGroup(
  path: string,
  file: FileFrames,
  identity: string,
  secret: Uint8Array,
): string | undefined {
  if (identity !== '') return keyedHash(identity, secret);
  // Slices of one volume show nearly the same: they stay on one side.
  return file.frames === 1 ? undefined : keyedHash(path, secret);
}

/** The one group of all images of a project of which nobody can tell any more whose they are. */
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

/** Returns true if a group looks like one made here rather than named by a person. */
export function isHash(group: string): boolean {
  return /^[0-9a-f]{16}$/.test(group);
}

/** HMAC (RFC 2104) with SHA-256, 16 hexadecimal digits: enough to tell patients apart, not to find one. */
function keyedHash(identity: string, secret: Uint8Array): string {
  return createHmac('sha256', secret).update(identity).digest('hex').slice(0, 16);
}
