import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/**
 * Ends a test run with one plain line, `N passed, N failed, N skipped`, and the reasons why tests were skipped.
 */
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

  /** Counts a file that does not load, and failures before or after all of its tests. */
  onTestModuleEnd(file: TestModule): void {
    if (file.errors().length > 0) this.#counts.failed += 1;
  }

  onTestSuiteResult(suite: TestSuite): void {
    if (suite.errors().length > 0) this.#counts.failed += 1;
  }

  onTestRunEnd(_modules: unknown, unhandledErrors: readonly unknown[]): void {
    const { passed, failed, skipped } = this.#counts;
    for (const line of this.#skipped) console.log(line);
    // An error outside any test or file must not look like a green run.
    console.log(`${passed} passed, ${failed + unhandledErrors.length} failed, ${skipped} skipped`);
  }
}

// oxlint-disable-next-line import/no-default-export -- Vitest loads a reporter by its default export
export default PlainSummary;
