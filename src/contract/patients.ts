import { z } from 'zod';

/** Whether images can be grouped by patient: see docs/adr/0032. */
export const patientStatus = z.strictObject({
  /** Of the workspace's secret; `other`: another one lies in its place. */
  state: z.enum(['sound', 'missing', 'damaged', 'unreadable', 'other']),
  /** Kept under the secret. */
  groups: z.int().nonnegative(),
  /** What happened and what to do; null where it is sound. */
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
