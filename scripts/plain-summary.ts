import type { Reporter, TestCase } from 'vitest/node';

/** Closes a test run with one plain line, `N passed, N failed, N skipped`, and says why tests were skipped. */
export class PlainSummary implements Reporter {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };
  readonly #skipped: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === 'pending') return;
    this.#counts[result.state] += 1;
    if (result.state === 'skipped') {
      this.#skipped.push(`skipped: ${test.fullName}${result.note ? ` (${result.note})` : ''}`);
    }
  }

  onTestRunEnd(_modules: unknown, unhandledErrors: readonly unknown[]): void {
    const { passed, failed, skipped } = this.#counts;
    for (const line of this.#skipped) console.log(line);
    // An error outside any test (a file that does not load) must not look like a green run.
    console.log(`${passed} passed, ${failed + unhandledErrors.length} failed, ${skipped} skipped`);
  }
}

// eslint-disable-next-line no-restricted-syntax -- Vitest loads a reporter by its default export
export default PlainSummary;
