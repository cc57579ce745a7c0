import { UserError } from '../../core/errors.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import { cocoOfMasks } from '../../formats/masks/coco/write-coco.ts';
import { readGeoSource, type GeoTag } from '../../formats/masks/geotiff/geo-tags.ts';
import { writeGeotiffMask } from '../../formats/masks/geotiff/write-geotiff.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import {
  niftiOfMasks,
  readNiftiSource,
  type NiftiSource,
} from '../../formats/masks/nifti/write-nifti.ts';
import { labelMap, nameOf } from '../../formats/masks/paired/write-label-map.ts';
import { pngOfMask } from '../../formats/masks/paired/write-png.ts';
import { readHead } from '../../formats/raster/file-source.ts';
import { isTiff } from '../../formats/raster/tiff/directory.ts';
import { isNifti } from '../../formats/raster/nifti/open-nifti.ts';
import { headerFileOf } from '../../formats/raster/nifti/pair.ts';
import {
  forEachFile,
  fromSource,
  goOn,
  requireSize,
  type ExportContext,
} from './export-context.ts';

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
      requireSize(masked, size);
      await folder.compose(names.maskFor(masked.image, '.tif'), (handle) =>
        writeGeotiffMask(handle, masked.mask, tags, { signal }),
      );
      outcome.wrote(1);
      await goOn(context);
    }
  });
}

/** @throws UserError 'unsupported' where the file lies nowhere */
export async function readGeotiffSource(
  path: string,
): Promise<{ width: number; height: number; tags: readonly GeoTag[] }> {
  if (!isTiff(await readHead(path, 16))) {
    throw unfit(path, 'is no GeoTIFF, so a label raster of it would lie nowhere on Earth');
  }
  const { tags, ...size } = await readGeoSource(path);
  if (tags === null) throw unfit(path, 'does not say where on Earth its pixels lie');
  return { ...size, tags };
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
    const slices = new Map(images.map((masked) => [masked.image.frame ?? 0, masked]));
    for (const masked of images) requireSize(masked, source);
    const without = source.frames - slices.size;
    const naming = { folder: 'labelsTr', extension: '.nii.gz', stem: withoutChannel };
    const name = names.fileFor(first.image, naming);
    const sliceMask = (frame: number): MaskRaster | null => {
      const masked = slices.get(frame);
      return masked === undefined ? null : withIgnored(masked.mask, ignored);
    };
    await folder.write(name, stoppable(niftiOfMasks(source, sliceMask, ignored), context));
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

/** Says what is not known by another number. */
function withIgnored(mask: MaskRaster, ignored: number): MaskRaster {
  return {
    ...mask,
    tile: async (x, y) => {
      const tile = await mask.tile(x, y);
      return tile?.map((value) => (value === ignoreValue ? ignored : value)) ?? null;
    },
  };
}

/** @throws UserError 'unsupported' where the file is no volume */
export async function readNiftiVolume(path: string): Promise<NiftiSource> {
  const head = await readHead((await headerFileOf(path)) ?? path, 2 ** 12);
  if (!isNifti(head)) throw unfit(path, 'is no NIfTI volume');
  return readNiftiSource(path);
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

/** Parts until nobody wants the rest; the engine answers others in between. */
export async function* stoppable(
  parts: AsyncIterable<Uint8Array>,
  context: ExportContext,
): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    await goOn(context);
    yield part;
  }
}

export function unfit(path: string, what: string): UserError {
  return new UserError('unsupported', `${path} ${what}. Export its mask as PNG or COCO.`);
}

export function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}
