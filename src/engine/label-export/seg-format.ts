import {
  joinSources,
  seriesKey,
  type SegSource,
} from '../../formats/masks/dicom-seg/seg-source.ts';
import { segOfMasks, type MaskedFrame } from '../../formats/masks/dicom-seg/write-seg.ts';
import { exportNoteText } from '../../text/index.ts';
import { version } from '../version.ts';
import { forEachFile, fromSource, isAboutImage, type ExportContext } from './export-context.ts';
import {
  yieldOrCancel,
  readDicomSource,
  requireSize,
  segFramesOf,
  cancellable,
} from './file-masks.ts';
import type { ExportedMask } from './masked-images.ts';

/** Content of one segmentation: the files of a series, or one multi-frame file. */
interface SegGroup {
  readonly sources: SegSource[];
  readonly images: ExportedMask[];
  readonly frames: MaskedFrame[];
}

/** Exports DICOM segmentations: one per series, or per file without a series. */
export async function exportSeg(context: ExportContext): Promise<void> {
  const { folder, names, classes, outcome, signal } = context;
  for (const { sources, images, frames } of await groupsOf(context)) {
    await yieldOrCancel(context);
    const [first] = images;
    if (first === undefined) continue;
    const naming = { folder: 'segmentations', extension: '.dcm' };
    try {
      const parts = segOfMasks(joinSources(sources), frames, classes, { version, signal });
      await folder.write(names.fileFor(first.image, naming), cancellable(parts, context));
      outcome.wrote(images.length);
    } catch (error) {
      if (!isAboutImage(error)) throw error;
      for (const { image } of images) outcome.leave(image, error.message);
    }
  }
  outcome.note(exportNoteText.withoutPatient);
}

async function groupsOf(context: ExportContext): Promise<Iterable<SegGroup>> {
  const { outcome } = context;
  const groups = new Map<string, SegGroup>();
  await forEachFile(context, async (path, images) => {
    const source = await fromSource(readDicomSource(path));
    for (const { image } of images) {
      requireSize(image, { width: source.columns, height: source.rows });
    }
    const masks = new Map(images.map(({ image, mask }) => [image.frame ?? 0, mask]));
    const frames = segFramesOf(path, source, masks);
    const missing = frames.length - masks.size;
    if (missing > 0) {
      outcome.note(
        exportNoteText.framesWithoutMask(path, { without: missing, all: frames.length }),
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
