/** For those who drive the engine and may not import `core`. */
export { watchActivity, type Activity } from '../core/activity.ts';
