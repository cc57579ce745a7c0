import type { Project, ProjectClass } from '../../contract/app.ts';

/** Numbers of training and held-out images of a class; their sum is the number of labelled ones. */
export type Counts = readonly [learnt: number, tested: number];

export function classesOf(counts: Readonly<Record<string, Counts>>): ProjectClass[] {
  return Object.entries(counts).map(([name, [learnt, tested]], index) => ({
    id: index + 1,
    name,
    colour: '#0072b2',
    maskValue: index + 1,
    labelled: learnt + tested,
    learnt,
    tested,
  }));
}

/** Project for tests: 100 images, each of one class, with a teacher. */
export function projectWith(
  counts: Readonly<Record<string, Counts>>,
  change: Partial<Project> = {},
): Project {
  const classes = classesOf(counts);
  const sum = (use: 'labelled' | 'learnt' | 'tested'): number =>
    classes.reduce((total, one) => total + one[use], 0);
  return {
    id: 1,
    name: 'Tiles',
    domain: 'satellite',
    task: 'single',
    isSample: false,
    createdAt: '2026-01-01T00:00:00Z',
    openedAt: '2026-01-01T00:00:00Z',
    images: 100,
    labelled: sum('labelled'),
    learnt: sum('learnt'),
    tested: sum('tested'),
    drafts: 0,
    marked: { labelled: 0, unlabelled: 0 },
    drawn: [],
    spanning: [],
    testSet: null,
    classes,
    settings: {
      teacher: 1,
      skip: 2,
      rank: 16,
      steps: 600,
      batch: 128,
      views: 64,
      device: 'auto',
      start: 'auto',
      orientation: 'upright',
      preparation: { range: 'auto' },
      imageSize: null,
      decoderSteps: 400,
      adapt: false,
      overlap: 0.5,
      tolerance: 2,
      toleranceUnit: 'px',
      precision: 'float32',
    },
    ...change,
  };
}
