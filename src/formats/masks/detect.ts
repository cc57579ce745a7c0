import type { FoundMaskSource, MaskSourceKind } from '../../contract/mask-sources.ts';
import { UserError } from '../../core/errors.ts';
import { imageSignature } from '../image-signature.ts';
import type { FoundImage } from '../labelled-images.ts';
import { readHead } from '../raster/file-source.ts';
import { isNifti } from '../raster/nifti/open-nifti.ts';
import { findMasksBeside } from './beside/read.ts';
import { isCvatArchive } from './cvat/read.ts';
import { openZip } from './cvat/zip.ts';
import { isSegmentationFile } from './dicom-seg/kind.ts';
import { findSegmentations } from './dicom-seg/read.ts';
import { findLabelSources } from './find-files.ts';
import { pairMasks } from './paired/pairs.ts';

/** By how a file begins: members may come in any order, and lists of images are long. */
const headLength = 2 ** 16;
/** DICOM files that are looked into for segmentations, some 50 µs each: a look must not take long. */
const lookedInto = 20_000;

/**
 * What there is in a folder that masks of its images may come from. Names and beginnings of files are
 * read, and a few files that may be masks by their names.
 *
 * @param found all images of the folder, masks among them. @param at told of each file before its directory or beginning
 * is read
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
  // They may lie in a folder called like one of masks, as our own export has them.
  const others = new Set(segmentations);
  const paired = pairMasks(found.filter((one) => !others.has(one))).masks.length;
  if (paired > 0) sources.push({ kind: 'masks', path: folder, files: paired });
  else {
    const beside = (await findMasksBeside(found, { signal, at })).size;
    if (beside > 0) sources.push({ kind: 'beside', path: folder, files: beside });
  }
  if (segmentations.length > 0) {
    sources.push({ kind: 'dicom-seg', path: folder, files: segmentations.length });
  }
  for (const path of await findLabelSources(folder, signal)) {
    at?.(path);
    const kind = await kindOfFile(path).catch(() => undefined);
    if (kind !== undefined) sources.push({ kind, path, files: 1 });
  }
  return sources;
}

/**
 * The kind of a file that a person chose.
 *
 * @throws UserError 'unsupported' for none; as `readHead`
 */
export async function requireKind(path: string): Promise<MaskSourceKind> {
  const kind = (await kindOfFile(path)) ?? (await kindOfImage(path));
  if (kind !== undefined) return kind;
  throw new UserError(
    'unsupported',
    `${path} is no file of masks that is known. Choose COCO JSON, GeoJSON, an archive of CVAT’s segmentation masks, a DICOM segmentation, a NIfTI label map of a DICOM series or a GeoTIFF of labels.`,
  );
}

async function kindOfFile(path: string): Promise<MaskSourceKind | undefined> {
  if (/\.zip$/i.test(path)) {
    const zip = await openZip(path);
    await zip.close();
    return isCvatArchive(zip.names) ? 'cvat' : undefined;
  }
  if (!/\.(?:geo)?json$/i.test(path)) return undefined;
  return kindOfJson(Buffer.from(await readHead(path, headLength)).toString('utf8'));
}

function kindOfJson(text: string): MaskSourceKind | undefined {
  if (!/^\ufeff?\s*\{/.test(text)) return undefined;
  if (/"type"\s*:\s*"FeatureCollection"/.test(text)) return 'geojson';
  if (/"type"\s*:\s*"Feature"/.test(text) && /"geometry"\s*:/.test(text)) return 'geojson';
  const isCoco = /"(?:annotations|categories)"\s*:\s*\[/.test(text);
  const beginsAsCoco = /"images"\s*:\s*\[\s*\{/.test(text) && /"file_name"\s*:/.test(text);
  return isCoco || beginsAsCoco ? 'coco' : undefined;
}

async function kindOfImage(path: string): Promise<MaskSourceKind | undefined> {
  if (await isSegmentationFile(path)) return 'dicom-seg';
  const head = await readHead(path, 2 ** 12);
  if (isNifti(head)) return 'nifti';
  return imageSignature(head)?.format === 'tiff' ? 'geotiff' : undefined;
}
