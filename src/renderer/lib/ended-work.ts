import { text } from '../text/index.ts';
import type { Notice } from './notices.svelte.ts';
import type { StepName } from './project-state.svelte.ts';

/** Work that ended, well or not: a run, an import, predictions, an export, a download. */
export interface EndedWork {
  /** Null where it is of no project, as a teacher is. */
  readonly project: number | null;
  readonly kind: Notice['kind'];
  /** What came of it, in a sentence. */
  readonly message: string;
  readonly details?: string | undefined;
  /** Where it is to be seen. */
  readonly step: StepName;
  readonly run?: number | undefined;
  /** Of the button that goes there. */
  readonly open: string;
  /** What can be done about it here; offered where somebody is in its project. */
  readonly action?: Notice['action'];
  /** Steps that show by themselves what came of it: no notice is needed there. */
  readonly shownAt?: readonly StepName[] | undefined;
}

/** What somebody looks at: a project and its step, or none. */
export interface Sight {
  readonly project: number | null;
  readonly step: StepName | null;
}

/** How somebody is told of work that ended. */
export interface Telling {
  /** In a notice; with the name of its project where another is open. Null: it is in sight anyway. */
  readonly message: string | null;
  /** What the notice offers: the work's own action, the way to its place, or nothing. */
  readonly offer: 'own' | 'go' | null;
  /** Its project has news that nobody has seen. */
  readonly isNews: boolean;
}

/** @param name of the work's project, where it is known */
export function tellingOf(work: EndedWork, sight: Sight, name: string | undefined): Telling {
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
