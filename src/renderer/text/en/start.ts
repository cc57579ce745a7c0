import { count, counted, day } from '../../lib/format.ts';

export const start = {
  title: 'Projects',
  explanation: 'A project holds your images, their labels, and the students you make from them.',
  newProject: 'New project',
  openSample: 'Open the sample',
  drop: 'Drop a folder of images',
  dropWhat: 'or choose one: it becomes a project',
  dropAnywhere: 'Or drop a folder of images anywhere here.',
  drawingSample: 'Drawing the sample images…',
  empty: {
    title: 'From a large model to a small one that knows your images',
    sentence:
      'A teacher, a large vision transformer, passes on what it sees in your images to a student of half its size. A few labelled images are enough, and everything stays on this computer.',
  },
  sampleMark: 'Sample',
  labelled: (labelled: number, images: number) =>
    images === 0
      ? 'No images yet'
      : `${counted(images, 'image')}, ${labelled === 0 ? 'none' : count(labelled)} labelled`,
  opened: (iso: string) => `Opened ${day(iso)}`,
  open: (name: string) => `Open ${name}`,
  remove: 'Remove project…',
  menu: (name: string) => `More about ${name}`,
  removeTitle: (name: string) => `Remove “${name}”?`,
  removeLoses: (labelled: number) =>
    labelled === 0
      ? 'Its runs and students are lost. Your image files stay where they are.'
      : `The labels of ${counted(labelled, 'image')}, its runs and its students are lost. Your image files stay where they are.`,
  removeConfirm: 'Remove project',
  removed: (name: string) => `“${name}” was removed.`,
};
