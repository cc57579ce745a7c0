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
    title: 'A small model that knows your images',
    sentence:
      'It names what an image shows, or outlines it. It learns from a large model, the teacher, and from a few images that you label. Everything stays on this computer.',
  },
  sampleMark: 'Sample',
  sampleOpened:
    'The sample: 600 drawn satellite tiles of five kinds of land, 50 of them labelled to learn from. Its steps are filled in up to here.',
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
