import type { EventName, EventOf } from '../contract/app.ts';

/** Sends an event to the caller of the engine. */
export type Emit = <E extends EventName>(name: E, content: EventOf<E>) => void;
