import { spawn } from 'node:child_process';

/** Runs a program to its end and returns its output; an error contains that output. */
export async function runTool(
  command: string,
  args: readonly string[],
  { cwd, limitMs = 10 * 60_000 }: { cwd?: string; limitMs?: number } = {},
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    ...(cwd === undefined ? {} : { cwd }),
  });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) {
    const why = complaint.trim().split('\n').slice(-3).join(' ') || 'no reason given';
    throw new Error(`${command} ended with ${code ?? 'a signal'}: ${why}`);
  }
  return output;
}
