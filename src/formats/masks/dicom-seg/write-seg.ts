import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../../core/errors.ts';
import { ignoreValue, tileCounts } from '../../../core/mask/tiles.ts';
import type { MaskClass, MaskRaster } from '../mask-raster.ts';
import { wholeMask } from '../strips.ts';
import { BitPacker } from './bit-packer.ts';
import { dataSet, elementHead, fileHead } from './elements.ts';
import { segDataSet, segmentationStorage, type SegFramePlan } from './seg-data-set.ts';
import { depthOf, type SegFrame, type SegSource } from './seg-source.ts';
import { segmentsOf } from './segments.ts';
import { dicomExportText } from '../../../text/index.ts';

/** A frame of the source, and its mask. */
export interface MaskedFrame {
  readonly frame: SegFrame;
  readonly mask: MaskRaster;
}

export interface SegOptions {
  /** Version of this program, recorded in the file. */
  readonly version: string;
  /** Name of the algorithm that made the masks; without one a person made them. */
  readonly algorithm?: string | undefined;
  readonly now?: Date;
  readonly signal?: AbortSignal | undefined;
}

/** UID of this program's writer, made once (PS3.7, D.3.3.2). */
const implementationUid = '2.25.221066298313849390714361191825948591113';
/** Largest length of an element. */
const lengthLimit = 2 ** 32 - 2;

/**
 * Yields a DICOM segmentation (PS3.3, A.51) of the frames of a series or a file: binary, one segment per class, one
 * frame per segment in a slice. A slice whose mask is empty gets an empty frame of the first segment, which marks it as
 * inspected. Nothing about the patient is written: required attributes are empty, and the study's identifier leads
 * those with access back to the source.
 *
 * @throws UserError 'unsupported' without classes or for one slice of unknown thickness, 'too-large' past 4 GiB of pixels
 */
export async function* segOfMasks(
  source: SegSource,
  masked: readonly MaskedFrame[],
  classes: readonly MaskClass[],
  { version, algorithm, now = new Date(), signal }: SegOptions,
): AsyncGenerator<Uint8Array> {
  if (classes.length === 0) {
    throw new UserError('unsupported', dicomExportText.noClasses);
  }
  const slices = await slicesOf(source, masked, signal);
  const segments = segmentsOf(
    classes,
    slices.some(({ values }) => values.has(ignoreValue)),
    algorithm ?? null,
  );
  const [first] = segments;
  const planned = segments.flatMap(({ number, value }) =>
    slices.flatMap((slice, index) => {
      const isShown =
        slice.values.has(value) || (slice.values.size === 0 && number === first?.number);
      return isShown ? [{ segment: number, value, position: index + 1, ...slice }] : [];
    }),
  );
  const bits = planned.length * source.rows * source.columns;
  const bytes = 2 * Math.ceil(Math.ceil(bits / 8) / 2);
  if (bytes > lengthLimit) {
    throw new UserError('too-large', dicomExportText.tooLarge);
  }
  const instance = newUid();
  const frames: readonly SegFramePlan[] = planned;
  const elements = segDataSet(source, segments, frames, { version, now, instance, newUid });
  const name = `UNDERSTUDY_${version}`.slice(0, 16);
  yield fileHead(segmentationStorage, instance, { uid: implementationUid, name });
  yield dataSet(elements);
  yield elementHead(0x7fe00010, 'OB', bytes);
  yield* pixels(planned, bytes, signal);
}

interface Slice extends MaskedFrame {
  /** Values in the mask, without background. */
  readonly values: ReadonlySet<number>;
}

/** Returns the slices from the first to the last along the normal, then by number. */
async function slicesOf(
  source: SegSource,
  masked: readonly MaskedFrame[],
  signal: AbortSignal | undefined,
): Promise<Slice[]> {
  const slices: Slice[] = [];
  for (const { frame, mask } of masked) {
    signal?.throwIfAborted();
    if (mask.width !== source.columns || mask.height !== source.rows) {
      throw new Error(
        `segOfMasks: a mask of ${mask.width} × ${mask.height} px for ${source.columns} × ${source.rows}`,
      );
    }
    slices.push({ frame, mask, values: await valuesOf(mask) });
  }
  const depths = new Map(slices.map((slice) => [slice, depthOf(source, slice.frame)]));
  return slices.sort(
    (a, b) =>
      (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || (a.frame.number ?? 0) - (b.frame.number ?? 0),
  );
}

async function valuesOf(mask: MaskRaster): Promise<ReadonlySet<number>> {
  await setImmediate();
  const { columns, rows } = tileCounts(mask);
  const isThere = new Uint8Array(256);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const tile = await mask.tile(x, y);
      if (tile !== null) for (const value of tile) isThere[value] = 1;
    }
  }
  const values = new Set<number>();
  for (let value = 1; value < 256; value++) if (isThere[value] === 1) values.add(value);
  return values;
}

async function* pixels(
  planned: readonly { readonly value: number; readonly mask: MaskRaster }[],
  bytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const packer = new BitPacker();
  let written = 0;
  for (const { value, mask } of planned) {
    signal?.throwIfAborted();
    const part = packer.push(await wholeMask(mask), value);
    written += part.length;
    yield part;
  }
  const end = packer.end();
  yield end;
  yield new Uint8Array(bytes - written - end.length);
}

/** Creates a UID from a random UUID (PS3.5, B.2). */
function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
}
