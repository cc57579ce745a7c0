import type { MaskSourceKind } from '../../contract/mask-sources.ts';
import { separateMasks } from '../labels/mask-folders.ts';
import { openMasksBeside } from './beside/read.ts';
import { openCocoMasks } from './coco/read.ts';
import { openCvatMasks } from './cvat/read.ts';
import { requireKind } from './detect.ts';
import { openSegmentations } from './dicom-seg/read.ts';
import { openGeoJson } from './geojson/read.ts';
import { openGeoPackage } from './geopackage/read.ts';
import { openLabelRaster } from './geotiff/read.ts';
import { openLabelVolume } from './nifti/read-series.ts';
import type { MaskSource, SourceRequest } from './mask-source.ts';
import { openPairedMasks } from './paired/read.ts';
import { soundSource } from './sound-source.ts';

const readers: Record<
  Exclude<MaskSourceKind, 'file'>,
  (request: SourceRequest) => Promise<MaskSource>
> = {
  masks: openPairedMasks,
  beside: openMasksBeside,
  'dicom-seg': openSegmentations,
  coco: openCocoMasks,
  cvat: openCvatMasks,
  geojson: openGeoJson,
  gpkg: openGeoPackage,
  geotiff: openLabelRaster,
  nifti: openLabelVolume,
};

/** Kinds whose masks are among the found files. Other kinds refer to images alone, whose masks often have the same names. */
const ofFolders: ReadonlySet<MaskSourceKind> = new Set(['masks', 'beside', 'dicom-seg']);

/**
 * Opens a source of masks for the images of a folder.
 *
 * @throws UserError as the reader of its kind, also for any failure at a damaged file; 'unsupported' for a
 * chosen file of no supported kind
 */
export async function openMaskSource(
  kind: MaskSourceKind,
  request: SourceRequest,
): Promise<MaskSource> {
  const known = kind === 'file' ? await requireKind(request.path) : kind;
  if (known === 'file') throw new Error('a file must be of a kind');
  const found = ofFolders.has(known) ? request.found : separateMasks(request.found).images;
  let last = request.path;
  const at = (path: string): void => {
    last = path;
    request.at?.(path);
  };
  return soundSource(
    () => last,
    () => readers[known]({ ...request, found, at }),
  );
}
