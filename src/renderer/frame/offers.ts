import type { Action } from '../lib/keys/actions.svelte.ts';
import { keyName } from '../lib/keys/keys.ts';
import { stepNames } from '../lib/project-state.svelte.ts';
import { text } from '../text/index.ts';
import type { Offer } from '../lib/keys/finder-search.ts';
import type { Shell } from './shell.svelte.ts';

/** Entries of the command palette: steps of the open project, actions, projects. */
export function offersOf(shell: Shell, actions: readonly Action[]): Offer[] {
  const kinds = text.frame.palette;
  const steps = shell.open === null ? [] : stepNames;
  return [
    ...steps.map((step, index): Offer => ({
      label: text.frame.steps[step],
      also: text.frame.stepsAlso[step],
      hint: keyName(`Alt+${index + 1}`),
      run: () => {
        shell.goTo(step);
      },
    })),
    ...actions
      .filter(({ isPossible }) => isPossible?.() !== false)
      .map((action): Offer => ({
        label: action.label,
        also: action.also ?? '',
        hint: action.keys ?? kinds.action,
        run: () => {
          action.run();
        },
      })),
    {
      label: text.frame.workspaceFolder,
      hint: kinds.action,
      run: () => void shell.chooseWorkspace(),
    },
    ...(shell.projects ?? [])
      .filter(({ id }) => id !== shell.open?.project.id)
      .map((project): Offer => ({
        label: project.name,
        hint: kinds.project,
        run: () => void shell.openProject(project.id),
      })),
  ];
}
