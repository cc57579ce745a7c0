import { z } from 'zod';
import { deviceName, teacherOverrides } from './jobs.ts';

/** Descriptions of a teacher's file and of this computer. */

/** Naming convention of the weights, and the family if the names show it. */
export const teacherConvention = z.enum([
  'timm',
  'deit',
  'mae',
  'dino',
  'dinov2',
  'timm-clip',
  'timm-siglip',
  'prithvi',
  'hf-vit',
  'hf-deit',
  'hf-mae',
  'hf-dinov2',
  'hf-clip',
  'hf-siglip',
  'openai-clip',
  'torchvision',
]);
export type TeacherConvention = z.infer<typeof teacherConvention>;

/**
 * Source of a property, the most reliable first: the user, the weights themselves, a configuration next to them, the
 * family's usual value, or a guess.
 */
const propertySource = z.enum(['given', 'file', 'config', 'family', 'guess']);
export type PropertySource = z.infer<typeof propertySource>;

/** A property that weights do not show by themselves, and that the user can correct. */
export const inferredProperty = z.strictObject({
  property: teacherOverrides.keyof(),
  value: z.union([z.number(), z.string(), z.array(z.number())]),
  source: propertySource,
  /** Value and reason in one sentence: `layer norm with ε = 1e-6, as in timm`. */
  sentence: z.string(),
});
export type InferredProperty = z.infer<typeof inferredProperty>;

export const teacherDescription = z.strictObject({
  file: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  convention: teacherConvention,
  /** Common name: `DINOv2 in Hugging Face's naming`. Empty in records from before several conventions were known. */
  title: z.string().default(''),
  /** Container of the weights: `safetensors`, … */
  container: z.string().default('safetensors'),
  storedAs: z.array(z.string()),
  architecture: z.strictObject({
    imageSize: z.number(),
    patchSize: z.number(),
    channels: z.number(),
    width: z.number(),
    depth: z.number(),
    heads: z.number(),
    mlpWidth: z.number(),
    classTokens: z.number(),
    registers: z.number(),
    positionsCoverPrefix: z.boolean(),
    layerScale: z.boolean(),
    preNorm: z.boolean(),
    activation: z.string(),
    epsilon: z.number(),
    qkvBias: z.boolean(),
    pooling: z.string(),
    normAfterPooling: z.boolean(),
  }),
  normalization: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  /** Sentences about properties that were inferred without a source. */
  assumed: z.array(z.string()),
  inferred: z.array(inferredProperty).default([]),
  /**
   * Sentences about choices made while reading the file: which of several models was used, what was left out.
   */
  notes: z.array(z.string()).default([]),
  parameters: z.number(),
  /** Students by skip factor, with the blocks that each would keep. */
  students: z.array(
    z.strictObject({ skip: z.number(), blocks: z.array(z.number()), parameters: z.number() }),
  ),
});
export type TeacherDescription = z.infer<typeof teacherDescription>;

export const deviceDescription = z.strictObject({
  name: deviceName,
  /** Product name given by its manufacturer; the kind of device if none was found. */
  description: z.string(),
  /** Why the device cannot be used, and what is needed to use it; null if it can be used. */
  missing: z.string().nullable(),
  /** Number of processor threads. */
  threads: z.number().nullable(),
  /** Dedicated memory in bytes, if known. */
  memoryBytes: z.number().nullable(),
  /** Training speed just measured, with the default student of the bundled teacher. */
  imagesPerSecond: z.number().nullable(),
});
export type DeviceDescription = z.infer<typeof deviceDescription>;
