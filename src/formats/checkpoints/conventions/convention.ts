import type { PropertySource, TeacherConvention } from '../../../contract/descriptions.ts';
import type { ColourBands } from '../../../core/image/colour-names.ts';
import type { Normalization, VitArchitecture } from '../../../core/vit/architecture.ts';

/**
 * Stored tensors that make up a weight in timm's naming. `#` stands for a block's number and `*` for weight or bias;
 * several names are parts joined along the output, as q, k and v.
 */
type NameRule = readonly [weight: string, stored: string | readonly string[]];

/** Naming of a library for the weights of its vision transformers. */
export interface Naming {
  readonly rules: readonly NameRule[];
  /** Converts a stored name to the form that the rules use. */
  readonly tidy?: (name: string) => string;
}

/** Default properties of a family, if weights and configuration do not state them. */
export interface UsualProperties {
  readonly epsilon: number;
  readonly activation: VitArchitecture['activation'];
  /** `guess` if the family has several. */
  readonly activationSource?: PropertySource;
  /** `guess` if the number of heads does not always follow from the width, because any model may have these names. */
  readonly headsSource?: PropertySource;
  /** Number of heads, if it does not follow from the width. */
  readonly headsByWidth?: Readonly<Record<number, number>>;
  /** Library whose ε and activation apply: `timm`. */
  readonly of: string;
  readonly normalization: Normalization;
  readonly normalizationSource?: PropertySource;
  /** Data set that the normalisation is from: `ImageNet`. */
  readonly normalizationOf: string;
  /** Bands that are red, green and blue, by the number of bands. */
  readonly colourBands?: Readonly<Record<number, ColourBands>>;
}

/** Part of a checkpoint that is left out. */
export interface LeftOut {
  /** Stored names, with or without the encoder's prefix. */
  readonly names: RegExp;
  /** Note about it, which may depend on what represents an image instead; undefined if none is needed. */
  readonly note?: string | ((pooling: VitArchitecture['pooling']) => string);
}

/** A family of vision transformers in a library's naming, recognised by the names and shapes of its tensors. */
export interface Convention {
  readonly name: TeacherConvention;
  /** Common name: `DINOv2 in Hugging Face's naming`. */
  readonly title: string;
  /** Namings in use; several if a library changed its names. */
  readonly namings: readonly Naming[];
  /** Names that must all be present, in addition to the patch embedding and the first block: `mask_token`. */
  readonly marks: readonly RegExp[];
  /** Number of axes of its patch embedding's weight, if that distinguishes it: 5 with a time axis. */
  readonly patchAxes?: number;
  readonly usual: UsualProperties;
  /** True if its patch embedding has no bias; zeros replace it. */
  readonly noPatchBias?: true;
  readonly leftOut?: readonly LeftOut[];
  /** True if the class token has a position and registers have none, whatever their number. */
  readonly registersHaveNoPositions?: true;
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

/** Normalisation of CLIP's training images (Radford et al., arXiv 2103.00020). */
export const clipImages = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  deviation: [0.26862954, 0.26130258, 0.27577711],
} as const satisfies Normalization;
