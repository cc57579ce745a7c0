import { z } from 'zod';
import { cardId, catalogueEntry, downloadSettings, shownDownloads } from '../catalogue.ts';
import { deviceOption, studentEstimate, teacher } from '../entities.ts';
import { teacherOverrides } from '../jobs.ts';
import { logins } from '../logins.ts';
import { id, nothing, path } from '../values.ts';
import type { Method } from '../values.ts';

/** Methods of teachers, of their catalogue, and of the devices that compute with them. */
export const teacherMethods = {
  'teacher.list': { params: nothing, result: z.array(teacher) },
  /**
   * Adds a teacher after a trial run on a few images; `overrides` are the user's corrections of what its file states.
   */
  'teacher.add': {
    params: z.strictObject({ file: path, overrides: teacherOverrides.default({}) }),
    result: teacher,
  },
  /**
   * Removes a teacher. Files that Understudy downloaded for it are deleted; a file that the user brought stays.
   */
  'teacher.remove': { params: z.strictObject({ teacher: id }), result: nothing },
  /** Lists the teachers of the catalogue, with the state of each download. */
  'catalogue.list': { params: nothing, result: z.array(catalogueEntry) },
  /**
   * Downloads a card's files and adds the teacher; answers when done. A partial download is kept for the next
   * attempt. Emits `catalogue.progress`.
   */
  'catalogue.fetch': { params: z.strictObject({ card: cardId }), result: teacher },
  'catalogue.stop': { params: z.strictObject({ card: cardId }), result: nothing },
  /** Adds a teacher from a file that the user downloaded; 'invalid-file' if it is not the card's file. */
  'catalogue.bring': { params: z.strictObject({ card: cardId, file: path }), result: teacher },
  /** Returns the addresses without names and passwords, and whether those are known. */
  'catalogue.settings': { params: nothing, result: shownDownloads },
  /** Stores the addresses in normalised form; 'invalid-option' for an invalid address. */
  'catalogue.saveSettings': { params: downloadSettings, result: shownDownloads },
  /** Returns the known names and passwords, for the key store; called only by the main process. */
  'catalogue.logins': { params: nothing, result: logins },
  /** Passes on the names and passwords from the key store; called only by the main process. */
  'catalogue.unlock': { params: logins, result: nothing },
  /** Lists students by skip factor; measures this computer at the first call for a teacher. */
  'teacher.estimate': {
    params: z.strictObject({ project: id, teacher: id }),
    result: z.array(studentEstimate),
  },
  /**
   * Lists devices, measured with the project's teacher if it has one; the first time, this takes some seconds per
   * device.
   */
  'device.list': { params: z.strictObject({ project: id }), result: z.array(deviceOption) },
} as const satisfies Record<string, Method>;
