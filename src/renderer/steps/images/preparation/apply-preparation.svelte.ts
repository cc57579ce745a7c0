import type { WrittenPreparation } from '../../../../contract/jobs.ts';
import { call } from '../../../lib/client.ts';
import { notices } from '../../../lib/notices.svelte.ts';
import type { ProjectState } from '../../../lib/project-state.svelte.ts';
import { text } from '../../../text/index.ts';

/** Saves a project's image preparation; a notice offers to undo it. */
export async function applyPreparation(
  opened: ProjectState,
  preparation: WrittenPreparation,
): Promise<void> {
  const before = $state.snapshot(opened.project.settings.preparation);
  if (!(await save(opened, preparation))) return;
  notices.add('done', text.preparation.applied, {
    action: { label: text.common.undo, run: () => void save(opened, before) },
  });
}

/** Saves a preparation. Pictures are requested again only after the engine has saved it. @returns true if it worked */
async function save(opened: ProjectState, preparation: WrittenPreparation): Promise<boolean> {
  try {
    const settings = { preparation };
    opened.project = await call('project.update', { project: opened.project.id, settings });
    return true;
  } catch (error) {
    notices.fail(error);
    return false;
  }
}
