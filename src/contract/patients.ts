import { z } from 'zod';

/** States whether images can be grouped by patient: see docs/adr/0032. */
export const patientStatus = z.strictObject({
  /** State of the workspace's secret; `other`: a different secret is in its place. */
  state: z.enum(['sound', 'missing', 'damaged', 'unreadable', 'other']),
  /** Number of images whose group is stored under the secret. */
  groups: z.int().nonnegative(),
  /** Problem and advice; null if the secret is intact. */
  message: z.string().nullable(),
});
export type PatientStatus = z.infer<typeof patientStatus>;

export const rekeyReport = z.strictObject({
  /** Number of images whose group was written again, and of the groups that they are in now. */
  images: z.int().nonnegative(),
  groups: z.int().nonnegative(),
  /** Number of files that are missing or were changed. */
  gone: z.array(z.string()),
});
export type RekeyReport = z.infer<typeof rekeyReport>;
