import { z } from 'zod';
import { events } from './methods/events.ts';
import { imageMethods } from './methods/images.ts';
import { maskMethods } from './methods/masks.ts';
import { projectMethods } from './methods/projects.ts';
import { runMethods } from './methods/runs.ts';
import { shellMethods } from './methods/shell.ts';
import { teacherMethods } from './methods/teachers.ts';
import type { Failure } from './runs.ts';
import type { Method } from './values.ts';

/**
 * Every method that the page may call, with its parameters and result, and every event that it receives, with its
 * content. Bridge, handlers, client and types derive from these two tables, and every receiver validates messages
 * against them. The rows are in `methods/`, by domain: a new method is one row there.
 */

export * from './entities.ts';
export * from './folder-imports.ts';
export * from './runs.ts';
export { className } from './values.ts';
export { events };
export type { MenuKeys } from './methods/shell.ts';

/** Methods answered by the engine. */
export const engineMethods = {
  ...projectMethods,
  ...imageMethods,
  ...maskMethods,
  ...teacherMethods,
  ...runMethods,
} as const satisfies Record<string, Method>;

/** Methods that the page must not call: their data never reaches it. */
export const hostMethods: ReadonlySet<string> = new Set<keyof typeof engineMethods>([
  'catalogue.logins',
  'catalogue.unlock',
]);

export const methods = { ...engineMethods, ...shellMethods };

export type EngineMethod = keyof typeof engineMethods;
export type ShellMethod = keyof typeof shellMethods;
export type MethodName = keyof typeof methods;
export type Params<M extends MethodName> = z.input<(typeof methods)[M]['params']>;
export type ParsedParams<M extends MethodName> = z.output<(typeof methods)[M]['params']>;
export type Result<M extends MethodName> = z.output<(typeof methods)[M]['result']>;

/**
 * Returns true if a state means that the engine has ended: its work continues under another engine, or not at all.
 */
export function hasEnded(state: EventOf<'engine.state'>['state']): boolean {
  return state === 'restarting' || state === 'failed';
}

export type EventName = keyof typeof events;
export type EventOf<E extends EventName> = z.output<(typeof events)[E]>;

/** The answer to a request, as it crosses processes: an error is a value. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Failure };

/** Messages to the engine, sent by the main process or by a test. */
export const engineRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('request'),
    id: z.int().nonnegative(),
    method: z.enum(Object.keys(engineMethods) as [EngineMethod, ...EngineMethod[]]),
    params: z.unknown(),
  }),
  /** The caller has cancelled the request. */
  z.strictObject({ kind: z.literal('abort'), id: z.int().nonnegative() }),
  /** Heartbeat request, answered by `pong`. */
  z.strictObject({ kind: z.literal('ping') }),
  /** Request to end cleanly: running jobs keep their checkpoints. */
  z.strictObject({ kind: z.literal('shutdown') }),
]);
export type EngineRequest = z.infer<typeof engineRequest>;

/** Messages from the engine. */
export type EngineMessage =
  | { readonly kind: 'response'; readonly id: number; readonly answer: Answer<unknown> }
  | { readonly kind: 'event'; readonly name: EventName; readonly content: unknown }
  | { readonly kind: 'pong' };
