import { count, counted } from '../../lib/format.ts';

export const labels = {
  title: 'Labels',
  explanation:
    'A few labelled images of each class teach the student’s last layer. Ten a class is a good start.',
  grid: 'Images to label',
  classes: 'Labelled images',
  giveKey: (name: string, key: number) => `Label the selected images as ${name}, key ${key}`,
  give: (name: string) => `Label the selected images as ${name}`,
  none: 'None of them',
  takeAway: 'Take the label away',
  noClasses: 'There are no classes yet.',
  addClasses: 'Add classes',
  noImages: 'There are no images to label yet.',
  addImages: 'Add images',
  allLabelled: 'Every image has a label.',
  showAll: 'Show all images',
  hint: {
    single: 'Select images, then press the number of a class.',
    several: 'Select images, press numbers to switch classes on and off, then Enter for the next.',
    selected: (number: number) => `${counted(number, 'image')} selected`,
  },
  tidy: (number: number) => `Put away ${count(number)} labelled`,
  help: {
    empty: (name: string, missing: number) =>
      `${name} has no labelled image yet; ${count(missing)} would help most.`,
    few: (name: string, images: number, missing: number) =>
      `${name} has ${counted(images, 'labelled image')}; ${count(missing)} more would help most.`,
    uneven: (name: string, images: number, most: string) =>
      `Every class has enough to begin. ${name} has the fewest (${count(images)}), ${most} the most.`,
    enough: 'Every class has enough labelled images to begin.',
  },
  next: 'Continue to the teacher',
  needs: {
    images: 'Add images first',
    classes: (missing: number) =>
      missing === 1 ? 'One more class is needed' : 'At least two classes are needed',
    labels: (names: string) => `Label at least two images of ${names}`,
  },
  later: 'More labels can be added at any time',
};
