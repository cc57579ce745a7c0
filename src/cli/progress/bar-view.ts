import { SingleBar } from 'cli-progress';
import { type Output, textColumns } from '../environment.ts';
import {
  details,
  finishedLine,
  isNewPhase,
  paddedName,
  type ProgressEvent,
  shareDone,
} from './phases.ts';
import type { ProgressView } from './phases.ts';

const barCells = 24;

/** Progress bar of the current phase; each finished phase leaves a line above it. */
export class BarView implements ProgressView {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #bar: SingleBar;
  #last: ProgressEvent | undefined;
  #start = 0;

  /** @param now milliseconds */
  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
    this.#bar = new SingleBar({
      stream: output,
      format: () => this.#line(),
      // The finished bar is replaced by the line of its phase.
      clearOnComplete: true,
      // Long lines are trimmed; turning line wrap off would change the terminal for good if the process were killed.
      linewrap: true,
    });
  }

  show(event: ProgressEvent): void {
    const fresh = isNewPhase(event, this.#last);
    if (fresh) {
      this.#finish();
      this.#start = this.#now();
    }
    this.#last = event;
    if (fresh) this.#bar.start(event.total, event.done);
    else {
      this.#bar.setTotal(event.total);
      this.#bar.update(event.done);
    }
  }

  say(text: string): void {
    const resumes = this.#bar.isActive;
    this.#bar.stop();
    this.#output.write(`${text}\n`);
    if (resumes && this.#last !== undefined) this.#bar.start(this.#last.total, this.#last.done);
  }

  close(): void {
    this.#finish();
    this.#last = undefined;
  }

  #finish(): void {
    this.#bar.stop();
    if (this.#last === undefined) return;
    this.#output.write(`${finishedLine(this.#last, (this.#now() - this.#start) / 1000)}\n`);
  }

  #line(): string {
    return this.#last === undefined ? '' : barLine(this.#last, textColumns(this.#output));
  }
}

/** The bar with as many details as fit into `width`. */
export function barLine(event: ProgressEvent, width: number): string {
  const share = shareDone(event);
  const full = Math.round(share * barCells);
  const bar = '█'.repeat(full) + '░'.repeat(barCells - full);
  // Rounded down, so that 100 % means finished.
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  let line = `${paddedName(event.phase)}  ${bar} ${percent} %`;
  for (const detail of details(event)) {
    // One column stays free: some terminals wrap when the last is written.
    if (line.length + 2 + detail.length < width) line += `  ${detail}`;
  }
  return line;
}
