import type { LabelExportReport, LabelExportRequest } from '../../contract/label-export.ts';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import type { JobContext } from '../job.ts';
import { PhaseProgress } from '../job.ts';
import { clearUnfinishedExports } from '../files/unfinished-files.ts';
import { openNamedWorkspace } from '../files/named-workspace.ts';
import { exportLabels } from '../label-export/export-labels.ts';
import { workspaceJobText } from '../../text/index.ts';

/**
 * Exports the labels of a project, found by name, from a workspace that no app has open.
 *
 * @throws UserError 'in-use' if it is open, 'not-found' without workspace or project, 'unsupported' if the format
 * fits none of the images, 'cancelled', and as `exportLabels`
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
    const message = workspaceJobText.exportStopped(report.folder, report.files.length);
    throw new UserError('cancelled', message);
  } finally {
    store.close();
  }
}

/** @throws UserError if no file was written */
function withFiles(report: LabelExportReport): LabelExportReport {
  const { format, leftOut, images } = report;
  const [first] = leftOut;
  if (images > 0 || first === undefined) return report;
  const reasons = leftOut.map(({ path, reason }) => `${path}: ${reason}`);
  throw new UserError(
    'unsupported',
    workspaceJobText.nothingExported(format, leftOut.length, first.reason),
    reasons.slice(0, listedReasons).join('\n'),
  );
}

/** Reasons listed in the details of an export without files. */
const listedReasons = 20;

/**
 * Finds a project by name.
 *
 * @throws UserError 'not-found' if there is none, 'invalid-option' if several have the name
 */
export function projectNamed(store: Store, asked: string): number {
  const name = asked.trim().normalize('NFC');
  const projects = store.projects.list();
  const [project, ...others] = projects.filter((one) => one.name === name);
  if (project === undefined) {
    const names = projects.map((one) => one.name);
    throw new UserError('not-found', workspaceJobText.noProject(store.folder, name, names));
  }
  if (others.length > 0) {
    throw new UserError(
      'invalid-option',
      workspaceJobText.ambiguousProject(store.folder, name, others.length + 1),
    );
  }
  return project.id;
}
