import { isSafeFromOthers } from '../../../../contract/catalogue.ts';
import type { ShownDownloads } from '../../../../contract/catalogue.ts';
import { call } from '../../../lib/client.ts';
import { notices } from '../../../lib/notices.svelte.ts';

/** A mirror and a proxy, as they are being written. */
export class Network {
  mirror = $state('');
  proxy = $state('');
  /** Whether a person insists on the mirror that is written, though it is not encrypted. */
  plainHttp = $state(false);
  /** As they are kept. */
  kept = $state.raw<ShownDownloads>({
    ...{ mirror: null, proxy: null, plainHttp: false },
    logins: { mirror: 'none', proxy: 'none' },
  });
  failure = $state<string | null>(null);
  isSaved = $state(false);

  get isChanged(): boolean {
    return (
      this.mirror.trim() !== (this.kept.mirror ?? '') ||
      this.proxy.trim() !== (this.kept.proxy ?? '') ||
      (this.isPlain && this.plainHttp !== this.kept.plainHttp)
    );
  }

  /** Whether the mirror that is written is an address beyond this computer without encryption. */
  get isPlain(): boolean {
    const address = this.mirror.trim();
    return URL.canParse(address) && !isSafeFromOthers(address);
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
      const { mirror, proxy, isPlain, plainHttp } = this;
      const settings = { mirror, proxy, plainHttp: isPlain && plainHttp };
      this.#show(await call('catalogue.saveSettings', settings));
      this.isSaved = true;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  #show(kept: ShownDownloads): void {
    this.kept = kept;
    this.mirror = kept.mirror ?? '';
    this.proxy = kept.proxy ?? '';
    this.plainHttp = kept.plainHttp;
  }
}
