import { UserError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { Outcome } from './thread-protocol.ts';

/**
 * Unwraps the outcome of a task.
 *
 * @throws UserError as the task did; an Error for a defect
 */
export function valueOf(outcome: Outcome): unknown {
  if (outcome.ok) return outcome.value;
  const { code, message, details } = outcome.failure;
  if (code !== 'defect') throw new UserError(code as ErrorCode, message, details);
  const error = new Error(message);
  if (details !== undefined) error.stack = details;
  throw error;
}
