import { count, counted, ordinal } from '../../lib/format.ts';

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
  caption:
    'Kept blocks are copied. Each learns to do the work of the skipped ones after it as well.',
  block: {
    stands: (block: number, last: number) =>
      last === block
        ? `Block ${block} is copied into the student.`
        : `Block ${block} is copied and learns to stand for blocks ${block} to ${last}.`,
    skipped: (block: number, by: number) =>
      `Block ${block} is skipped: block ${by} learns its work.`,
  },
  diagram: (kept: readonly number[], depth: number) =>
    `Of ${depth} teacher blocks the student keeps ${kept.length}: ${kept.map((block) => block + 1).join(', ')}.`,
  figures: {
    title: 'The student',
    faster: 'as fast as the teacher',
    parameters: 'Parameters',
    size: 'Size in float32',
    time: 'Time to distil',
    of: (whole: string) => `of ${whole}`,
    measuring: 'Measuring this machine for a few seconds',
    failed: 'This machine could not be measured',
    again: 'Measure again',
  },
  advice: {
    all: 'All blocks are kept: a copy of the teacher, no smaller and no faster.',
    many: 'Most of what the teacher knows is usually won back. A good first choice.',
    some: 'Smaller and faster, at some cost in accuracy. Each kept block is first fitted to the blocks that it stands for.',
    few: 'Very small. Expect accuracy to fall, and look at the result beside the plain copy.',
  },
  advanced: 'Advanced',
  settings: {
    rank: {
      name: 'Rank',
      why: 'How much each kept block may change. More can learn more, and takes longer.',
    },
    steps: {
      name: 'Steps',
      why: 'How long it learns. The loss falls fast at first and slowly later.',
    },
    batch: {
      name: 'Images a step',
      why: 'How many views each step learns from. Fewer need less memory and learn less steadily.',
    },
    views: {
      name: 'Views an image',
      why: 'How many different crops of each image it sees. More helps when images are few.',
    },
    start: {
      name: 'Start',
      why: 'Fitting the kept blocks first helps where much is skipped or steps are few.',
      options: { auto: 'Automatic', fitted: 'Fitted', copy: 'Plain copy' },
    },
    orientation: {
      name: 'Images have an up',
      why: 'Seen from above, or under a microscope, images may be turned and flipped freely.',
      options: { upright: 'Yes', overhead: 'No' },
    },
    precision: {
      name: 'Precision',
      why: 'In float16 the products of a graphics card take half the memory and can be faster, and losses differ from about the fourth decimal on; processors always compute in float32.',
      /** Where it is chosen and nothing can. */
      none: 'Nothing that this project can compute on now takes float16: a run computes in float32.',
      options: { float32: 'float32', float16: 'float16' },
    },
    imageSize: {
      name: 'Side of what it sees, px',
      why: (patch: number) =>
        `The student sees squares of an image, one after the other. Larger ones show more around a region and take longer. In steps of ${count(patch)}.`,
    },
    decoderSteps: {
      name: 'Steps of the outlines',
      why: 'How long the last layers learn from your masks to draw regions.',
    },
    overlap: {
      name: 'Overlap, %',
      why: 'How much neighbouring squares share. More makes smoother borders and takes longer.',
    },
    tolerance: {
      name: 'Border tolerance',
      why: 'How far a predicted border may lie from yours and still count as right. Lengths in mm or m need images that say how large their pixels are.',
    },
    toleranceUnit: 'Unit of the tolerance',
    adapt: {
      name: 'Let the student learn on from your masks',
      why: 'After it has learnt from its teacher it learns from your masks as well. Helps where the teacher does not know images like yours, as aerial views; with very few masks it may learn them by heart.',
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
  queue: 'Another run is at work; this one will wait until it is done.',
  wrongSetting: (name: string) => `Put right “${name}” first`,
  startFailed: 'Distilling could not be started',
  notes: 'Good to know before you start',
  cannot: 'As things are, distilling would stop at once',
  missing: {
    title: 'Before you can distil',
    images: { what: 'This project has no images yet.', go: 'Add images' },
    classes: {
      what: 'Two classes are needed at least, so that there is something to tell apart.',
      go: 'Add classes',
    },
    labels: {
      what: (have: number, need: number) =>
        need === 1
          ? 'No image to learn from has a label yet.'
          : `Only ${counted(have, 'class', 'classes')} of the ${need} that are needed ${have === 1 ? 'has' : 'have'} labelled images to learn from.`,
      go: 'Label images',
    },
    tested: {
      what: 'There is no labelled image to measure on. Some are held out once there are a few more.',
      go: 'Label images',
    },
    outlines: {
      classes: { what: 'A region needs a class: name at least one.', go: 'Add classes' },
      masks: {
        what: 'No mask to learn from is done yet. Outline regions in some images and mark their masks as done.',
        go: 'Outline regions',
      },
      tested: {
        what: 'There is no mask to measure on. One is held out once a few more are done.',
        go: 'Outline regions',
      },
    },
    teacher: { what: 'No teacher is chosen yet.', go: 'Choose a teacher' },
  },
  empty: {
    title: 'A student is made of its teacher’s blocks',
    sentence: 'Choose a teacher first. Then decide here how many of its blocks to keep.',
  },
  loadFailed: 'The teacher could not be read',
  again: 'Try again',
};
