import type { Action } from '../lib/actions.svelte.ts';
import { keyName } from '../lib/keys.ts';
import { stepNames } from '../lib/project-state.svelte.ts';
import { text } from '../text/index.ts';
import type { Offer } from './palette-search.ts';
import type { Shell } from './shell.svelte.ts';

/** All that the palette can do now: steps of the open project, actions, projects. */
export function offersOf(shell: Shell, actions: readonly Action[]): Offer[] {
  const steps = shell.open === null ? [] : stepNames;
  return [
    ...steps.map((step, index): Offer => ({
      kind: 'step',
      label: text.frame.steps[step],
      hint: keyName(`Alt+${index + 1}`),
      run: () => {
        shell.goTo(step);
      },
    })),
    ...actions
      .filter(({ isPossible }) => isPossible?.() !== false)
      .map((action): Offer => ({
        kind: 'action',
        label: action.label,
        ...(action.keys === undefined ? {} : { hint: keyName(action.keys) }),
        run: () => {
          action.run();
        },
      })),
    {
      kind: 'action',
      label: text.frame.workspaceFolder,
      run: () => void shell.chooseWorkspace(),
    },
    ...(shell.projects ?? [])
      .filter(({ id }) => id !== shell.open?.project.id)
      .map((project): Offer => ({
        kind: 'project',
        label: project.name,
        run: () => void shell.openProject(project.id),
      })),
  ];
}
