import { isSafeFromOthers } from '../../../../contract/catalogue.ts';
import type { ShownDownloads } from '../../../../contract/catalogue.ts';
import { call } from '../../../lib/client.ts';
import { errorMessage } from '../../../lib/error-message.ts';
import { notices } from '../../../lib/notices.svelte.ts';

/** Form for the mirror and the proxy of downloads. */
export class Network {
  mirror = $state('');
  proxy = $state('');
  /** True if the user allows the entered mirror although it is not encrypted. */
  plainHttp = $state(false);
  /** Saved settings. */
  kept = $state.raw<ShownDownloads>({
    mirror: null,
    proxy: null,
    plainHttp: false,
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

  /** True if the entered mirror is on another computer and not encrypted. */
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
      this.failure = errorMessage(error);
    }
  }

  #show(kept: ShownDownloads): void {
    this.kept = kept;
    this.mirror = kept.mirror ?? '';
    this.proxy = kept.proxy ?? '';
    this.plainHttp = kept.plainHttp;
  }
}
