import { SvelteMap } from 'svelte/reactivity';
import type { Run } from '../../../contract/app.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';

/** Which run of a project is looked at, in the steps from Distil on; by default the latest that fits. */
const chosen = new SvelteMap<number, number>();

export function lookAt(project: number, run: number): void {
  chosen.set(project, run);
}

/** Back to the default. */
export function lookAtLatest(project: number): void {
  chosen.delete(project);
}

/** What Distil shows: what was chosen, else what is at work, else the latest. */
export function watchedRun({ project, runs, activeRun, latestRun }: ProjectState): Run | undefined {
  return runs.find(({ id }) => id === chosen.get(project.id)) ?? activeRun ?? latestRun;
}

/** What Result and Export show: only runs that have a result. */
export function resultRun({ project, runs, finishedRun }: ProjectState): Run | undefined {
  return runs.find(({ id, summary }) => id === chosen.get(project.id) && summary) ?? finishedRun;
}
