// Watchdog of the launcher for the child process that does the work. The child's main thread may be in a loop that blocks
// signals and timers, usually because of a damaged file; Ctrl-C must still end the process.
// Plain JavaScript for any Node, like the launcher.
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Default limits, in seconds. */
const defaultLimits = {
  /** Limit from the first signal to an answer while a file is read. */
  answer: 10,
  /** Limit in all other cases: a step of a large teacher may take minutes, and a checkpoint is worth the wait. */
  step: 300,
  /** Time from the first signal to a message that Understudy is still at work. */
  notice: 3,
  /** Time from the second signal until the child is killed. */
  end: 1,
  /** Limit of silence while a file is read. */
  reading: 120,
};

/** Time after the first signal within which a signal belongs to the same key press, in ms; as in src/cli/stop.ts. */
const samePressMilliseconds = 500;

/** Exit code for failures that the user can correct: `usage` in src/cli/environment.ts. */
const usage = 2;

/** Names of unfinished files and folders, the only ones that are removed: see src/formats/files/write-file.ts and src/engine/files/output-folder.ts. */
const unfinished = /^\.understudy-(?:[0-9a-f]{16}\.partial|unfinished)$/;

/**
 * Passes stop signals on to `child`, and ends the child if it does not respond.
 *
 * The child sends messages `{ type }`: 'alive' every few seconds, 'stopping' once it has received a signal, and the activities of
 * src/core/activity.ts.
 *
 * @param {import('node:child_process').ChildProcess} child with a channel
 * @param {{ json: boolean, patience?: Partial<typeof defaultLimits> }} options json: failures are written to stdout too
 * @returns {{ ending(code: number | null, signal: NodeJS.Signals | null): { exitCode: number, wasEndedHere: boolean } }}
 *   receives the exit code and signal of the child, prints the reason if the launcher killed it, and returns the launcher's exit code
 */
export function watchChild(child, { json, patience = {} }) {
  const limits = { ...defaultLimits, ...patience };
  const activity = new Activity();
  /** Reason for which the child was killed by the launcher, with the exit code; undefined if it was not. */
  let ended;
  const kill = (why) => {
    ended ??= why;
    child.kill('SIGKILL');
  };

  child.on('message', (message) => activity.note(message));
  const pulse = watchSilence(activity, limits, kill);
  passSignals(child, activity, limits, kill);

  return {
    ending(code, signal) {
      clearInterval(pulse);
      if (code !== null) return { exitCode: code, wasEndedHere: false };
      if (signal === 'SIGKILL' || ended !== undefined) removeUnfinished(activity.writing);
      if (ended !== undefined) {
        // The progress view hides the cursor, and was killed before it could show it again.
        if (process.stderr.isTTY) process.stderr.write('\u001B[?25h\n');
        printFailure(ended, json);
        return { exitCode: ended.exitCode, wasEndedHere: true };
      }
      if (json && stopSignals.includes(signal)) {
        printJson({ code: 'cancelled', message: 'Stopped at once.' });
      }
      return { exitCode: 128 + constants.signals[signal], wasEndedHere: false };
    },
  };
}

/** Work of the child, by its messages. */
class Activity {
  /** Files that are being read, each with its number of readers. */
  #reading = new Map();
  /** Files and folders that are being written. */
  writing = new Set();
  #computing = 0;
  /** Seconds without a message, counted by a timer: a clock would also count the time in which the computer sleeps. */
  silent = 0;
  /** True once the child has received a signal. */
  hasAnswered = false;

  note(message) {
    this.silent = 0;
    const { type, path } = Object(message);
    if (type === 'stopping') this.hasAnswered = true;
    if (type === 'computing') this.#computing++;
    if (type === 'computed') this.#computing--;
    if (typeof path !== 'string') return;
    const readers = this.#reading.get(path) ?? 0;
    if (type === 'reading') this.#reading.set(path, readers + 1);
    if (type === 'read' && readers > 1) this.#reading.set(path, readers - 1);
    else if (type === 'read') this.#reading.delete(path);
    if (type === 'writing') this.writing.add(path);
    if (type === 'written') this.writing.delete(path);
  }

  /** True while the child only reads files. */
  get isInFile() {
    return this.#reading.size > 0 && this.#computing === 0;
  }

  get places() {
    return [...this.#reading.keys()].slice(0, 3).map(printable).join(' or ');
  }
}

/** Kills the child if reading a file takes too long. Returns the timer. */
function watchSilence(activity, limits, kill) {
  return setInterval(() => {
    activity.silent++;
    if (!activity.isInFile || activity.silent < limits.reading) return;
    kill({
      exitCode: usage,
      code: 'invalid-file',
      message: `Reading ${activity.places} took more than ${limits.reading} seconds and was stopped. The file may be damaged; copy it again or leave it out.`,
    });
  }, 1000);
}

/** Passes stop signals on to the child. Kills it if it does not answer in time, or soon after a second signal. */
function passSignals(child, activity, limits, kill) {
  /** Time of the first signal. */
  let stopping;
  const endFor = (signal) => {
    const at = activity.isInFile ? ` while reading ${activity.places}` : '';
    kill({
      exitCode: 128 + constants.signals[signal],
      code: 'cancelled',
      message: `Understudy did not respond and was ended${at}.`,
    });
  };
  const unlessAnswered = (seconds, act) => {
    setTimeout(() => {
      if (!activity.hasAnswered) act();
    }, seconds * 1000).unref();
  };
  const first = (signal) => {
    unlessAnswered(limits.notice, () => {
      const at = activity.isInFile ? `reading ${activity.places}` : 'in the middle of a step';
      process.stderr.write(`Understudy is still ${at}. Press Ctrl-C again to end it at once.\n`);
    });
    unlessAnswered(limits.answer, () => {
      if (activity.isInFile) endFor(signal);
    });
    unlessAnswered(limits.step, () => endFor(signal));
  };

  for (const signal of stopSignals) {
    process.on(signal, () => {
      const now = performance.now();
      const isFirst = stopping === undefined;
      stopping ??= now;
      // A Windows console sends the signal to both processes, and `kill` would end the child at once.
      if (process.platform !== 'win32') child.kill(signal);
      if (isFirst) first(signal);
      else if (now - stopping >= samePressMilliseconds) {
        setTimeout(() => endFor(signal), limits.end * 1000).unref();
      }
    });
  }
}

function printFailure({ code, message }, json) {
  if (json) printJson({ code, message });
  process.stderr.write(`${message}\n`);
}

function printJson(error) {
  process.stdout.write(`${JSON.stringify({ error })}\n`);
}

/** Returns a path with its control characters replaced, because a terminal would execute them. */
function printable(path) {
  return path.replace(/\p{Cc}/gu, '?');
}

function removeUnfinished(paths) {
  for (const path of paths) {
    if (!unfinished.test(basename(path))) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // The next run into the same folder removes it.
    }
  }
}
