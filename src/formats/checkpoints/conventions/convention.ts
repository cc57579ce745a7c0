import type { PropertySource, TeacherConvention } from '../../../contract/descriptions.ts';
import type { ColourBands } from '../../../core/image/colour-names.ts';
import type { Normalization, VitArchitecture } from '../../../core/vit/architecture.ts';

/**
 * Which stored tensors make up a weight in timm's naming. `#` stands for a block's number and `*` for weight or bias;
 * several names are parts that are joined along the output, as q, k and v.
 */
type NameRule = readonly [weight: string, stored: string | readonly string[]];

/** How a library names the weights of its vision transformers. */
export interface Naming {
  readonly rules: readonly NameRule[];
  /** Brings a stored name into the form that the rules are for. */
  readonly tidy?: (name: string) => string;
}

/** What most models of a family have, where neither weights nor configuration say it. */
export interface UsualProperties {
  readonly epsilon: number;
  readonly activation: VitArchitecture['activation'];
  /** `guess` where the family has several. */
  readonly activationSource?: PropertySource;
  /** `guess` where heads are not always as many as the width tells: where any may have these names. */
  readonly headsSource?: PropertySource;
  /** Heads where they are others than the width tells. */
  readonly headsByWidth?: Readonly<Record<number, number>>;
  /** Whose ε and activation these are: `timm`. */
  readonly of: string;
  readonly normalization: Normalization;
  readonly normalizationSource?: PropertySource;
  /** Of whose images: `ImageNet`. */
  readonly normalizationOf: string;
  /** Which bands are red, green and blue in models of so many. */
  readonly colourBands?: Readonly<Record<number, ColourBands>>;
}

/** What of a checkpoint is left out, and what to say of it. */
export interface LeftOut {
  /** Of stored names, behind the encoder's prefix or outside of it. */
  readonly names: RegExp;
  /** Said as it is; undefined where nobody misses it. `*` stands for what is pooled instead. */
  readonly sentence?: string;
}

/** A family of vision transformers in a library's naming, recognised by the names and shapes of its tensors. */
export interface Convention {
  readonly name: TeacherConvention;
  /** As people know it: `DINOv2 in Hugging Face's naming`. */
  readonly title: string;
  /** More than one where a library has changed its names. */
  readonly namings: readonly Naming[];
  /** Names, each of which must be there, besides the patch embedding and the first block: `mask_token`. */
  readonly marks: readonly RegExp[];
  /** Axes of its patch embedding's weight, where they tell it from others: 5 with an axis of time. */
  readonly patchAxes?: number;
  readonly usual: UsualProperties;
  /** Whether its patch embedding has no bias, for which zeros stand. */
  readonly noPatchBias?: true;
  readonly leftOut?: readonly LeftOut[];
}

export const imageNet = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
} as const satisfies Normalization;

/** Pixels in [-1, 1]. */
export const halves = {
  mean: [0.5, 0.5, 0.5],
  deviation: [0.5, 0.5, 0.5],
} as const satisfies Normalization;

/** Of the images and texts that CLIP learnt from (Radford et al., arXiv 2103.00020). */
export const clipImages = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  deviation: [0.26862954, 0.26130258, 0.27577711],
} as const satisfies Normalization;
