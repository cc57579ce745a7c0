import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import type { EngineRequest } from '../../contract/app.ts';

export interface EngineProgram {
  /** Path of a plain Node 24: see docs/architecture.md for why it is not Electron's. */
  readonly node: string;
  readonly entry: string;
}

/** Folder of the workspace. */
export interface WorkspaceFolder {
  readonly folder: string;
  /** True if the folder had projects before: if they are missing, the engine creates no new workspace. */
  readonly isKnown: boolean;
}

/**
 * Starts the engine on a workspace.
 *
 * @param onOutput receives its output, of which there is normally none
 */
export function startEngineProcess(
  { node, entry }: EngineProgram,
  { folder, isKnown }: WorkspaceFolder,
  onOutput: (text: string) => void,
): ChildProcess {
  const child = spawn(
    node,
    // Early releases of Node 24 warn that running TypeScript is experimental.
    [
      '--disable-warning=ExperimentalWarning',
      entry,
      ...['--workspace', folder],
      ...(isKnown ? ['--known'] : []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Thumbnails cross as bytes; the default serialisation would write them as JSON.
      serialization: 'advanced',
      windowsHide: true,
      env: environment(),
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', onOutput);
  }
  return child;
}

/** Returns our environment without variables meant for Electron or a debugger. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, ELECTRON_RUN_AS_NODE: undefined, NODE_OPTIONS: undefined };
}

/** Asks a process to end; kills it if it has not ended after `limitMs`. */
export async function endProcess(child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    const request: EngineRequest = { kind: 'shutdown' };
    if (child.connected) child.send(request, () => undefined);
  });
}
