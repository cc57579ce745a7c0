/**
 * Checks format, lint rules and types at the same time, before the tests. The output of each check is printed in one
 * piece; if a check fails, the command fails after the others have ended.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';

interface Checked {
  readonly name: string;
  readonly passed: boolean;
  readonly printed: string;
}

function check(name: string): Promise<Checked> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', name], { shell: process.platform === 'win32' });
    let printed = '';
    const keep = (data: string): void => {
      printed += data;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ name, passed: code === 0, printed });
    });
  });
}

async function report(name: string): Promise<boolean> {
  const { passed, printed } = await check(name);
  process.stdout.write(`\n${name}: ${passed ? 'passed' : 'FAILED'}\n${printed}`);
  return passed;
}

const results = await Promise.all(['format:check', 'lint', 'types'].map(report));
if (results.includes(false)) process.exitCode = 1;
