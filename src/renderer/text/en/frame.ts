import type { StepName } from '../../lib/project-state.svelte.ts';
import { count, counted, roughDuration } from '../../lib/format.ts';

const steps: Record<StepName, string> = {
  project: 'Project',
  images: 'Images',
  labels: 'Labels',
  teacher: 'Teacher',
  skip: 'Skip factor',
  distil: 'Distil',
  result: 'Result',
  export: 'Export',
};

/** What else a step is looked for by. */
const stepsAlso: Record<StepName, string> = {
  project: 'classes name colours',
  images: 'folder import files',
  labels: 'masks outlines regions annotate classes',
  teacher: 'model backbone',
  skip: 'blocks settings steps rank',
  distil: 'run train loss student',
  result: 'masks dice accuracy compare student',
  export: 'onnx save student model',
};

/** Title bar, rail, status bar, palette, and what the window says of the engine. */
export const frame = {
  stepsAlso,
  steps,
  stepsName: 'Steps',
  stepState: {
    done: 'done',
    work: 'in work',
    open: 'open',
    waiting: 'waiting',
  },
  /** What a step that cannot begin yet waits for. */
  waitsFor: {
    images: 'waits for images',
    labels: 'waits for labels',
    teacher: 'waits for a teacher',
    run: 'waits for a student',
  },
  /** What would help, else what there is. */
  labelled: (learnt: number, missing: number) =>
    missing > 0 ? `${count(missing)} more` : count(learnt),
  labelledSpoken: (learnt: number, tested: number, missing: number) =>
    [
      `${counted(learnt, 'labelled image')} to learn from`,
      `${count(tested)} held out for the test`,
      ...(missing > 0 ? [`${counted(missing, 'more label')} would help`] : []),
    ].join(', '),
  imagesSpoken: (images: number) => counted(images, 'image'),

  projectMenu: 'Projects',
  allProjects: 'All projects',
  newProject: 'New project',
  search: 'Search',
  keys: 'Keys',
  throughputUnit: 'images/s',
  throughputSpoken: 'Images per second in the run at work, on this computer’s processor',

  status: 'Status',
  idle: 'Nothing is running',
  /** In place of what runs, while that is not known. */
  unknown: {
    starting: 'Starting…',
    silent: 'The engine does not answer',
    restarting: 'The engine is being restarted',
    failed: 'The engine is not running',
  },
  paused: (step: number, steps: number) =>
    step < steps
      ? `Distilling is paused at step ${count(step)} of ${count(steps)}`
      : 'Distilling is paused after its last step',
  queued: 'A student waits for its turn',
  starting: 'Starting to distil',
  importing: (done: number, total: number) =>
    total === 0 ? 'Looking for images' : `Adding images: ${count(done)} of ${count(total)}`,
  timeLeft: (seconds: number) => `${roughDuration(seconds)} left`,
  messages: (number: number) => counted(number, 'message'),
  local: 'Everything stays on this computer',

  engineRestarting: {
    title: 'The engine stopped and is being started again',
    meaning:
      'Images and labels are saved. A run goes on from its last checkpoint, or begins again where it had none yet.',
  },
  engineFailed: {
    title: 'The engine is not running',
    meaning:
      'Nothing is lost: images and labels are saved. Start the engine again; if that does not help, the log says why.',
  },
  engineSilent: {
    title: 'No answer',
    meaning: (seconds: number) =>
      `The part of Understudy that does the work has not answered for ${counted(seconds, 'second')}. It may be busy, or it may be stuck. Saved work is safe: after a restart, a run goes on from its last checkpoint.`,
    restart: 'Restart',
    wait: 'Keep waiting',
  },
  engineReady: 'The engine is running again.',
  restart: 'Start the engine',
  restartEngine: 'Restart the engine',
  chooseWorkspace: 'Choose another folder…',
  workspaceFolder: 'Folder for projects…',
  showLog: 'Show the log',
  about: 'About Understudy',

  drop: {
    start: {
      title: 'Drop a folder of images',
      what: 'It begins a new project. The images stay where they lie.',
    },
    project: {
      title: 'Drop a folder to add its images',
      what: 'They stay where they lie.',
    },
    folders: (number: number) =>
      `${counted(number, 'folder')} at once: drop the folder that holds them, or one after the other.`,
    files: (number: number) =>
      number === 1
        ? 'That is a file. Drop the folder that it lies in: all its images come in together.'
        : 'Those are files. Drop the folder that they lie in: all its images come in together.',
    nothing: 'That has no place on this computer. Save it to a folder first, and drop the folder.',
    take: (name: string) => `Add the folder “${name}”`,
  },

  notices: 'Messages',

  palette: {
    title: 'Search',
    placeholder: 'Search steps, actions and projects',
    nothing: (search: string) => `Nothing is called “${search}”.`,
    action: 'Action',
    project: 'Project',
    results: 'Results',
  },
};
