import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

interface Wanted {
  /** Selector of the part to check; the whole page by default. */
  readonly within?: string;
  /** Least impact of a finding; any by default. */
  readonly least?: 'serious';
}

/** Returns findings of axe-core on a page, each with the name of the rule and the elements that break it. */
export async function axeFindings(page: Page, { within, least }: Wanted = {}): Promise<string[]> {
  // The frameless mode opens no page of its own, which Electron's context does not support.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  if (within !== undefined) builder.include(within);
  const { violations } = await builder.analyze();
  return violations
    .filter(({ impact }) => least === undefined || impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
