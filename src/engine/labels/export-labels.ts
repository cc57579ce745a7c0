import { resolve } from 'node:path';
import type { ExportedMasks, LabelExportReport, LabelFormat } from '../../contract/label-export.ts';
import { UserError } from '../../core/errors.ts';
import { requireOutside } from '../outside.ts';
import type { Store } from '../../store/store.ts';
import { ExportOutcome, type ExportContext } from './export-context.ts';
import { ExportFolder } from './export-folder.ts';
import { ExportNames } from './export-names.ts';
import { exportTable } from './label-table.ts';
import { exportCoco, exportGeotiff, exportNifti, exportPng } from './mask-formats.ts';
import { maskedImages, requireMaskClasses } from './masked-images.ts';
import { exportSeg } from './seg-format.ts';
import { exportGeojson, exportGeopackage } from './vector-formats.ts';

export interface LabelExportOptions {
  readonly project: number;
  readonly format: LabelFormat;
  readonly which: ExportedMasks;
  /** Absolute, or relative to the working folder. */
  readonly folder: string;
}

/** How an export is watched and stopped. */
export interface LabelExportWatch {
  readonly signal: AbortSignal;
  /** Images that have been dealt with, of so many. */
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
 * Writes the labels of a project into a folder. Nothing that lies there is replaced (see `ExportFolder`);
 * every file is whole, also where the export was stopped. Images whose labels do not fit the format are
 * told of, each with its reason.
 *
 * @throws UserError 'not-found', 'disk', 'invalid-option' for the workspace's own folder, 'invalid-labels'
 * where there is nothing to write, 'too-large' for more classes than masks hold
 */
export async function exportLabels(
  store: Store,
  { project, format, which, folder: asked }: LabelExportOptions,
  watch: LabelExportWatch,
): Promise<LabelExportReport> {
  store.projects.get(project);
  await requireOutside(store.folder, resolve(asked));
  const work =
    format === 'csv' ? tableWork(store, project) : maskWork(store, project, which, format);
  const folder = await ExportFolder.open(asked, `labels-${format}`, store.unfinished);
  const outcome = new ExportOutcome((done) => {
    watch.progress(done, work.total);
  });
  watch.progress(0, work.total);
  let cancelled = false;
  try {
    await work.write({ folder, names: work.names, signal: watch.signal, outcome });
  } catch (error) {
    // What is stopped throws in more than one way.
    if (!watch.signal.aborted) throw error;
    cancelled = true;
  }
  return {
    ...{ format, folder: folder.path, files: folder.files, images: outcome.images, cancelled },
    ...{ unmarked: work.unmarked, leftOut: outcome.leftOut, notes: [...outcome.notes] },
  };
}

interface Work {
  /** Images. */
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
  if (images.length === 0) {
    throw nothing(
      which === 'done'
        ? 'No mask of this project is marked as done yet. Mark some, or export all of them.'
        : 'No image of this project has a mask yet. Mark something, or export classes as a table.',
    );
  }
  requireMaskClasses(store, project);
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

function tableWork(store: Store, project: number): Work {
  const { images, labelled } = store.projects.get(project);
  if (labelled === 0) {
    throw nothing('No image of this project has a label yet. Label some, or export masks.');
  }
  return {
    total: images,
    unmarked: images - labelled,
    names: new ExportNames([...store.images.all(project)]),
    write: (context) => exportTable(store, project, context),
  };
}

function nothing(message: string): UserError {
  return new UserError('invalid-labels', message);
}
