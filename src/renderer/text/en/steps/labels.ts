import { count, counted } from '../../../lib/format.ts';

export const labels = {
  title: 'Labels',
  explanation:
    'A few labelled images of each class train the student’s last layer. Ten training images per class are a good start.',
  grid: 'Images to label',
  classes: 'Labelled images: training + test',
  give: (name: string) => `Label the selected images as ${name}`,
  test: (tested: number) => `+ ${count(tested)} test`,
  counts: (learnt: number, tested: number) =>
    `${counted(learnt, 'training image')}, ${counted(tested, 'test image')}`,
  none: 'None of them',
  takeAway: 'Remove label',
  nextUnlabelled: 'Next image without a label',
  more: 'Choose a class by its name',
  picker: {
    title: 'Label the selected images',
    placeholder: 'Name of a class',
    add: (name: string) => `Add the class “${name}”`,
    new: 'New',
  },
  noClasses: 'Which classes can an image have?',
  noClassesWhy: 'Add at least two classes, then label some images of each.',
  classesNamed: 'Start labelling',
  addClass: 'Add a class',
  noClassesSeveral: 'Name the labels that an image can have. Then label some images with each.',
  noImages: 'There are no images to label yet.',
  addImages: 'Add images',
  allLabelled: 'Every image has a label.',
  showAll: 'Show all images',
  hint: {
    single: 'Select images, then press the number of a class.',
    several: (key: string) =>
      `Select images, press numbers to switch classes on and off, then ${key} for the next image.`,
    open: 'Double-click an image, or press Enter, to open it.',
    selected: (number: number) => `${counted(number, 'image')} selected`,
    undone: (number: number) => `Undone: the labels of ${counted(number, 'image')}`,
    redone: (number: number) => `Redone: the labels of ${counted(number, 'image')}`,
  },
  tidy: (number: number) => `Hide ${count(number)} labelled`,
  tidyHint: 'Hides images that now have a label',
  help: {
    empty: (name: string, missing: number) =>
      `${name} has no labelled training image; ${counted(missing, 'label')} would help most.`,
    few: (name: string, images: number, missing: number) =>
      `${name} has ${counted(images, 'training image')}; ${counted(missing, 'more label')} would help most.`,
    images: (name: string, images: number, missing: number) =>
      `Every image has a label. ${name} has ${counted(images, 'training image')}; ${counted(missing, 'more image')} would help most.`,
    unmeasured: (name: string, images: number, missing: number) =>
      `${images === 0 ? 'No' : count(images)} labelled test ${images === 1 ? 'image is' : 'images are'} ${name}; ${counted(missing, 'more label')} among the test images would show how well the student recognises it.`,
    untested: (images: number) =>
      `${counted(images, 'test image has', 'test images have')} no label: label ${images === 1 ? 'it' : 'them'} to measure the student more precisely.`,
    uneven: (name: string, images: number, most: string) =>
      `Every class has enough training images. ${name} has the fewest (${count(images)}), ${most} the most.`,
    enough: 'Every class has enough labelled training images.',
    share: 'A fifth of the labelled images is held out for the test.',
    go: 'Label them',
    add: 'Add images',
  },
  next: 'Continue to the teacher',
  needs: {
    images: 'Add images first',
    classes: (missing: number) =>
      missing === 1 ? 'One more class is needed' : 'At least two classes are needed',
    labels: (names: readonly string[]) => `Label training images of: ${names.join(' and ')}`,
    tested: 'Label a few more: some are held out for the test',
  },
  later: 'More labels can be added at any time',
};
