import { type CellKind, cellKinds } from './cells/nucleus.ts';
import { type Cover, covers } from './land/scene.ts';
import { labelledSetText } from '../../text/index.ts';

/** Colour as `#rrggbb`. */
type HexColour = `#${string}`;

/** Class of images, or of a mask's pixels. */
interface SampleClass {
  readonly name: string;
  readonly colour: HexColour;
}

/** Set of images that the generator can make, without limit. */
export interface SampleSet {
  readonly title: string;
  readonly description: string;
  /** Width and height of every image in pixels. */
  readonly side: number;
  /** Domain of both sets, which have no up: views may be flipped both ways and rotated by quarters. */
  readonly domain: 'overhead';
  /** Labels of images; index and seed refer to this order. */
  readonly classes: readonly SampleClass[];
  /** Classes of a mask's values, from 0. */
  readonly maskClasses: readonly SampleClass[];
}

export type SampleSetName = 'land' | 'cells';

/** Colours by Okabe and Ito ("Color universal design", 2008), which colour-blind people can distinguish too. */
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

/** Background, with the name that label tools and the import recognise as no class. */
const background: SampleClass = { name: 'background', colour: '#000000' };

const landClasses = covers.map((name) => ({ name, colour: landColours[name] }));

export const sampleSets: Readonly<Record<SampleSetName, SampleSet>> = {
  land: {
    title: labelledSetText.landTitle,
    description: labelledSetText.landDescription,
    side: 64,
    domain: 'overhead',
    classes: landClasses,
    // Roads and tracks are 0, except in a town, to which they belong like its gardens.
    maskClasses: [background, ...landClasses],
  },
  cells: {
    title: labelledSetText.cellsTitle,
    description: labelledSetText.cellsDescription,
    side: 96,
    domain: 'overhead',
    classes: cellKinds.map((name) => ({ name, colour: cellColours[name] })),
    // Platelets count as slide.
    maskClasses: [
      background,
      { name: 'nucleus', colour: '#0072b2' },
      { name: 'cytoplasm', colour: '#56b4e9' },
      { name: 'red cell', colour: '#d55e00' },
    ],
  },
};
