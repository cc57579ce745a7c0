import { count, counted, day } from '../../../lib/format.ts';
import { menuText } from '../../../../text/index.ts';

export const start = {
  title: 'Projects',
  explanation: 'A project holds your images, their labels, and the students you make from them.',
  newProject: menuText.newProject,
  openSample: 'Open the sample',
  drop: 'Drop a folder of images',
  dropWhat: 'or choose one: Understudy makes a project from it',
  dropAnywhere: 'Or drop a folder of images anywhere here.',
  drawingSample: 'Generating the sample images…',
  empty: {
    title: 'A small model for your images',
    sentence:
      'It classifies images or outlines regions in them. It learns from a large model, the teacher, and from a few images that you label. Everything stays on this computer.',
  },
  sampleMark: 'Sample',
  sampleOpened:
    'The sample: 600 synthetic satellite tiles in five classes of land cover, 50 of them labelled for training. The steps up to here are already filled in.',
  labelled: (labelled: number, images: number) =>
    images === 0
      ? 'No images yet'
      : `${counted(images, 'image')}, ${labelled === 0 ? 'none' : count(labelled)} labelled`,
  opened: (iso: string) => `Opened ${day(iso)}`,
  remove: 'Remove project…',
  menu: (name: string) => `More about ${name}`,
  removeTitle: (name: string) => `Remove “${name}”?`,
  /** @param runs number of runs, finished or not. @param isAtWork true if one of them is running or queued */
  removeLoses: (labelled: number, runs: number, isAtWork: boolean): string => {
    const lost = [
      ...(labelled === 0 ? [] : [`the labels of ${counted(labelled, 'image')}`]),
      ...(runs === 0
        ? []
        : [`${counted(runs, 'run')} with ${runs === 1 ? 'its student' : 'their students'}`]),
    ].join(' and ');
    return [
      'This cannot be undone.',
      ...(isAtWork ? ['The current run is stopped.'] : []),
      ...(lost === '' ? [] : [`${lost.charAt(0).toUpperCase()}${lost.slice(1)} will be lost.`]),
      'Your image files stay where they are.',
    ].join(' ');
  },
  removeConfirm: 'Remove project',
  removed: (name: string) => `“${name}” was removed.`,
};
