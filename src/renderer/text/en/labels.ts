import { count, counted } from '../../lib/format.ts';

export const labels = {
  title: 'Labels',
  explanation:
    'A few labelled images of each class teach the student’s last layer. Ten of each to learn from are a good start.',
  grid: 'Images to label',
  classes: 'Labelled images: to learn from + held out for the test',
  give: (name: string) => `Label the selected images as ${name}`,
  test: (tested: number) => `+ ${count(tested)} test`,
  counts: (learnt: number, tested: number) =>
    `${count(learnt)} to learn from, ${count(tested)} held out for the test`,
  none: 'None of them',
  takeAway: 'Take the label away',
  nextUnlabelled: 'Next image without a label',
  more: 'A class by its name',
  picker: {
    title: 'Label the selected images',
    placeholder: 'Name of a class',
    add: (name: string) => `Add the class “${name}”`,
    new: 'New',
  },
  noClasses: 'What can an image be?',
  noClassesWhy:
    'Name the classes; at least two, to tell them apart. Then label some images of each.',
  classesNamed: 'Start labelling',
  addClass: 'Add a class',
  noClassesSeveral: 'Name what an image can show. Then label some images with each.',
  noImages: 'There are no images to label yet.',
  addImages: 'Add images',
  allLabelled: 'Every image has a label.',
  showAll: 'Show all images',
  hint: {
    single: 'Select images, then press the number of a class.',
    several: (key: string) =>
      `Select images, press numbers to switch classes on and off, then ${key} to go on.`,
    selected: (number: number) => `${counted(number, 'image')} selected`,
    undone: (number: number) => `Taken back: the labels of ${counted(number, 'image')}`,
    redone: (number: number) => `Done again: the labels of ${counted(number, 'image')}`,
  },
  tidy: (number: number) => `Put away ${count(number)}`,
  tidyHint: 'Puts away those that have a label by now',
  help: {
    empty: (name: string, missing: number) =>
      `${name} has no labelled image to learn from; ${counted(missing, 'label')} would help most.`,
    few: (name: string, images: number, missing: number) =>
      `${name} has ${counted(images, 'image')} to learn from; ${counted(missing, 'more label')} would help most.`,
    images: (name: string, images: number, missing: number) =>
      `Every image has a label. ${name} has ${counted(images, 'image')} to learn from; ${counted(missing, 'more image')} would help most.`,
    unmeasured: (name: string, images: number, missing: number) =>
      `${images === 0 ? 'No' : count(images)} labelled test ${images === 1 ? 'image is' : 'images are'} ${name}; ${counted(missing, 'label')} more among the test images would say how well it is known.`,
    untested: (images: number) =>
      `${counted(images, 'test image')} without a label: labelled, they would say how good the student is.`,
    uneven: (name: string, images: number, most: string) =>
      `Every class has enough to learn from. ${name} has the fewest (${count(images)}), ${most} the most.`,
    enough: 'Every class has enough labelled images to learn from.',
    share: 'A fifth of the labelled images is held out for the test.',
    go: 'Label them',
    add: 'Add images',
  },
  next: 'Continue to the teacher',
  needs: {
    images: 'Add images first',
    classes: (missing: number) =>
      missing === 1 ? 'One more class is needed' : 'At least two classes are needed',
    labels: (names: string) => `Label images of ${names} to learn from`,
    tested: 'Label a few more: some are held out to measure on',
  },
  later: 'More labels can be added at any time',
};
