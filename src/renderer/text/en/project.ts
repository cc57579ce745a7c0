import type { Domain, ProjectTask } from '../../../contract/app.ts';
import { counted } from '../../lib/format.ts';

const domains: Record<Domain, { title: string; why: string }> = {
  medical: {
    title: 'Medical',
    why: 'Radiology, pathology, dermatology. Training keeps images upright; for microscopy, Advanced lets it turn them.',
  },
  satellite: {
    title: 'Satellite',
    why: 'Seen from above nothing has an up: training turns and flips images every way.',
  },
  other: {
    title: 'Other',
    why: 'Products, plants, animals. Training keeps images upright.',
  },
};

const tasks: Record<ProjectTask, { title: string; why: string }> = {
  single: { title: 'One class an image', why: 'Each image is exactly one of the classes.' },
  several: {
    title: 'Several labels',
    why: 'An image can be any number of the classes, or none of them.',
  },
  segmentation: {
    title: 'Outline regions',
    why: 'Regions of an image are of a class: masks. You draw some, the student draws the rest.',
  },
};

export const project = {
  title: 'Project',
  explanation: 'What the images are and what they can be. It decides how the student is trained.',
  newTitle: 'New project',
  newExplanation:
    'Say what your images are and what they can be. All but the task can change later.',
  name: 'Name',
  namePlaceholder: 'Chest X-rays, ward 4',
  images: 'Images',
  imagesWhy:
    'A folder, chosen or dropped here. It comes in once the project is made, and can wait.',
  chooseFolder: 'Choose a folder',
  otherFolder: 'Another folder',
  withoutFolder: 'Without this folder',
  domain: 'Kind of images',
  domains,
  task: 'Task',
  tasks,
  taskFixed: 'The task stays as it is once a project exists.',
  classes: 'Classes',
  classesWhy: 'What an image can be. Class folders bring theirs along, so this can wait.',
  regionsWhy: 'What a region can be. Its colour is what its masks are drawn in.',
  className: (name: string) => `Name of the class ${name}`,
  addClass: 'Add a class',
  addPlaceholder: 'Add a class, then Enter',
  colourOf: (name: string) => `Colour of ${name}`,
  pickColour: (number: number) => `Colour ${number}`,
  removeClass: (name: string) => `Remove ${name}`,
  classImages: (images: number) => counted(images, 'image'),
  classExists: (name: string) => `There is a class “${name}” already.`,
  classRemoved: (name: string) => `The class “${name}” was removed.`,
  removeTitle: (name: string) => `Remove the class “${name}”?`,
  removeLoses: (images: number) =>
    `${counted(images, 'image loses its', 'images lose their')} label. The images stay. This cannot be undone.`,
  removeErases: (masks: number) =>
    `${masks === 0 ? 'No mask shows it but perhaps predicted ones, where its regions become background' : `${counted(masks, 'mask shows', 'masks show')} it: its regions become background there, and in what was predicted`}. The images stay. This cannot be undone.`,
  removeDuringRun: 'The run at work, or waiting, keeps the classes that it began with.',
  removeConfirm: 'Remove class',
  create: 'Create project',
  needsName: 'Give the project a name first',
  next: 'Continue to images',
};
