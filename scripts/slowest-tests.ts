/**
 * `npm run slowest -- [project…]`: runs the tests, all or those of some Vitest projects (unit, integration, e2e), and
 * prints the ten slowest.
 */
import process from 'node:process';
import type { Reporter, TestCase } from 'vitest/node';
import { startVitest } from 'vitest/node';

const shown = 10;

class Slowest implements Reporter {
  readonly #tests: { readonly title: string; readonly seconds: number }[] = [];

  onTestCaseResult(test: TestCase): void {
    const seconds = (test.diagnostic()?.duration ?? 0) / 1000;
    this.#tests.push({ title: `${test.module.relativeModuleId} > ${test.fullName}`, seconds });
  }

  onTestRunEnd(): void {
    const slowest = this.#tests.toSorted((a, b) => b.seconds - a.seconds).slice(0, shown);
    console.log(`\nThe slowest of ${this.#tests.length} tests:`);
    for (const { title, seconds } of slowest) console.log(`${seconds.toFixed(1)} s  ${title}`);
  }
}

const project = process.argv.slice(2);
const vitest = await startVitest('test', [], {
  ...(project.length === 0 ? {} : { project }),
  reporters: ['default', new Slowest()],
  watch: false,
});
await vitest.close();
