import type { WrittenPreparation } from '../../../../contract/jobs.ts';
import { call } from '../../../lib/client.ts';
import { notices } from '../../../lib/notices.svelte.ts';
import type { ProjectState } from '../../../lib/project-state.svelte.ts';
import { text } from '../../../text/index.ts';

/** Keeps what the model sees with the project; a notice takes it back. */
export async function applyPreparation(
  opened: ProjectState,
  preparation: WrittenPreparation,
): Promise<void> {
  const before = $state.snapshot(opened.project.settings.preparation);
  if (!(await keep(opened, preparation))) return;
  notices.add('done', text.preparation.applied, {
    action: { label: text.common.undo, run: () => void keep(opened, before) },
  });
}

/** Pictures are asked for by the new choice only once the engine has it. Whether it worked. */
async function keep(opened: ProjectState, preparation: WrittenPreparation): Promise<boolean> {
  try {
    const settings = { preparation };
    opened.project = await call('project.update', { project: opened.project.id, settings });
    return true;
  } catch (error) {
    notices.fail(error);
    return false;
  }
}
