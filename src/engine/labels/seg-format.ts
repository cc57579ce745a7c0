import { joined, seriesKey, type SegSource } from '../../formats/masks/dicom-seg/seg-source.ts';
import { segOfMasks, type MaskedFrame } from '../../formats/masks/dicom-seg/write-seg.ts';
import { version } from '../version.ts';
import { forEachFile, fromSource, isAboutImage, type ExportContext } from './export-context.ts';
import { goOn, readDicomSource, requireSize, segFramesOf, stoppable } from './file-masks.ts';
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
    for (const { image } of images) {
      requireSize(image, { width: source.columns, height: source.rows });
    }
    const masks = new Map(images.map(({ image, mask }) => [image.frame ?? 0, mask]));
    const frames = segFramesOf(path, source, masks);
    const missing = frames.length - masks.size;
    if (missing > 0) {
      outcome.note(
        `${path}: ${missing} of ${frames.length} frames have no mask. They are marked as not known (segment ignore).`,
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
