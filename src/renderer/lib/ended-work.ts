import { text } from '../text/index.ts';
import type { Notice } from './notice-list.ts';
import type { StepName } from './project-state.svelte.ts';

/** Finished or failed work: a run, an import, predictions, an export, a download. */
export interface EndedWork {
  /** Project ID; null for work outside of projects, such as the download of a teacher. */
  readonly project: number | null;
  readonly kind: Notice['kind'];
  /** Outcome in one sentence. */
  readonly message: string;
  readonly details?: string | undefined;
  /** Step that shows the outcome. */
  readonly step: StepName;
  readonly run?: number | undefined;
  /** Label of the button that opens the step. */
  readonly open: string;
  /** Action of the notice while the work's project is open. */
  readonly action?: Notice['action'] | undefined;
  /** Steps that show the outcome themselves, so that no notice is needed there. */
  readonly shownAt?: readonly StepName[] | undefined;
}

/** Current project and step; null for none. */
export interface Sight {
  readonly project: number | null;
  readonly step: StepName | null;
}

/** Way of reporting work that ended. */
export interface WorkNotice {
  /** Message of the notice, with the project's name if another project is open; null for no notice. */
  readonly message: string | null;
  /** Button of the notice: the work's own action, the way to its step, or none. */
  readonly offer: 'own' | 'go' | null;
  /** True if the work's project is marked as unseen. */
  readonly isNews: boolean;
}

/** @param name name of the work's project, if known */
export function noticeOf(work: EndedWork, sight: Sight, name: string | undefined): WorkNotice {
  const isHere = work.project === null || work.project === sight.project;
  if (!isHere) {
    const message = text.ended.ofProject(name ?? text.ended.aProject, work.message);
    return { message, offer: 'go', isNews: true };
  }
  const isShown = sight.step !== null && work.shownAt?.includes(sight.step) === true;
  if (isShown) return { message: null, offer: null, isNews: false };
  const go = sight.project !== null && sight.step !== work.step ? 'go' : null;
  return { message: work.message, offer: work.action ? 'own' : go, isNews: false };
}
