import type {
  LabelExportChoices,
  LabelFormat,
  LabelFormatFit,
} from '../../contract/label-export.ts';
import { mapConcurrently } from '../../formats/files/concurrently.ts';
import type { Store } from '../../store/store.ts';
import { labelExportText } from '../../text/index.ts';
import { byPath, fromSource, isAboutImage } from './export-context.ts';
import { readDicomSource, readGeotiffSource, readNiftiVolume, requireSize } from './file-masks.ts';
import { maskedImages, type ExportedMask } from './masked-images.ts';
import { readGeojsonSource } from './vector-formats.ts';

/** Number of files examined: enough to distinguish a uniform folder from a mixture. */
const examinedFiles = 12;

/** Readers for formats with requirements on the images' files. */
const probes = {
  geotiff: readGeotiffSource,
  geojson: readGeojsonSource,
  nifti: readNiftiVolume,
  'dicom-seg': async (path) => {
    const { columns, rows } = await readDicomSource(path);
    return { width: columns, height: rows };
  },
} as const satisfies Partial<
  Record<LabelFormat, (path: string) => Promise<{ width: number; height: number }>>
>;

/**
 * Formats in which the labels of a project can be exported, judged by some of its files.
 *
 * @throws UserError 'not-found'
 */
export async function findLabelExportChoices(
  store: Store,
  project: number,
): Promise<LabelExportChoices> {
  const { task, labelled } = store.projects.get(project);
  const { images } = maskedImages(store, project, 'all');
  const files = evenlySpaced([...byPath(images).values()].map(([first]) => first));
  const masked = (format: 'png' | 'coco' | 'gpkg' | 'csv'): LabelFormatFit => {
    const reason = images.length > 0 ? null : labelExportText.noMaskYet;
    return { format, fits: reason === null ? 'all' : 'none', reason };
  };
  const [geotiff, geojson, nifti, seg] = await Promise.all([
    fitOf('geotiff', files),
    fitOf('geojson', files),
    fitOf('nifti', files),
    fitOf('dicom-seg', files),
  ]);
  const table: LabelFormatFit =
    task === 'segmentation'
      ? masked('csv')
      : {
          format: 'csv',
          fits: labelled > 0 ? 'all' : 'none',
          reason: labelled > 0 ? null : labelExportText.noLabelYet,
        };
  return {
    formats: [
      ...[masked('png'), masked('coco'), geotiff, geojson, masked('gpkg')],
      ...[nifti, seg, table],
    ],
    masks: images.length,
    done: store.masks.count(project, 'human').done,
    labelled,
  };
}

async function fitOf(
  format: keyof typeof probes,
  files: readonly ExportedMask[],
): Promise<LabelFormatFit> {
  if (files.length === 0) return { format, fits: 'none', reason: labelExportText.noMaskYet };
  const reasons = await mapConcurrently(files, 4, async ({ image }) => {
    try {
      requireSize(image, await fromSource(probes[format](image.path)));
      return null;
    } catch (error) {
      if (!isAboutImage(error)) throw error;
      return error.message;
    }
  });
  const failed = reasons.filter((reason) => reason !== null);
  const fits = failed.length === 0 ? 'all' : failed.length < files.length ? 'some' : 'none';
  return { format, fits, reason: failed[0] ?? null };
}

/** Returns an evenly spaced selection of the files. */
function evenlySpaced(files: readonly (ExportedMask | undefined)[]): ExportedMask[] {
  const step = Math.max(1, files.length / examinedFiles);
  const chosen = Array.from(
    { length: Math.min(examinedFiles, files.length) },
    (_, index) => files[Math.floor(index * step)],
  );
  return chosen.filter((file) => file !== undefined);
}
