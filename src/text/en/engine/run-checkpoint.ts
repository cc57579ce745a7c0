/** Messages about checkpoints of distillations. `path` is the file of the checkpoint. */
export const runCheckpointText = {
  damaged: (path: string) =>
    `${path} is not a checkpoint of a run, or is damaged. Start over without --resume.`,
  otherRun: (path: string) =>
    `${path} belongs to a run with another teacher, other images or other options. To continue it, use the same ones; otherwise start over without --resume.`,
  none: (folder: string) =>
    `There is no checkpoint in ${folder} yet, so the run starts from the beginning.`,
  continued: (step: number) => `Continuing after step ${step}.`,
  replaced: (path: string) =>
    `${path} was left by an interrupted run, which --resume would continue; this run starts over and will replace it.`,
  earlierVersion: (path: string) =>
    `${path} is from an earlier version, which identified images only by name and size. If any image was replaced since, start over without --resume.`,
  stoppedAtOnce: 'Stopped before the first step was completed.',
  stopped: (path: string, step: number) =>
    `Stopped after step ${step}. The checkpoint is ${path}; run the same command with --resume to continue.`,
  /** @param failure message of the error that ended the run */
  keptAfter: (failure: string, { path, step }: Checkpoint) =>
    `${failure} The state after step ${step} is in ${path}: run the same command with --resume to continue from there.`,
};

interface Checkpoint {
  readonly path: string;
  readonly step: number;
}
