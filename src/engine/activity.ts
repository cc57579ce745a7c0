/** For those who drive the engine and may not import `core`. */
export { watchActivity } from '../core/activity.ts';
