import type { JobEvent } from '../../contract/jobs.ts';
import { printable } from '../text.ts';
import { fitted, isTerminal, type World } from '../world.ts';
import { BarView } from './bar-view.ts';
import { LineView } from './line-view.ts';
import type { ProgressView } from './phases.ts';

/** Bars on a terminal, plain lines elsewhere. */
export function progressView(world: World): ProgressView {
  return isTerminal(world.stderr, world.env)
    ? new BarView(world.stderr, () => world.now())
    : new LineView(world.stderr, () => world.now());
}

/** What an event says to people, beside how far the job is. */
function textOf(event: JobEvent): string | undefined {
  if (event.type === 'notice') return event.message;
  if (event.type === 'device') return event.reason ?? `Computing on ${event.device}.`;
  return undefined;
}

/** Hands an event of a job to where people or programs read it. */
export function reporter(world: World, view: ProgressView | undefined): (event: JobEvent) => void {
  if (view === undefined) return (event) => void world.stdout.write(`${JSON.stringify(event)}\n`);
  return (event) => {
    if (event.type === 'progress') view.show(event);
    const text = textOf(event);
    if (text !== undefined) view.say(fitted(printable(text), world.stderr));
  };
}
