import { z } from 'zod';

/** Tells whether images can be grouped by patient: see docs/adr/0032. */
export const patientStatus = z.strictObject({
  /** State of the workspace's secret; `other`: a different secret is in its place. */
  state: z.enum(['sound', 'missing', 'damaged', 'unreadable', 'other']),
  /** Kept under the secret. */
  groups: z.int().nonnegative(),
  /** Problem and advice; null if the secret is sound. */
  message: z.string().nullable(),
});
export type PatientStatus = z.infer<typeof patientStatus>;

export const rekeyReport = z.strictObject({
  /** Images whose group was written anew, and the groups that they are in now. */
  images: z.int().nonnegative(),
  groups: z.int().nonnegative(),
  /** Files that are gone or were changed. */
  gone: z.array(z.string()),
});
export type RekeyReport = z.infer<typeof rekeyReport>;
