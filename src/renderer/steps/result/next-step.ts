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
  const { next } = task.verdict(summary);
  if (next === null) return { step: 'export', label: resultText.next };
  return { step: stepOfRemedy[next], label: useText.button(next, task.topic) };
}
