import type { FoundMaskSource, MaskSourceKind } from '../../contract/mask-sources.ts';
import { UserError } from '../../core/errors.ts';
import { imageSignature } from '../image-signature.ts';
import type { FoundImage } from '../labels/labelled-images.ts';
import { readHead } from '../raster/file-source.ts';
import { isNifti } from '../raster/nifti/open-nifti.ts';
import { findMasksBeside } from './beside/read.ts';
import { isSegmentationFile } from './dicom-seg/kind.ts';
import { findSegmentations } from './dicom-seg/read.ts';
import { kindOfFile, polygonKinds } from './file-kind.ts';
import { findLabelSources } from './find-files.ts';
import { pairMasks } from './paired/pairs.ts';
import { maskFileText } from '../../text/index.ts';

/** Largest number of DICOM files inspected for segmentations, some 50 µs each: detection must be quick. */
const lookedInto = 20_000;

/**
 * Finds possible sources of masks for the images of a folder. Reads names and beginnings of files, and a few files
 * whose names suggest masks.
 *
 * @param found all images of the folder, masks among them. @param at called with each file before its directory or
 * beginning is read
 * @throws UserError 'cancelled'
 */
export async function detectMaskSources(
  folder: string,
  found: readonly FoundImage[],
  signal?: AbortSignal,
  at?: (path: string) => void,
): Promise<FoundMaskSource[]> {
  const sources: FoundMaskSource[] = [];
  const segmentations = await findSegmentations(found, signal, lookedInto);
  // They may be in a folder with a name for masks, as in our own export.
  const known = new Set(segmentations);
  const others = found.filter((one) => !known.has(one));
  const paired = pairMasks(others).masks.length;
  if (paired > 0) sources.push({ kind: 'masks', path: folder, files: paired });
  else {
    const beside = (await findMasksBeside(others, { signal, at })).size;
    if (beside > 0) sources.push({ kind: 'beside', path: folder, files: beside });
  }
  if (segmentations.length > 0) {
    sources.push({ kind: 'dicom-seg', path: folder, files: segmentations.length });
  }
  const ofPolygons = new Map<MaskSourceKind, FoundMaskSource>();
  for (const path of await findLabelSources(folder, signal)) {
    at?.(path);
    const kind = await kindOfFile(path).catch(() => undefined);
    if (kind === undefined) continue;
    const before = ofPolygons.get(kind);
    if (before === undefined) sources.push({ kind, path, files: 1 });
    if (!polygonKinds.has(kind)) continue;
    // Several files are one source: there is usually one file per image.
    ofPolygons.set(kind, { kind, path: folder, files: (before?.files ?? 0) + 1 });
  }
  return sources.map((one) => {
    const all = ofPolygons.get(one.kind);
    return all !== undefined && all.files > 1 ? all : one;
  });
}

/**
 * Determines the kind of a file that the user chose.
 *
 * @throws UserError 'unsupported' for any other file; as `readHead`
 */
export async function requireKind(path: string): Promise<MaskSourceKind> {
  const kind = (await kindOfFile(path)) ?? (await kindOfImage(path));
  if (kind !== undefined) return kind;
  throw new UserError('unsupported', maskFileText.notSupported(path));
}

async function kindOfImage(path: string): Promise<MaskSourceKind | undefined> {
  if (await isSegmentationFile(path)) return 'dicom-seg';
  const head = await readHead(path, 2 ** 12);
  if (isNifti(head)) return 'nifti';
  return imageSignature(head)?.format === 'tiff' ? 'geotiff' : undefined;
}
