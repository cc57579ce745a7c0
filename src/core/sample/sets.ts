import { type Cover, covers } from './land/scene.ts';

export type SampleSetName = 'land' | 'cells';

/** A class of images or of mask pixels. Colours are Okabe and Ito's, told apart by all eyes. */
export interface SampleClass {
  readonly name: string;
  readonly colour: `#${string}`;
}
export const landColours: Record<Cover, `#${string}`> = {
  water: '#0072b2',
  forest: '#009e73',
  crops: '#f0e442',
  town: '#cc79a7',
  bare: '#d55e00',
};
export { covers };
