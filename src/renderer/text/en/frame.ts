import type { StepName } from '../../lib/project-state.svelte.ts';
import { count, counted, roughDuration } from '../../lib/format.ts';
import { menuText } from '../../../text/index.ts';

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

/** Further search words of each step. */
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

/** Text of title bar, rail, status bar, command palette and the engine's state. */
export const frame = {
  stepsAlso,
  steps,
  stepsName: 'Steps',
  stepState: {
    done: 'done',
    work: 'in progress',
    open: 'open',
    waiting: 'waiting',
  },
  /** Missing requirement of a step that cannot begin yet. */
  waitsFor: {
    images: 'needs images',
    labels: 'needs labels',
    teacher: 'needs a teacher',
    run: 'needs a student',
  },
  /** Count beside the step Labels: useful further labels, else the labels there are. */
  labelled: (learnt: number, tested: number, missing: number) => {
    if (missing > 0) return `${count(missing)} more`;
    return tested > 0 ? `${count(learnt)} + ${count(tested)} test` : count(learnt);
  },
  labelledSpoken: (learnt: number, tested: number, missing: number) =>
    [
      counted(learnt, 'labelled training image'),
      counted(tested, 'test image'),
      ...(missing > 0 ? [`${counted(missing, 'more label')} would help`] : []),
    ].join(', '),
  imagesSpoken: (images: number) => counted(images, 'image'),

  projectMenu: 'Projects',
  allProjects: menuText.allProjects,
  newProject: menuText.newProject,
  search: 'Search',
  throughputUnit: 'images/s',
  throughputSpoken: 'Images per second of the current run, on this computer’s processor',

  status: 'Status',
  idle: 'Nothing is running',
  /** State of the engine while it is not ready. */
  unknown: {
    starting: 'Starting…',
    silent: 'The engine does not respond',
    restarting: 'The engine is restarting',
    failed: 'The engine is not running',
  },
  paused: (step: number, steps: number) =>
    step < steps
      ? `Distilling is paused at step ${count(step)} of ${count(steps)}`
      : 'Distilling is paused after its last step',
  queued: 'A run is queued',
  starting: 'Starting to distil',
  importing: (done: number, total: number) =>
    total === 0 ? 'Looking for images' : `Adding images: ${count(done)} of ${count(total)}`,
  timeLeft: (seconds: number) => `${roughDuration(seconds)} left`,
  /** Time left of a run, which has several phases. */
  timeLeftInPart: (seconds: number) => `${roughDuration(seconds)} left in this phase`,
  messages: (number: number) => counted(number, 'message'),
  local: 'Everything stays on this computer',

  engineRestarting: {
    title: 'The engine stopped and is restarting',
    meaning:
      'Images and labels are saved. A run continues from its last checkpoint, or starts over if it has none.',
  },
  engineFailed: {
    title: 'The engine is not running',
    meaning:
      'Images and labels are saved. Start the engine again; if it stops again, the log shows the reason.',
  },
  folderInUse: {
    title: 'This workspace is already in use',
    meaning: 'Close the other window or command that uses it, or choose another folder.',
  },
  engineSilent: {
    title: 'The engine is not responding',
    meaning: (seconds: number) =>
      `The engine, the background process of Understudy, has not responded for ${counted(seconds, 'second')}. It may be busy or stuck. Saved work is safe: after a restart, a run continues from its last checkpoint.`,
    restart: 'Restart',
    wait: 'Keep waiting',
  },
  engineReady: 'The engine is running again.',
  restart: 'Start the engine',
  restartEngine: 'Restart the engine',
  chooseWorkspace: 'Choose another folder…',
  workspaceFolder: menuText.workspaceFolder,
  showLog: menuText.showLog,
  about: menuText.about,

  drop: {
    start: {
      title: 'Drop a folder of images',
      what: 'Understudy makes a new project from it. The images stay where they are.',
    },
    project: {
      title: 'Drop a folder to add its images',
      what: 'The images stay where they are.',
    },
    folders: (number: number) =>
      `${counted(number, 'folder')} at once: drop the folder that contains them, or drop them one after the other.`,
    files: (number: number, name: string) =>
      number === 1
        ? `“${name}” is a single file. Drop the folder that contains it: all images in it are imported together.`
        : `These are ${count(number)} files. Drop the folder that contains them: all images in it are imported together.`,
    /** Notices about files that are not images. */
    others: {
      teacher: (name: string) =>
        `“${name}” is a model file, not an image. A model can become a teacher: drop it on the Teacher step of a project. Here, drop a folder of images.`,
      archive: (name: string) =>
        `“${name}” is an archive. Unpack it, and drop the unpacked folder of images.`,
      other: (name: string) =>
        `“${name}” is not an image. Drop a folder of images: DICOM, NIfTI, TIFF, PNG, JPEG and others.`,
    },
    toTeacher: 'Go to Teacher',
    nothing:
      'What you dropped is not stored on this computer. Save it to a folder first, then drop the folder.',
    take: (name: string) => `Add the folder “${name}”`,
  },

  notices: 'Messages',

  palette: {
    title: 'Search',
    placeholder: 'Search steps, actions and projects',
    nothing: (search: string) => `No step, action or project matches “${search}”.`,
    action: 'Action',
    project: 'Project',
    results: 'Results',
  },
};
