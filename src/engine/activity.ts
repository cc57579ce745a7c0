/** Re-exported from `core` for callers of the engine, which may not import `core`. */
export { watchActivity } from '../core/activity.ts';
