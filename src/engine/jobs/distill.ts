import type { DistillRequest } from '../../contract/jobs.ts';
import type { DistillSummary } from '../../contract/results.ts';
import { chooseDevice } from '../device-choice/choose-device.ts';
import { requirePreparation } from '../images/preparation-options.ts';
import type { JobContext } from '../job.ts';
import type { ChooseDevice } from '../distill/student-task.ts';
import { taskOf } from '../tasks/tasks.ts';

/**
 * Distils a student on the images of a folder, on the fastest device unless one is named.
 *
 * @throws UserError for everything that the user can correct, and 'cancelled'
 */
export async function distill(
  request: DistillRequest,
  context: JobContext,
): Promise<DistillSummary> {
  requirePreparation(request);
  return taskOf(request.task).distill(request, context, { chooseDevice: chooseForStudent });
}

const chooseForStudent: ChooseDevice = (asked, { request, teacher, blocks }, context) => {
  const { architecture } = teacher.model;
  const { threads, rank, batch, precision, preparation, overrides } = request;
  const student = { teacher: request.teacher, overrides, preparation, blocks, rank, batch };
  const { imageSize } = architecture;
  return chooseDevice(asked, { ...student, precision, threads, imageSize, architecture }, context);
};
