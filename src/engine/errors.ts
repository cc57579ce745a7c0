/** Errors of jobs, re-exported for callers of the engine, which may not import `core`. */
export { UserError } from '../core/errors.ts';
