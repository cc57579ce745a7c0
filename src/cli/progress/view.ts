import type { JobEvent } from '../../contract/jobs.ts';
import { printable } from '../text.ts';
import { fitted, isTerminal, type Environment } from '../environment.ts';
import { BarView } from './bar-view.ts';
import { LineView } from './line-view.ts';
import type { ProgressView } from './phases.ts';

/** Bars on a terminal, plain lines elsewhere. */
export function progressView(environment: Environment): ProgressView {
  return isTerminal(environment.stderr, environment.env)
    ? new BarView(environment.stderr, () => environment.now())
    : new LineView(environment.stderr, () => environment.now());
}

/** Returns the text that an event adds to the progress of a job. */
function textOf(event: JobEvent): string | undefined {
  if (event.type === 'notice') return event.message;
  if (event.type === 'device') return event.reason ?? `Computing on ${event.device}.`;
  return undefined;
}

/** Writes the events of a job to the progress view, or as JSON if there is none. */
export function reporter(
  environment: Environment,
  view: ProgressView | undefined,
): (event: JobEvent) => void {
  if (view === undefined)
    return (event) => void environment.stdout.write(`${JSON.stringify(event)}\n`);
  return (event) => {
    if (event.type === 'progress') view.show(event);
    const text = textOf(event);
    if (text !== undefined) view.say(fitted(printable(text), environment.stderr));
  };
}
