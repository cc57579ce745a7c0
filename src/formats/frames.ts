import { createHmac } from 'node:crypto';
import { extname } from 'node:path';
import { UserError } from '../core/errors.ts';
import { mapConcurrently } from './concurrently.ts';
import type { FoundImage } from './labelled-images.ts';
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

/** How many images a file has, and what holds them together. */
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
   * Whether images have this group already. Where those of an examination have, by it alone, its other
   * images join them, whomever they name: one examination never stands on both sides of a split.
   */
  readonly isGroup?: ((group: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Reads headers elsewhere than here. */
  readonly read?: ReadFrames;
}

/** An image, and whose it is where somebody said so. */
type Imaged = FoundImage & { readonly group?: string | undefined };

/**
 * Every slice, page or time point of a file as an image of its own, labelled as the file is, with the group
 * that it belongs to: the patient whom a DICOM file names, as a keyed hash, or the volume that a slice is of. A file that cannot be
 * opened stays as it is: whoever reads it is told why.
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
  const expanded = await mapConcurrently(
    parts,
    partsAtOnce,
    async (part) => {
      const toRead = part.filter(({ name }) => mayHoldMore(name));
      const found = toRead.length === 0 ? [] : await read(toRead.map(({ path }) => path));
      const files = new Map(toRead.map((image, at) => [image, found[at]]));
      return part.flatMap((image) => {
        const file = files.get(image);
        if (file === undefined) return [image];
        if (refuse !== undefined && image.group === undefined && identityOf(file) !== '') {
          refuse(image);
          return [];
        }
        const examination = examinationOf(file);
        const isBegun =
          patientNumber(file) === null && examination !== '' && isGroup(hashed(examination));
        return framesOf(image, file, isBegun ? examination : identityOf(file), hashed);
      });
    },
    signal,
  );
  return expanded.flat();
}

const readHere: ReadFrames = (paths) => mapConcurrently(paths, 1, readFrames);

/** What anonymisers write in place of a patient's number: it is the same for all. */
const placeholder =
  /^(?:anon\w*|de-?identified|removed|unknown|none|n\/?a|patient|subject|test|x+|0+|-+)?$/i;

/** DICOM files are often named by numbers with points alone. */
function mayHoldMore(name: string): boolean {
  const extension = extname(name).toLowerCase();
  return looked.has(extension) || /^\.\d+$/.test(extension);
}

/**
 * Whom a file names, if anybody: its patient by number, else by name and date of birth, else the
 * examination or series whose images belong together. Neither numbers nor UIDs hold a NUL, so that none
 * of them is the same as a person's digest.
 */
function identityOf(file: FileFrames): string {
  const person = file.grouping?.person ?? null;
  const byName = person === null ? null : `name and date of birth\0${person}`;
  return patientNumber(file) ?? byName ?? examinationOf(file);
}

/** The patient's number; null where there is none, or what stands for none. */
function patientNumber({ grouping }: FileFrames): string | null {
  const number = grouping?.patient?.trim() ?? '';
  return placeholder.test(number) ? null : number;
}

function examinationOf({ grouping }: FileFrames): string {
  return grouping?.study ?? grouping?.series ?? '';
}

/** The group of a file's images under a secret; undefined where nothing holds them together with others. */
export function frameGroup(path: string, file: FileFrames, secret: Uint8Array): string | undefined {
  const identity = identityOf(file);
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
  identity: string,
  hashed: (identity: string) => string,
): T[] {
  // What a person has said comes before what the file says.
  const group = image.group ?? (identity === '' ? undefined : hashed(identity));
  if (frames === 1) return [group === undefined ? image : { ...image, group }];
  return Array.from({ length: frames }, (_, frame) => ({
    ...image,
    name: `${image.name}#${frame + 1}`,
    frame,
    group: group ?? hashed(image.path),
  }));
}

/** Where nothing of it is kept, a hash need not be kept from anybody. */
export const noSecret = new Uint8Array();

/** Whether a group looks like one that was made here, rather than one that a person named. */
export function isHash(group: string): boolean {
  return /^[0-9a-f]{16}$/.test(group);
}

/** HMAC (RFC 2104) with SHA-256, 16 hexadecimal digits: enough to tell patients apart, not to find one. */
function keyedHash(identity: string, secret: Uint8Array): string {
  return createHmac('sha256', secret).update(identity).digest('hex').slice(0, 16);
}
