import type { LabelExportReport, LabelExportRequest } from '../../contract/label-export.ts';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import type { JobContext } from '../job.ts';
import { PhaseProgress } from '../job.ts';
import { clearUnfinishedExports } from '../unfinished-files.ts';
import { openNamedWorkspace } from '../named-workspace.ts';
import { exportLabels } from './export-labels.ts';

/**
 * Writes the labels of a project, by its name, of a workspace that no window has open.
 *
 * @throws UserError 'in-use' where it is open, 'not-found' without workspace or project, 'unsupported' where the
 * format fits none of the images, 'cancelled', and as `exportLabels`
 */
export async function exportFromWorkspace(
  { workspace, project: name, format, which, out }: LabelExportRequest,
  context: JobContext,
): Promise<LabelExportReport> {
  const store = openNamedWorkspace(workspace);
  try {
    await clearUnfinishedExports(store);
    const project = projectNamed(store, name);
    let shown: PhaseProgress | undefined;
    const report = await exportLabels(
      store,
      { project, format, which, folder: out },
      {
        signal: context.signal,
        progress: (done, total) => {
          shown ??= new PhaseProgress(context, 'export', total);
          shown.advance(done);
        },
      },
    );
    if (!report.cancelled) return withFiles(report);
    throw new UserError(
      'cancelled',
      `Stopped. ${report.files.length} files are in ${report.folder} and whole; the rest was not written.`,
    );
  } finally {
    store.close();
  }
}

/** @throws UserError where there are none */
function withFiles(report: LabelExportReport): LabelExportReport {
  const { format, leftOut, images } = report;
  const [first] = leftOut;
  if (images > 0 || first === undefined) return report;
  const reasons = leftOut.map(({ path, reason }) => `${path}: ${reason}`);
  throw new UserError(
    'unsupported',
    `Nothing was exported: ${format} fits none of the images with labels (${leftOut.length}). The first: ${first.reason}`,
    reasons.slice(0, toldReasons).join('\n'),
  );
}

/** In the details of an export without files. */
const toldReasons = 20;

/** @throws UserError 'not-found' without one of the name, 'invalid-option' where several have it */
export function projectNamed(store: Store, asked: string): number {
  const name = asked.trim().normalize('NFC');
  const projects = store.projects.list();
  const [project, ...others] = projects.filter((one) => one.name === name);
  if (project === undefined) {
    const names = projects.map((one) => one.name).join(', ');
    throw new UserError(
      'not-found',
      `${store.folder} has no project named ${name}. It has: ${names === '' ? 'none' : names}.`,
    );
  }
  if (others.length > 0) {
    throw new UserError(
      'invalid-option',
      `${store.folder} has ${others.length + 1} projects named ${name}. Give one of them another name in the window.`,
    );
  }
  return project.id;
}
