import { cocoOfMasks } from '../../formats/masks/coco/write-coco.ts';
import { writeGeotiffMask } from '../../formats/masks/geotiff/write-geotiff.ts';
import type { MaskClass } from '../../formats/masks/mask-raster.ts';
import { labelMap, maskClassName } from '../../formats/masks/paired/write-label-map.ts';
import { pngOfMask } from '../../formats/masks/paired/write-png.ts';
import { exportNoteText } from '../../text/index.ts';
import { forEachFile, fromSource, type ExportContext } from './export-context.ts';
import {
  yieldOrCancel,
  niftiOfFile,
  readGeotiffSource,
  readNiftiVolume,
  requireSize,
  cancellable,
} from './file-masks.ts';

/** Exports masks as PNG, `masks/x.png`, with a label map. */
export async function exportPng(context: ExportContext): Promise<void> {
  const { folder, names, images, classes, outcome } = context;
  await folder.write('labelmap.txt', utf8(labelMap(classes)));
  for (const { image, mask } of images) {
    await yieldOrCancel(context);
    await folder.write(names.maskFor(image, '.png'), cancellable(pngOfMask(mask), context));
    outcome.wrote(1);
  }
  noteSlices(context, 'PNG');
}

/** Exports all masks into one COCO file. */
export async function exportCoco(context: ExportContext): Promise<void> {
  const { folder, names, images, classes, outcome } = context;
  const listed = images.map(({ image, mask }) => ({ name: names.nameOf(image), mask }));
  const parts = cocoOfMasks(listed, classes, {
    written: () => {
      outcome.passed(1);
    },
    signal: context.signal,
  });
  await folder.write('annotations.json', cancellable(parts, context));
  outcome.images = images.length;
  if (images.some((masked) => masked.hasIgnored())) {
    outcome.note(exportNoteText.cocoUnknown);
  }
  noteSlices(context, 'COCO');
}

/** Notes that a format with one image per file stores slices separately. */
function noteSlices({ images, outcome }: ExportContext, format: string): void {
  if (images.every(({ image }) => image.frame === undefined)) return;
  outcome.note(exportNoteText.slicesSeparate(format));
}

/** Exports georeferenced label rasters, `masks/x.tif`, with a label map. */
export async function exportGeotiff(context: ExportContext): Promise<void> {
  const { folder, names, classes, outcome, signal } = context;
  await folder.write('classes.txt', utf8(labelMap(classes)));
  await forEachFile(context, async (path, images) => {
    const { tags, ...size } = await fromSource(readGeotiffSource(path));
    for (const masked of images) {
      requireSize(masked.image, size);
      await folder.compose(names.maskFor(masked.image, '.tif'), (handle) =>
        writeGeotiffMask(handle, masked.mask, tags, { signal }),
      );
      outcome.wrote(1);
      await yieldOrCancel(context);
    }
  });
}

/**
 * Exports label volumes in nnU-Net's layout: `labelsTr/x.nii.gz` and `dataset.json`. Unknown pixels get the label
 * `ignore`, whose number must be the one after the last class.
 */
export async function exportNifti(context: ExportContext): Promise<void> {
  const { folder, names, classes, outcome } = context;
  const ignored = classes.length + 1;
  let volumes = 0;
  let hasIgnored = false;
  await forEachFile(context, async (path, images) => {
    const [first] = images;
    if (first === undefined) return;
    const source = await fromSource(readNiftiVolume(path));
    const slices = new Map(images.map(({ image, mask }) => [image.frame ?? 0, mask]));
    for (const masked of images) requireSize(masked.image, source);
    const without = source.frames - slices.size;
    const naming = { folder: 'labelsTr', extension: '.nii.gz', stem: withoutChannel };
    const name = names.fileFor(first.image, naming);
    await folder.write(name, cancellable(niftiOfFile(source, slices, ignored), context));
    if (without > 0) {
      outcome.note(
        exportNoteText.slicesWithoutMask(name, { without, all: source.frames, label: ignored }),
      );
    }
    hasIgnored ||= without > 0 || images.some((masked) => masked.hasIgnored());
    volumes++;
    outcome.wrote(images.length);
  });
  if (volumes > 0) {
    await folder.write('dataset.json', utf8(nnUNetDataset(classes, volumes, hasIgnored)));
  }
}

/**
 * Removes the channel number: nnU-Net appends it to names of images, but not to those of labels.
 */
function withoutChannel(name: string): string {
  return name.replace(/_\d{4}$/, '');
}

function nnUNetDataset(
  classes: readonly MaskClass[],
  volumes: number,
  hasIgnored: boolean,
): string {
  const named: [string, number][] = classes.map(({ value, name }) => [
    maskClassName({ value, name }),
    value,
  ]);
  const taken = new Set(named.map(([name]) => name));
  const free = (name: string, value: number): string =>
    taken.has(name) ? `${name} (${value})` : name;
  const labels = [
    [free('background', 0), 0] as const,
    ...named,
    ...(hasIgnored ? [[free('ignore', classes.length + 1), classes.length + 1] as const] : []),
  ];
  // Formatted manually: an object would put numeric names first.
  const lines = labels.map(([name, value]) => `    ${JSON.stringify(name)}: ${value}`);
  return `{
  "channel_names": { "0": "image" },
  "labels": {
${lines.join(',\n')}
  },
  "numTraining": ${volumes},
  "file_ending": ".nii.gz"
}
`;
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}
