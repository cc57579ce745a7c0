import { ignoreValue, tilePixels } from '../../core/mask/tiles.ts';
import { readHead } from '../../formats/raster/file-source.ts';
import { isDicom } from '../../formats/raster/dicom/part10.ts';
import {
  joined,
  readSegSource,
  seriesKey,
  type SegSource,
} from '../../formats/masks/dicom-seg/seg-source.ts';
import { segOfMasks, type MaskedFrame } from '../../formats/masks/dicom-seg/write-seg.ts';
import type { MaskRaster } from '../../formats/masks/mask-raster.ts';
import { version } from '../version.ts';
import {
  forEachFile,
  fromSource,
  goOn,
  isAboutImage,
  requireSize,
  type ExportContext,
} from './export-context.ts';
import { stoppable, unfit } from './mask-formats.ts';
import type { MaskedImage } from './masked-images.ts';

/** What goes into one segmentation: files of a series, or one of several frames. */
interface SegGroup {
  readonly sources: SegSource[];
  readonly images: MaskedImage[];
  readonly frames: MaskedFrame[];
}

/** DICOM segmentations: one for each series, or for each file that stands alone. */
export async function exportSeg(context: ExportContext): Promise<void> {
  const { folder, names, classes, outcome, signal } = context;
  for (const { sources, images, frames } of await groupsOf(context)) {
    await goOn(context);
    const [first] = images;
    if (first === undefined) continue;
    const naming = { folder: 'segmentations', extension: '.dcm' };
    try {
      const parts = segOfMasks(joined(sources), frames, classes, { version, signal });
      await folder.write(names.fileFor(first.image, naming), stoppable(parts, context));
      outcome.wrote(images.length);
    } catch (error) {
      if (!isAboutImage(error)) throw error;
      for (const { image } of images) outcome.leave(image, error.message);
    }
  }
  outcome.note(
    'Name, number and date of birth of the patient are left empty; the study is known by its identifier.',
  );
}

async function groupsOf(context: ExportContext): Promise<Iterable<SegGroup>> {
  const { outcome } = context;
  const groups = new Map<string, SegGroup>();
  await forEachFile(context, async (path, images) => {
    const source = await fromSource(readDicomSource(path));
    const frames = images.map((masked) => {
      requireSize(masked, { width: source.columns, height: source.rows });
      const frame = source.frames[masked.image.frame ?? 0];
      if (frame === undefined) throw unfit(path, 'has fewer frames than when it came in');
      return { frame, mask: masked.mask };
    });
    const marked = new Set(images.map(({ image }) => image.frame ?? 0));
    const missing = source.frames.filter((_, frame) => !marked.has(frame));
    if (missing.length > 0) {
      // Frames of a named file that are left out would be taken for frames that show nothing.
      const mask = unknownMask(source);
      frames.push(...missing.map((frame) => ({ frame, mask })));
      outcome.note(
        `${path}: ${missing.length} of ${source.frames.length} frames have no mask. They are marked as not known (segment ignore).`,
      );
    }
    const key = seriesKey(source) ?? path;
    const group = groups.get(key) ?? { sources: [], images: [], frames: [] };
    group.sources.push(source);
    group.images.push(...images);
    group.frames.push(...frames);
    groups.set(key, group);
  });
  return groups.values();
}

/** Of nothing is known what it is. */
function unknownMask({ columns: width, rows: height }: SegSource): MaskRaster {
  const tile = new Uint8Array(tilePixels).fill(ignoreValue);
  return { width, height, classes: [], tile: () => Promise.resolve(tile) };
}

/** @throws UserError 'unsupported' where the file is no DICOM image, or lacks what a segmentation needs */
export async function readDicomSource(path: string): Promise<SegSource> {
  if (!isDicom(await readHead(path, 132))) throw unfit(path, 'is no DICOM image');
  return readSegSource(path);
}
