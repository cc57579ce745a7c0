import { hasCopy, useOf } from '../../../contract/judgement.ts';
import type { DistillSummary } from '../../../contract/results.ts';
import type { Remedy } from '../../../contract/usefulness.ts';
import type { StepName } from '../../lib/project-state.svelte.ts';
import { resultText } from '../../text/en/steps/result.ts';
import { useText } from '../../text/en/steps/result-use.ts';
import { resultTaskOf } from './result-tasks.ts';

const stepOfRemedy: Record<Remedy, StepName> = {
  copy: 'export',
  steps: 'skip',
  label: 'labels',
  adapt: 'skip',
  blocks: 'skip',
  teacher: 'teacher',
};

/** Step that follows from a result: the export of the recommended model, otherwise what would help most. */
export function nextStep(summary: DistillSummary): { step: StepName; label: string } {
  const task = resultTaskOf(summary.task);
  const next = possibleRemedy(summary, task.verdict(summary).next);
  if (next === null) return { step: 'export', label: resultText.next };
  return { step: stepOfRemedy[next], label: useText.button(next, task.topic) };
}

/** The first remedy; the second one if the first is a copy that the run did not write. */
function possibleRemedy(summary: DistillSummary, first: Remedy | null): Remedy | null {
  if (first !== 'copy' || hasCopy(summary)) return first;
  return useOf(summary)?.remedies.find((remedy) => remedy !== 'copy') ?? null;
}
