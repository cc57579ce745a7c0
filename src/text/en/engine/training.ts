/** Messages about the course of a training, and the device that it runs on. */
export const trainingText = {
  teacherReplaced: (file: string, teacher: string) =>
    `${file} is no longer the teacher ${teacher}: it was replaced or changed. Put the original file back, or add this file as a teacher and choose it.`,

  lossDiverged: ({ step, smallerRate }: { step: number; smallerRate: number }) =>
    `Training diverged at step ${step}: the loss is NaN or infinite. Use a smaller learning rate (--lr ${smallerRate}) or rank.`,
  weightsDiverged: (step: number) =>
    `Training diverged at step ${step}: the weights are NaN or infinite. Use a smaller learning rate or rank.`,
  /** @param block number of the block, from 1 */
  blockNotFitted: (block: number) =>
    `Block ${block} of the student could not be fitted: the device produced NaN or infinite values. Start from the untrained copy instead (--start copy).`,

  sharedGpu:
    'Another Understudy run is using this GPU: both will be slower, and this run uses at most half of the GPU’s memory.',
  exceedsGpu: (memory: Memory) => `${shortage(memory, 'GPU')}.`,
  exceedsComputer: (memory: Memory) =>
    `${shortage(memory, 'computer')}: it may be very slow, or be stopped by the system. Choose a smaller teacher or --image-size.`,
  float32Only: (device: string) => `${device} always uses float32; --precision is ignored.`,
  manyThreads: ({ available, requested }: { available: number; requested: number }) =>
    `This computer runs ${available} threads at a time; ${requested} will be slower.`,
};

/** Memory that a student needs and that a run may use, bytes. */
interface Memory {
  readonly needed: number;
  readonly usable: number;
}

function shortage({ needed, usable }: Memory, of: 'GPU' | 'computer'): string {
  return `This student needs about ${gibibytes(needed)} GiB, but a run may use ${gibibytes(usable)} GiB of the ${of}'s memory`;
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
