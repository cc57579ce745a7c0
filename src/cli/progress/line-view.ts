import type { Output } from '../environment.ts';
import {
  details,
  finishedLine,
  isNewPhase,
  paddedName,
  type ProgressEvent,
  shareDone,
} from './phases.ts';
import type { ProgressView } from './phases.ts';

const millisecondsBetween = { least: 1000, most: 10_000 };
const shareBetween = 0.1;

/** Plain lines for log files and pipes: one every tenth of a phase or every ten seconds. */
export class LineView implements ProgressView {
  readonly #output: Output;
  readonly #now: () => number;
  #last: ProgressEvent | undefined;
  #written: ProgressEvent | undefined;
  #writtenAt = 0;
  #start = 0;

  /** @param now milliseconds */
  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
  }

  show(event: ProgressEvent): void {
    const now = this.#now();
    if (isNewPhase(event, this.#last)) {
      this.#finish();
      this.#start = this.#writtenAt = now;
      this.#written = event;
    }
    this.#last = event;
    if (shareDone(event) < 1 && this.#isDue(event, now)) {
      const percent = `${Math.floor(shareDone(event) * 100)} %`;
      this.say(`${paddedName(event.phase)}  ${[percent, ...details(event)].join(', ')}`);
      this.#written = event;
      this.#writtenAt = now;
    }
  }

  say(text: string): void {
    this.#output.write(`${text}\n`);
  }

  close(): void {
    this.#finish();
    this.#last = undefined;
  }

  #isDue(event: ProgressEvent, now: number): boolean {
    const waited = now - this.#writtenAt;
    const advanced = shareDone(event) - (this.#written ? shareDone(this.#written) : 0);
    if (waited >= millisecondsBetween.most) return true;
    return waited >= millisecondsBetween.least && advanced >= shareBetween;
  }

  #finish(): void {
    if (this.#last === undefined) return;
    this.say(finishedLine(this.#last, (this.#now() - this.#start) / 1000));
  }
}
