import { spawn } from 'node:child_process';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

const advice = 'Run bash scripts/debian-packages.sh, which installs what the window needs.';

/**
 * Starts Xvfb on a free display number and ends it when its input closes, which happens however this process ends.
 */
const script =
  'Xvfb -displayfd 3 -screen 0 1920x1200x24 -nolisten tcp & server=$!; read -r _; kill $server';

let display: Promise<string | undefined> | undefined;

/** Returns the display for the windows: the existing one, else one in memory per test process. */
export function openDisplay(): Promise<string | undefined> {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY) return Promise.resolve(DISPLAY);
  return (display ??= startXvfb());
}

async function startXvfb(): Promise<string> {
  const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'pipe', 'pipe'] });
  const [input, , complaints, numbers] = shell.stdio as unknown as [
    Writable,
    null,
    Readable,
    Readable,
  ];
  const complaint = text(complaints);
  const number = await new Promise<string>((resolve, reject) => {
    numbers.once('data', (data: Buffer) => {
      resolve(data.toString().trim());
    });
    numbers.once('end', () => {
      input.end();
      void complaint.then((why) => {
        reject(new Error(`There is no display and Xvfb did not start. ${advice}\n${why}`));
      });
    });
  });
  // It must not keep the tests from ending.
  shell.unref();
  for (const stream of [input, complaints, numbers]) {
    (stream as unknown as { unref(): void }).unref();
  }
  return `:${number}`;
}

/** Returns the error of a launch, with advice if a library is missing. */
export function explainLaunch(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const library = /error while loading shared libraries: ([^\s:]+)/.exec(message)?.[1];
  if (library === undefined) return error;
  return new Error(`Electron needs ${library}, which is not installed. ${advice}`, {
    cause: error,
  });
}
