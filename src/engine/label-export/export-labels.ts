import { resolve } from 'node:path';
import type { ExportedMasks, LabelExportReport, LabelFormat } from '../../contract/label-export.ts';
import { UserError } from '../../core/errors.ts';
import { requireOutside } from '../files/outside.ts';
import type { Store } from '../../store/store.ts';
import { labelExportText } from '../../text/index.ts';
import { ExportOutcome, type ExportContext } from './export-context.ts';
import { ExportFolder } from './export-folder.ts';
import { ExportNames } from './export-names.ts';
import { exportTable } from './label-table.ts';
import { givenClasses, markedClasses } from './image-classes.ts';
import { exportCoco, exportGeotiff, exportNifti, exportPng } from './mask-formats.ts';
import { maskedImages, requireMaskValues } from './masked-images.ts';
import { exportSeg } from './seg-format.ts';
import { exportGeojson, exportGeopackage } from './vector-formats.ts';

export interface LabelExportOptions {
  readonly project: number;
  readonly format: LabelFormat;
  readonly which: ExportedMasks;
  /** Absolute path, or relative to the working folder. */
  readonly folder: string;
}

/** Reporting and cancellation of an export. */
export interface LabelExportWatch {
  readonly signal: AbortSignal;
  /** Called with the number of processed images. */
  progress(done: number, total: number): void;
}

const maskExports: Record<
  Exclude<LabelFormat, 'csv'>,
  (context: ExportContext) => Promise<void>
> = {
  png: exportPng,
  coco: exportCoco,
  geotiff: exportGeotiff,
  geojson: exportGeojson,
  gpkg: exportGeopackage,
  nifti: exportNifti,
  'dicom-seg': exportSeg,
};

/**
 * Exports the labels of a project into a folder. Existing files are never replaced (see `ExportFolder`); every file is
 * complete, even if the export is stopped. The report lists images whose labels do not fit the format, each with the
 * reason; if that is all of them, no file stays.
 *
 * @throws UserError 'not-found', 'disk', 'invalid-option' for the workspace's own folder, 'invalid-labels' if there is
 * nothing to write, 'too-large' for more classes than masks hold
 */
export async function exportLabels(
  store: Store,
  { project, format, which, folder: asked }: LabelExportOptions,
  watch: LabelExportWatch,
): Promise<LabelExportReport> {
  store.projects.get(project);
  await requireOutside(store.folder, resolve(asked));
  const work =
    format === 'csv' ? tableWork(store, project, which) : maskWork(store, project, which, format);
  const folder = await ExportFolder.open(asked, `labels-${format}`, store.unfinished);
  const outcome = new ExportOutcome((done) => {
    watch.progress(done, work.total);
  });
  watch.progress(0, work.total);
  let cancelled = false;
  try {
    await work.write({ folder, names: work.names, signal: watch.signal, outcome });
  } catch (error) {
    // A stopped export may throw various errors.
    if (!watch.signal.aborted) throw error;
    cancelled = true;
  }
  if (!cancelled && outcome.images === 0) await folder.discard();
  return {
    format,
    folder: folder.path,
    files: folder.files,
    images: outcome.images,
    cancelled,
    unmarked: work.unmarked,
    leftOut: outcome.leftOut,
    notes: outcome.notes,
  };
}

interface Work {
  /** Number of images. */
  readonly total: number;
  readonly unmarked: number;
  readonly names: ExportNames;
  write(context: Pick<ExportContext, 'folder' | 'names' | 'signal' | 'outcome'>): Promise<void>;
}

function maskWork(
  store: Store,
  project: number,
  which: ExportedMasks,
  format: Exclude<LabelFormat, 'csv'>,
): Work {
  const { images, classes, unmarked } = maskedImages(store, project, which);
  if (images.length === 0) throw nothingToExport(noMasks(which));
  requireMaskValues(store, project);
  return {
    total: images.length,
    unmarked,
    names: new ExportNames(
      images.map(({ image }) => image),
      store.images.all(project),
    ),
    write: (context) => maskExports[format]({ ...context, images, classes }),
  };
}

function tableWork(store: Store, project: number, which: ExportedMasks): Work {
  const { task, images: total } = store.projects.get(project);
  const labels =
    task === 'segmentation' ? markedClasses(store, project, which) : givenClasses(store, project);
  const images = [...store.images.all(project)];
  const labelled = images.filter((image) => labels(image) !== null).length;
  if (labelled === 0) {
    throw nothingToExport(
      task === 'segmentation' ? noMasks(which) : labelExportText.nothingLabelled,
    );
  }
  return {
    total,
    unmarked: total - labelled,
    names: new ExportNames(images),
    write: (context) => exportTable(images, labels, context),
  };
}

function noMasks(which: ExportedMasks): string {
  return which === 'done' ? labelExportText.nothingDone : labelExportText.nothingMasked;
}

function nothingToExport(message: string): UserError {
  return new UserError('invalid-labels', message);
}
