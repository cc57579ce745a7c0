import type { LocateReport } from '../../contract/app.ts';
import type { LocateRequest } from '../../contract/import-job.ts';
import type { JobContext } from '../job.ts';
import { openNamedWorkspace } from '../files/named-workspace.ts';
import { projectNamed } from './export-from-workspace.ts';
import { ImageLocator } from '../app/imports/locate-images.ts';

/**
 * Searches a folder for the missing images of a project, found by name, as the app does.
 *
 * @throws UserError 'in-use' if the workspace is open, 'not-found' without workspace, project or folder, 'cancelled'
 */
export async function locateImages(
  { workspace, project: name, from, folder }: LocateRequest,
  { signal }: JobContext,
): Promise<LocateReport> {
  const store = openNamedWorkspace(workspace);
  try {
    const project = projectNamed(store, name);
    const locator = new ImageLocator(store, () => undefined);
    return await locator.locate(project, from ?? null, folder, signal);
  } finally {
    store.close();
  }
}
