import { z } from 'zod';
import { events } from '../../contract/app.ts';
import type { Answer, EngineMessage, EventName } from '../../contract/app.ts';

const failure = z.object({ code: z.string(), message: z.string(), details: z.string().optional() });

/** Form of the engine's messages. Their values are not checked here; the page checks events. */
const message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('response'),
    id: z.int().nonnegative(),
    answer: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), value: z.unknown() }),
      z.object({ ok: z.literal(false), error: failure }),
    ]),
  }),
  z.object({
    kind: z.literal('event'),
    name: z.enum(Object.keys(events) as [EventName, ...EventName[]]),
    content: z.unknown(),
  }),
  z.object({ kind: z.literal('pong') }),
]);

/** Returns the message, or null for anything else, such as a stray line of a library. */
export function readEngineMessage(received: unknown): EngineMessage | null {
  const parsed = message.safeParse(received);
  return parsed.success ? parsed.data : null;
}

export function refusal(
  code: string,
  text: string,
  details?: string,
): Answer<never> & { ok: false } {
  return { ok: false, error: { code, message: text, details } };
}
