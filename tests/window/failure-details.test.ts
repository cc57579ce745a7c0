import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runTest } from '../../src/cli/testing/test-environment.ts';
import { UserError } from '../../src/core/errors.ts';
import { failurePage } from '../../src/main/window/failure-page.ts';
import { failureOf } from '../../src/engine/failures.ts';

// A rule for every place that shows an error: a message first, and traces only on request.

const native =
  'Non-zero status code returned while running Add node: /onnxruntime_src/core/element_wise.h:560 void Broadcast()\n    at run (node:internal/x:1:2)';
const isTrace = /\.h:560|\n\s+at /;

const errors: readonly (readonly [string, Error])[] = [
  ['a defect', new Error(native)],
  ['an error with a cause', new Error('It failed.', { cause: new Error(native) })],
  ['an error for people with details', new UserError('device', 'It failed.', native)],
  ['an error for people that repeats a library', new UserError('device', `It failed: ${native}`)],
];

test.each(errors)('the engine reports %s without a stack trace', (_name, error) => {
  const { message, details } = failureOf(error);
  expect(message).not.toMatch(isTrace);
  expect(details).toMatch(isTrace);
});

test.each(errors)(
  'the command line reports %s without a stack trace, unless asked',
  async (_name, error) => {
    const fails = { engine: { listDevices: () => Promise.reject(error) } };
    const { stderr, stdout } = await runTest(['devices', '--json'], fails);
    expect(stderr.text + stdout.text).not.toMatch(isTrace);
    expect(stderr.lines.length).toBeLessThan(4);
    const debugged = await runTest(['devices'], { ...fails, env: { UNDERSTUDY_DEBUG: '1' } });
    expect(debugged.stderr.text).toMatch(isTrace);
  },
);

test('the page that replaces a broken one folds details, with a button to copy them', () => {
  const page = failurePage({ title: 'It stopped', text: 'Reload.', details: native });
  const folded = /<details>.*<\/details>/s.exec(page)?.[0] ?? '';
  expect(folded).toContain('element_wise.h:560');
  expect(folded).toContain('understudy://page/failure/copy');
  expect(page.replace(folded, '')).not.toMatch(isTrace);
});

const folder = join(import.meta.dirname, '..', '..', 'src', 'renderer');
const components = globSync('**/*.svelte', { cwd: folder });

test.each(components)('%s shows details of an error only with FailureDetails', (file) => {
  const source = readFileSync(join(folder, file), 'utf8');
  const markup = source
    .replace(/<script[^>]*>.*?<\/script>/gs, '')
    .replace(/<style>.*<\/style>/s, '');
  if (file === join('components', 'FailureDetails.svelte')) {
    // Folded, and with a button to copy them.
    expect(markup).toMatch(/<More [^>]*>\s*<pre>\{details\}<\/pre>\s*<CopyButton/);
    return;
  }
  const others = markup.replace(/<FailureDetails\s[^>]*?\/>/g, '');
  expect(others).not.toMatch(/\.details\b|\{details\}|\.stack\b(?!\.)/);
});
