import { z } from 'zod';
import { deviceName } from './jobs.ts';

/** What a teacher's file and this machine say of themselves. */

export const teacherDescription = z.strictObject({
  file: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  convention: z.enum(['timm']),
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
  /** What the file does not say and was taken to be so. */
  assumed: z.array(z.string()),
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
