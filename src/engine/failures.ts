import type { Failure } from '../contract/app.ts';
import { firstLine, withoutTrace } from '../contract/failure-text.ts';
import { UserError } from '../core/errors.ts';
import { commonText } from '../text/index.ts';

/**
 * Converts an error for another process: a message for the user, and details that the app shows on request.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof UserError) {
    const { message, details: trace } = withoutTrace(error.message);
    const details = [error.details, trace].filter((part) => part !== undefined).join('\n');
    return { code: error.code, message, details: details === '' ? undefined : details };
  }
  const { message, details: whole } = firstLine(
    error instanceof Error ? error.message : String(error),
  );
  const details = error instanceof Error ? (error.stack ?? whole) : whole;
  return {
    code: 'defect',
    message: commonText.defect(message),
    details,
  };
}
