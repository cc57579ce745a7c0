import { type CellKind, cellKinds } from './cells/nucleus.ts';
import { type Cover, covers } from './land/scene.ts';

/** `#rrggbb`. */
type HexColour = `#${string}`;

/** A class of images, or of a mask's pixels. */
interface SampleClass {
  readonly name: string;
  readonly colour: HexColour;
}

/** A set of images that the generator can draw, endlessly. */
export interface SampleSet {
  readonly title: string;
  readonly description: string;
  /** Width and height of every image in pixels. */
  readonly side: number;
  /** Neither set has an up: views may be flipped both ways and turned by quarters. */
  readonly domain: 'overhead';
  /** What an image can be labelled; the order is part of what an index and a seed draw. */
  readonly classes: readonly SampleClass[];
  /** What a mask's values mean, from 0. */
  readonly maskClasses: readonly SampleClass[];
}

export type SampleSetName = 'land' | 'cells';

/** Okabe and Ito's colours ("Color universal design", 2008), told apart by colour-blind eyes too. */
const landColours: Record<Cover, HexColour> = {
  water: '#0072b2',
  forest: '#009e73',
  crops: '#f0e442',
  town: '#cc79a7',
  bare: '#d55e00',
};

const cellColours: Record<CellKind, HexColour> = {
  lymphocyte: '#0072b2',
  monocyte: '#009e73',
  neutrophil: '#cc79a7',
  eosinophil: '#e69f00',
};

/** By this name label tools and the import know that it is no class. */
const background: SampleClass = { name: 'background', colour: '#000000' };

const landClasses = covers.map((name) => ({ name, colour: landColours[name] }));

export const sampleSets: Readonly<Record<SampleSetName, SampleSet>> = {
  land: {
    title: 'Land cover',
    description: 'Drawn tiles of land seen from above, as a satellite with 10 m pixels shows it.',
    side: 64,
    domain: 'overhead',
    classes: landClasses,
    // Roads and tracks are 0. In a town they belong to it, as its gardens do.
    maskClasses: [background, ...landClasses],
  },
  cells: {
    title: 'Blood cells',
    description: 'Drawn fields of a stained blood film, each round one white cell.',
    side: 96,
    domain: 'overhead',
    classes: cellKinds.map((name) => ({ name, colour: cellColours[name] })),
    // Platelets are counted to the slide.
    maskClasses: [
      background,
      { name: 'nucleus', colour: '#0072b2' },
      { name: 'cytoplasm', colour: '#56b4e9' },
      { name: 'red cell', colour: '#d55e00' },
    ],
  },
};
