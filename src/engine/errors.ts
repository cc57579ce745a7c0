/** The errors of jobs, for those who drive the engine and may not import `core`. */
export { UserError } from '../core/errors.ts';
