import type { Domain, ProjectTask } from '../../../../contract/app.ts';
import { counted } from '../../../lib/format.ts';
import { menuText } from '../../../../text/index.ts';

const domains: Record<Domain, { title: string; why: string }> = {
  medical: {
    title: 'Medical',
    why: 'Radiology, pathology, dermatology. Training keeps images upright; for microscopy, allow rotation under Skip factor, Advanced.',
  },
  satellite: {
    title: 'Satellite',
    why: 'Aerial images have no upright direction: training rotates and flips them.',
  },
  other: {
    title: 'Other',
    why: 'Products, plants, animals. Training keeps images upright.',
  },
};

const tasks: Record<ProjectTask, { title: string; why: string }> = {
  single: { title: 'One class per image', why: 'Each image belongs to exactly one class.' },
  several: {
    title: 'Several labels',
    why: 'An image can have any number of the labels, or none.',
  },
  segmentation: {
    title: 'Outline regions',
    why: 'Mark where each class is in an image. You outline some images; the student outlines the rest.',
  },
};

export const project = {
  title: 'Project',
  explanation: 'The kind of images, the task and the classes decide how the student is trained.',
  newTitle: menuText.newProject,
  newExplanation:
    'Choose the kind of images, the task and the classes. You can change them later, but the task only while the project has no images.',
  name: 'Name',
  namePlaceholder: 'Chest X-rays, ward 4',
  images: 'Images',
  imagesWhy:
    'A folder, chosen or dropped here. Its images are imported once the project is created. You can also add it later.',
  chooseFolder: 'Choose a folder',
  otherFolder: 'Another folder',
  withoutFolder: 'Without this folder',
  domain: 'Kind of images',
  domains,
  task: 'Task',
  tasks,
  taskFixed: 'The task cannot change once a project has images.',
  classes: 'Classes',
  classesWhy:
    'The classes that an image can have. Class folders add theirs on import, so you can leave this empty.',
  regionsWhy: 'The classes that a region can have. Each is drawn in its colour.',
  className: (name: string) => `Name of the class ${name}`,
  addClass: 'Add a class',
  addPlaceholder: 'Add a class, then Enter',
  colourOf: (name: string) => `Colour of ${name}`,
  pickColour: (number: number) => `Colour ${number}`,
  removeClass: (name: string) => `Remove ${name}`,
  classImages: (images: number) => counted(images, 'image'),
  classExists: (name: string) => `The class “${name}” already exists.`,
  classRemoved: (name: string) => `The class “${name}” was removed.`,
  removeTitle: (name: string) => `Remove the class “${name}”?`,
  removeLoses: (images: number) =>
    `${counted(images, 'image loses its', 'images lose their')} label. The images stay. This cannot be undone.`,
  removeErases: (masks: number) =>
    `${masks === 0 ? 'No mask contains it, except perhaps predicted masks, where its regions become background' : `${counted(masks, 'mask contains', 'masks contain')} it: its regions become background there and in predicted masks`}. The images stay. This cannot be undone.`,
  removeDuringRun: 'A running or waiting run keeps the classes that it started with.',
  removeConfirm: 'Remove class',
  create: 'Create project',
  needsName: 'Give the project a name first',
  needsFolder: 'Continue without this folder',
  found: {
    looking: 'Reading the folder',
    failed: 'This folder cannot be used',
    images: (images: number, hasVolumes: boolean) =>
      `${counted(images, hasVolumes ? 'file' : 'image')} in this folder`,
    masks: (images: number, masks: number) =>
      `${counted(images, 'image')}, and ${counted(masks, 'file')} with masks of regions`,
    masksWhy:
      'Masks mark regions, so “Outline regions” is proposed as the task. Other tasks ignore masks.',
    classes: (images: number, classes: number, names: string) =>
      `${counted(images, 'image')} in ${counted(classes, 'class folder')}: ${names}`,
    classesWhy: 'Class folders fit the task “One class per image”.',
  },
  next: 'Continue to images',
};
