/** Messages about runs of the workspace: checks before they begin, and how they end. */
export const runText = {
  noTeacher: (project: string) => `Choose a teacher for ${project} first.`,
  teacherRemoved: (teacher: string) =>
    `The teacher ${teacher} was removed. Choose another one and start a new run.`,
  sizeNotOfPatches: ({
    imageSize,
    patch,
  }: {
    readonly imageSize: number;
    readonly patch: number;
  }) =>
    `Image size ${imageSize} px is not a multiple of the teacher's patch size. Choose a multiple of ${patch}.`,
  tooMuchMemory: (need: MemoryNeed) =>
    `${memoryText(need)}. Choose a smaller image size, or a smaller teacher.`,
  muchMemory: (need: MemoryNeed) =>
    `${memoryText(need)}: it may be very slow, or be stopped by the system. Choose a smaller image size.`,

  elsewhere:
    'This workspace was last opened on another computer, or is a copy, so its runs do not resume automatically. To continue this run here, resume it.',
  killedSilent: (silentMs: number) =>
    `The run did not respond for ${durationText(silentMs)} and could not be paused, so its process was ended. Progress since its last checkpoint is lost (all of it, if there is none yet).`,
  silent: (silentMs: number) =>
    `This run has not responded for ${durationText(silentMs)}. It may be slow because this computer is busy or short of memory, or it may hang. If it does not continue, pause and resume it: it restarts from its last checkpoint, or from the beginning if there is none yet.`,
  deviceCrashed: (device: string) =>
    `The process that computed on ${device} ended unexpectedly, perhaps because of a faulty driver. The run continues on the processor.`,
};

interface MemoryNeed {
  /** Image size, px. */
  readonly imageSize: number;
  /** Memory that a run needs, bytes. */
  readonly needed: number;
  /** Memory of the computer, bytes. */
  readonly memory: number;
}

function memoryText({ imageSize, needed, memory }: MemoryNeed): string {
  return `With an image size of ${imageSize} px, a run needs about ${gigabytes(needed)} GB of memory, and this computer has ${gigabytes(memory)} GB`;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0);
}

function durationText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes <= 1 ? 'a minute' : `${minutes} minutes`;
}

/** Messages about uses of a run's student: its files, predicted masks, and the search for images to review. */
export const studentText = {
  notDone: 'This run has no student yet. Wait until it is done.',
  notSaved: (file: string) => `${file} is missing, so nothing can be saved. Distil again.`,

  noSegmentation:
    'This run has no finished segmentation student. Wait until it is done, or choose another run.',
  predictsAlready: 'This student is already predicting. Wait until it is done.',
  predictsDuringRun: 'A student is being distilled. Predict when it is done, or pause it.',
  imageChanged: (path: string) =>
    `${path} has changed since it was imported. Add its folder again.`,
  imageMissing: (path: string) => `${path} is missing. Add its folder again.`,
  classesLost: 'The data of this run is missing, so its classes are unknown. Distil again.',
  notPredicted: (file: string) => `${file} is missing, so nothing can be predicted. Distil again.`,
  predictionCrashed:
    'The prediction crashed, most likely for lack of memory. Finished masks are kept: close other programs, then continue.',

  reviewOfMasks: 'In segmentation projects, predict masks with the student and review those.',
  nothingToReviewWith: 'There is no finished student yet. Distil one first.',
  reviewsAlready: 'The search for images to review is already running. Wait until it is done.',
  reviewsDuringRun:
    'A student is being distilled. Search for images to review when it is done, or pause it.',
  notReviewed: (file: string) => `${file} is missing, so its student cannot be used. Distil again.`,
};
