import type { EvaluateRequest } from '../../contract/jobs.ts';
import type { EvaluateSummary } from '../../contract/results.ts';
import { openFileExecutor } from '../devices/open-executor.ts';
import { withCpuFallback } from '../devices/cpu-fallback.ts';
import type { JobContext } from '../job.ts';
import { openModel } from '../models/model-file.ts';
import { taskOf } from '../tasks/tasks.ts';

/**
 * Measures an exported student on labelled images.
 *
 * @throws UserError if the model or the images are unusable, 'invalid-option', and 'cancelled'
 */
export async function evaluateModel(
  request: EvaluateRequest,
  context: JobContext,
): Promise<EvaluateSummary> {
  return withCpuFallback(request.device, context, async (device) => {
    const executor = openFileExecutor(request.threads, device);
    const model = await openModel(request.model, executor);
    try {
      return await taskOf(model.card.task).evaluate(model, request, context);
    } finally {
      await model.graph.dispose();
    }
  });
}
