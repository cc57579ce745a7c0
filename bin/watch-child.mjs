// Watches the process that does the work, for the launcher. Its main thread may be in a loop in which it hears neither
// signals nor timers, a damaged file being the usual cause; whoever presses Ctrl-C then must be heard all the same.
// Plain JavaScript for any Node, like the launcher.
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Seconds. */
const usualPatience = {
  /** From the first signal to an answer, while a file is read, */
  answer: 10,
  /** and otherwise: a step of a large teacher may take minutes, and a checkpoint is worth the wait. */
  step: 300,
  /** From the first signal to a word to whoever waits. */
  notice: 3,
  /** From the second signal to the end. */
  end: 1,
  /** Without a sign of life while a file is read. */
  reading: 120,
};

/** What arrives within this time of the first signal is the same key press, as in src/cli/stop.ts. Milliseconds. */
const samePressMilliseconds = 500;

/** Exit code of commands that end because of something that a person can put right: see src/cli/world.ts. */
const toPutRight = 2;

/** The only names that are removed: see src/formats/write-file.ts and src/engine/output-folder.ts. */
const unfinished = /^\.understudy-(?:[0-9a-f]{16}\.partial|unfinished)$/;

/**
 * Passes stop signals on to `child`, and ends it where it does not answer.
 *
 * The child sends `{ type }`: 'alive' now and then, 'stopping' once it has heard a signal, and what src/core/activity.ts
 * says.
 *
 * @param {import('node:child_process').ChildProcess} child with a channel
 * @param {{ json: boolean, patience?: Partial<typeof usualPatience> }} options json: failures are written to stdout too
 * @returns {{ ending(code: number | null, signal: NodeJS.Signals | null): { exitCode: number, wasEndedHere: boolean } }}
 *   takes how the child ended, says why where it was ended from here, and gives the launcher's exit code
 */
export function watchChild(child, { json, patience = {} }) {
  const limits = { ...usualPatience, ...patience };
  const reading = new Map();
  const writing = new Set();
  /** Seconds without a message; counted, since a clock goes on while the machine sleeps. */
  let silent = 0;
  let computing = 0;
  let stopping;
  let hasAnswered = false;
  /** Why the child was ended from here. */
  let ended;

  const kill = (why) => {
    ended ??= why;
    child.kill('SIGKILL');
  };

  const isInFile = () => reading.size > 0 && computing === 0;
  const places = () => [...reading.keys()].slice(0, 3).map(printable).join(' or ');

  child.on('message', (message) => {
    silent = 0;
    const { type, path } = Object(message);
    if (type === 'stopping') hasAnswered = true;
    if (type === 'computing') computing++;
    if (type === 'computed') computing--;
    if (typeof path !== 'string') return;
    if (type === 'reading') reading.set(path, (reading.get(path) ?? 0) + 1);
    if (type === 'read' && reading.get(path) > 1) reading.set(path, reading.get(path) - 1);
    else if (type === 'read') reading.delete(path);
    if (type === 'writing') writing.add(path);
    if (type === 'written') writing.delete(path);
  });

  const pulse = setInterval(() => {
    silent++;
    if (!isInFile() || silent < limits.reading) return;
    kill({
      exitCode: toPutRight,
      code: 'invalid-file',
      message: `${places()} was given up: reading did not end within ${limits.reading} seconds. The file may be damaged; copy it again or leave it out.`,
    });
  }, 1000);

  const endFor = (signal) => {
    const at = isInFile() ? `, while it was reading ${places()}` : '';
    kill({
      exitCode: 128 + constants.signals[signal],
      code: 'cancelled',
      message: `Understudy did not answer and was ended${at}.`,
    });
  };

  const after = (seconds, act) => {
    setTimeout(() => {
      if (!hasAnswered) act();
    }, seconds * 1000).unref();
  };

  for (const signal of stopSignals) {
    process.on(signal, () => {
      const now = performance.now();
      const isFirst = stopping === undefined;
      stopping ??= now;
      // A Windows console tells both processes itself, and `kill` would end the child at once.
      if (process.platform !== 'win32') child.kill(signal);
      if (isFirst) {
        after(limits.notice, () => {
          const at = isInFile() ? `reading ${places()}` : 'in the middle of a step';
          process.stderr.write(
            `Understudy is still ${at}. Press Ctrl-C again to end it at once.\n`,
          );
        });
        after(limits.answer, () => {
          if (isInFile()) endFor(signal);
        });
        after(limits.step, () => endFor(signal));
      } else if (now - stopping >= samePressMilliseconds) {
        setTimeout(() => endFor(signal), limits.end * 1000).unref();
      }
    });
  }

  return {
    ending(code, signal) {
      clearInterval(pulse);
      if (code !== null) return { exitCode: code, wasEndedHere: false };
      if (signal === 'SIGKILL' || ended !== undefined) removeUnfinished(writing);
      if (ended !== undefined) {
        // A progress view that could not take leave has hidden the cursor.
        if (process.stderr.isTTY) process.stderr.write('\u001B[?25h\n');
        say(ended, json);
        return { exitCode: ended.exitCode, wasEndedHere: true };
      }
      if (json && stopSignals.includes(signal)) {
        sayAsJson({ code: 'cancelled', message: 'Stopped at once.' });
      }
      return { exitCode: 128 + constants.signals[signal], wasEndedHere: false };
    },
  };
}

function say({ code, message }, json) {
  if (json) sayAsJson({ code, message });
  process.stderr.write(`${message}\n`);
}

function sayAsJson(error) {
  process.stdout.write(`${JSON.stringify({ error })}\n`);
}

/** A path without the characters that would steer a terminal. */
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
