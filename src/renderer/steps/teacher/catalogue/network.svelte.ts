import type { ShownDownloads } from '../../../../contract/catalogue.ts';
import { call } from '../../../lib/client.ts';
import { notices } from '../../../lib/notices.svelte.ts';

/** A mirror and a proxy, as they are being written. */
export class Network {
  mirror = $state('');
  proxy = $state('');
  /** As they are kept. */
  kept = $state.raw<ShownDownloads>({
    ...{ mirror: null, proxy: null, logins: { mirror: 'none', proxy: 'none' } },
  });
  failure = $state<string | null>(null);
  isSaved = $state(false);

  get isChanged(): boolean {
    return (
      this.mirror.trim() !== (this.kept.mirror ?? '') ||
      this.proxy.trim() !== (this.kept.proxy ?? '')
    );
  }

  async load(): Promise<void> {
    try {
      this.#show(await call('catalogue.settings', null));
    } catch (error) {
      notices.fail(error);
    }
  }

  async save(): Promise<void> {
    this.failure = null;
    this.isSaved = false;
    try {
      const { mirror, proxy } = this;
      this.#show(await call('catalogue.saveSettings', { mirror, proxy }));
      this.isSaved = true;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  #show(kept: Network['kept']): void {
    this.kept = kept;
    this.mirror = kept.mirror ?? '';
    this.proxy = kept.proxy ?? '';
  }
}
