import { z } from 'zod';

/** Values used in all parts of the contract. */

export const id = z.int().positive();
const hasNoNul = (text: string): boolean => !text.includes('\0');
export const path = z.string().min(1).max(4096).refine(hasNoNul);
/** Name of a patient, volume or scene, as a table or the user gives it. */
export const groupName = z.string().trim().min(1).max(200).refine(hasNoNul);
export const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  // Accented letters can be encoded in two ways that look the same.
  .normalize('NFC')
  // Line breaks, invisible characters and bidi controls would only hide in lists and files.
  .regex(/^[^\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$/u);
/** Name of a class or project. */
export const className = name;
export const nothing = z.null();
export const when = z.iso.datetime();

/** Method between processes. */
export interface Method {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
}
