import { UserError } from '../../../core/errors.ts';
import { soundly } from '../sound-source.ts';
import { openStoredMask } from './stored-mask.ts';
import { surveyMask, type MaskValues } from './survey.ts';
import type { SurveyedMask } from './survey.ts';

/** Reads the values of one mask. @throws UserError 'cancelled' only: other failures are part of the result */
export async function surveyFile(path: string, signal?: AbortSignal): Promise<SurveyedMask> {
  try {
    return { ok: true, values: await soundly(path, () => survey(path, signal)) };
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'cancelled') throw error;
    return { ok: false, reason: error.message };
  }
}

async function survey(path: string, signal: AbortSignal | undefined): Promise<MaskValues> {
  const stored = await openStoredMask(path);
  try {
    return await surveyMask(stored, signal);
  } finally {
    await stored.close();
  }
}
