import { count, counted, ordinal } from '../../../lib/format.ts';

export const skipText = {
  title: 'Skip factor',
  explanation:
    'The student keeps some of the teacher’s blocks. The more are skipped, the smaller and faster it is, and the more it has to learn.',
  teacher: 'Teacher',
  student: 'Student',
  every: (skip: number) => (skip === 1 ? 'Every block' : `Every ${ordinal(skip)} block`),
  firstOnly: 'The first block alone',
  kept: (kept: number, depth: number) => `${kept} of ${depth} kept`,
  sliderLabel: 'Skip factor: which blocks the student keeps',
  closer: 'closer to the teacher',
  smaller: 'smaller and faster',
  caption: 'Kept blocks are copied. Each also learns to replace the skipped blocks after it.',
  block: {
    stands: (block: number, last: number) =>
      last === block
        ? `Block ${block} is copied into the student.`
        : `Block ${block} is copied and learns to replace blocks ${block} to ${last}.`,
    skipped: (block: number, by: number) =>
      `Block ${block} is skipped: block ${by} learns to replace it.`,
  },
  diagram: (kept: readonly number[], depth: number) =>
    `Of ${depth} teacher blocks the student keeps ${kept.length}: ${kept.map((block) => block + 1).join(', ')}.`,
  figures: {
    title: 'The student',
    faster: 'as fast as the teacher',
    parameters: 'Parameters of the encoder',
    size: 'Size in float32',
    inFloat32: 'in float32',
    time: 'Time to distil',
    of: (total: string) => `of ${total}`,
    measuring: 'Measuring the speed of this machine for a few seconds',
    failed: 'The speed of this machine could not be measured',
    again: 'Measure again',
  },
  advice: {
    all: 'All blocks are kept: a copy of the teacher, no smaller and no faster.',
    many: 'The student usually recovers most of the teacher’s accuracy.',
    some: 'Smaller and faster, at some cost in accuracy. Each kept block is first fitted to the blocks that it replaces.',
    few: 'Very small. Expect lower accuracy, and compare the result with the untrained copy.',
  },
  /** Advice if there are no concerns. */
  goodChoice: 'A good first choice.',
  /** Warning about settings with which a student learns almost nothing. */
  hopeless: (steps: number, batch: number, usualSteps: number, usualBatch: number) =>
    `With ${counted(steps, 'step')} of ${counted(batch, 'image')} the student learns almost nothing: ${count(usualSteps)} of ${count(usualBatch)} are typical. Expect no more than from the untrained copy.`,
  fewViews: (views: number, images: number) =>
    `The student receives ${counted(images, 'image')} in ${counted(views, 'view')} each, which is little training data: more views per image (Advanced) or more images would help.`,
  long: (steps: number, batch: number, side: number, time: string) =>
    `${counted(steps, 'step')} of ${counted(batch, 'image')} of ${count(side)} × ${count(side)} px take this computer ${time}. Fewer steps or images per step (Advanced) shorten that, as does a faster device, a smaller teacher or one with a smaller input.`,
  advanced: 'Advanced',
  settings: {
    rank: {
      name: 'Rank',
      why: 'Rank of the adapters in each kept block. A higher rank can learn more and takes longer.',
    },
    steps: {
      name: 'Steps',
      why: 'Number of training steps. The loss falls fast at first and slowly later.',
    },
    batch: {
      name: 'Images per step',
      why: 'Number of views in each training step. Fewer images need less memory and make training less steady.',
    },
    views: {
      name: 'Views per image',
      why: 'Number of different crops of each training image. More views help when there are few images.',
    },
    start: {
      name: 'Start',
      why: 'Fitting the kept blocks first helps if many blocks are skipped or steps are few.',
      options: { auto: 'Automatic', fitted: 'Fitted', copy: 'Untrained copy' },
    },
    orientation: {
      name: 'Images have an upright direction',
      why: 'Choose No for aerial and microscope images: training then rotates and flips them freely.',
      options: { upright: 'Yes', overhead: 'No' },
    },
    precision: {
      name: 'Precision',
      why: 'In float16, matrix products on a GPU take half the memory and can be faster; losses differ from about the fourth decimal place. CPUs always compute in float32.',
      /** Warning if float16 is chosen and no device supports it. */
      none: 'No device that this project can use now supports float16: a run computes in float32.',
      options: { float32: 'float32', float16: 'float16' },
    },
    imageSize: {
      name: 'Tile side, px',
      why: (patch: number) =>
        `The student receives square tiles of an image, one after the other. Larger tiles show more around a region and take longer. In steps of ${count(patch)}.`,
    },
    decoderSteps: {
      name: 'Decoder steps',
      why: 'Number of training steps of the decoder, which learns from your masks to outline regions.',
    },
    overlap: {
      name: 'Overlap, %',
      why: 'How much neighbouring tiles overlap. More overlap gives smoother borders and takes longer.',
    },
    tolerance: {
      name: 'Border tolerance',
      why: 'How far a predicted border may be from yours and still count as correct. Lengths in mm or m need images with a known pixel size.',
    },
    toleranceUnit: 'Unit of the tolerance',
    adapt: {
      name: 'Fine-tune on your masks',
      why: 'After distilling, the student is also trained on your masks. Helps if the teacher was not trained on images like yours, such as aerial views; with very few masks it may overfit.',
    },
    multiple: (low: number, high: number, step: number) =>
      `A multiple of ${count(step)} from ${count(low)} to ${count(high)}`,
    number: (low: number, high: number) => `A number from ${count(low)} to ${count(high)}`,
    range: (low: number, high: number) => `A whole number from ${count(low)} to ${count(high)}`,
    reset: 'Reset to defaults',
    changed: 'changed',
    paper:
      'In the paper (WeCoLoRA, arXiv 2404.09326): weight copy with skip factor r, low-rank adapters, feature distillation.',
  },
  distil: (kept: number, depth: number) => `Distil ${kept} of ${depth} blocks`,
  starting: 'Starting…',
  queue: 'Another run is in progress; this one will wait until it is done.',
  wrongSetting: (name: string) => `Correct “${name}” first`,
  startFailed: 'Distilling could not be started',
  notes: 'Good to know before you start',
  cannot: 'Distilling cannot start yet',
  missing: {
    title: 'Before you can distil',
    images: { what: 'This project has no images yet.', go: 'Add images' },
    classes: {
      what: 'At least two classes are needed.',
      go: 'Add classes',
    },
    labels: {
      what: (have: number, need: number) =>
        need === 1
          ? 'No training image has a label yet.'
          : `Only ${counted(have, 'class', 'classes')} of the ${need} that are needed ${have === 1 ? 'has' : 'have'} labelled training images.`,
      go: 'Label images',
    },
    tested: {
      what: 'There is no labelled test image. Some images are held out for the test once a few more are labelled.',
      go: 'Label images',
    },
    outlines: {
      classes: { what: 'Regions need a class: add at least one.', go: 'Add classes' },
      masks: {
        what: 'No training mask is marked as done yet. Outline regions in some images and mark their masks as done.',
        go: 'Outline regions',
      },
      tested: {
        what: 'There is no test mask. One is held out once a few more are marked as done.',
        go: 'Outline regions',
      },
    },
    teacher: { what: 'No teacher is chosen yet.', go: 'Choose a teacher' },
  },
  empty: {
    title: 'A student is made from its teacher’s blocks',
    sentence: 'Choose a teacher first. Then decide here how many of its blocks to keep.',
  },
  loadFailed: 'The teacher could not be read',
  again: 'Try again',
};
