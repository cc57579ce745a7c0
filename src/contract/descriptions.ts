import { z } from 'zod';
import { deviceName, teacherOverrides } from './jobs.ts';

/** What a teacher's file and this machine say of themselves. */

/** Who named its weights, and of which family it is as far as that shows. */
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
 * Where a property comes from, the surest first: a person, the weights themselves, a configuration beside them, what
 * is usual of the family, or nothing better than a guess.
 */
const propertySource = z.enum(['given', 'file', 'config', 'family', 'guess']);
export type PropertySource = z.infer<typeof propertySource>;

/** A property that weights do not show by themselves, and that a person may correct. */
export const inferredProperty = z.strictObject({
  property: teacherOverrides.keyof(),
  value: z.union([z.number(), z.string(), z.array(z.number())]),
  source: propertySource,
  /** What was taken to be so, and why: `layer norm with ε = 1e-6, as in timm`. */
  sentence: z.string(),
});
export type InferredProperty = z.infer<typeof inferredProperty>;

export const teacherDescription = z.strictObject({
  file: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  convention: teacherConvention,
  /** As people know it: `DINOv2 in Hugging Face's naming`. Empty in what was kept before there were several. */
  title: z.string().default(''),
  /** How the weights lie: `safetensors`, … */
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
  /** What the file does not say and was taken to be so: sentences of what was inferred without a source. */
  assumed: z.array(z.string()),
  inferred: z.array(inferredProperty).default([]),
  /** What is done with the file's model beyond reading it: which of several was taken, what was left out. */
  notes: z.array(z.string()).default([]),
  parameters: z.number(),
  /** Students by skip factor: what would be kept. */
  students: z.array(
    z.strictObject({ skip: z.number(), blocks: z.array(z.number()), parameters: z.number() }),
  ),
});
export type TeacherDescription = z.infer<typeof teacherDescription>;

export const deviceDescription = z.strictObject({
  name: deviceName,
  /** What it is, as its maker calls it; what kind of device where none was found. */
  description: z.string(),
  /** Why nothing can be computed on it, and what that would take; null where it can. */
  missing: z.string().nullable(),
  /** Of processors. */
  threads: z.number().nullable(),
  /** Its own, where that is known. */
  memoryBytes: z.number().nullable(),
  /** In a training step of the usual student of the teacher that comes with the app, measured now. */
  imagesPerSecond: z.number().nullable(),
});
export type DeviceDescription = z.infer<typeof deviceDescription>;
