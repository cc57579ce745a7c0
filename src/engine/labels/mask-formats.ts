import { cocoOfMasks } from '../../formats/masks/coco/write-coco.ts';
import { writeGeotiffMask } from '../../formats/masks/geotiff/write-geotiff.ts';
import type { MaskClass } from '../../formats/masks/mask-raster.ts';
import { labelMap, nameOf } from '../../formats/masks/paired/write-label-map.ts';
import { pngOfMask } from '../../formats/masks/paired/write-png.ts';
import { forEachFile, fromSource, type ExportContext } from './export-context.ts';
import {
  goOn,
  niftiOfFile,
  readGeotiffSource,
  readNiftiVolume,
  requireSize,
  stoppable,
} from './file-masks.ts';

/** Masks beside images: `masks/x.png`, and the list of classes. */
export async function exportPng(context: ExportContext): Promise<void> {
  const { folder, names, images, classes, outcome } = context;
  await folder.write('labelmap.txt', utf8(labelMap(classes)));
  for (const { image, mask } of images) {
    await goOn(context);
    await folder.write(names.maskFor(image, '.png'), stoppable(pngOfMask(mask), context));
    outcome.wrote(1);
  }
  noteSlices(context, 'PNG');
}

/** One file for all. */
export async function exportCoco(context: ExportContext): Promise<void> {
  const { folder, names, images, classes, outcome } = context;
  const listed = images.map(({ image, mask }) => ({ name: names.nameOf(image), mask }));
  const parts = cocoOfMasks(listed, classes, {
    written: () => {
      outcome.passed(1);
    },
    signal: context.signal,
  });
  await folder.write('annotations.json', stoppable(parts, context));
  outcome.images = images.length;
  if (images.some((masked) => masked.hasIgnored())) {
    outcome.note(
      'COCO has no class for pixels that are not known. They are crowd annotations with "ignore": 1 in every category, which training and evaluation leave out.',
    );
  }
  noteSlices(context, 'COCO');
}

/** Both speak of files with one image each. */
function noteSlices({ images, outcome }: ExportContext, format: string): void {
  if (images.every(({ image }) => image.frame === undefined)) return;
  outcome.note(
    `${format} knows images of one slice. Slices are named file#number, which other programs do not find by themselves: for volumes and series NIfTI and DICOM segmentations keep all together.`,
  );
}

/** Label rasters that lie where their images do: `masks/x.tif`, and the list of classes. */
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
      await goOn(context);
    }
  });
}

/**
 * Label volumes as nnU-Net has them: `labelsTr/x.nii.gz`, and `dataset.json`. What is not known is the label
 * `ignore` there, whose number must be the one after the last class.
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
    await folder.write(name, stoppable(niftiOfFile(source, slices, ignored), context));
    if (without > 0) {
      outcome.note(
        `${name}: ${without} of ${source.frames} slices have no mask. They are marked as not known (label ignore, ${ignored}).`,
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

/** nnU-Net puts the number of the channel behind the name of an image, and not behind that of its labels. */
function withoutChannel(name: string): string {
  return name.replace(/_\d{4}$/, '');
}

function nnUNetDataset(
  classes: readonly MaskClass[],
  volumes: number,
  hasIgnored: boolean,
): string {
  const named: [string, number][] = classes.map(({ value, name }) => [
    nameOf({ value, name }),
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
  // By hand: an object would put names that are numbers first.
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
