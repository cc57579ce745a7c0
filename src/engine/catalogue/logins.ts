import type { DownloadSettings } from '../../contract/catalogue.ts';
import { splitLogin, withLogin } from '../../contract/logins.ts';
import type { LoginKind, Logins, LoginState } from '../../contract/logins.ts';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import { addressText } from '../../text/index.ts';

const kinds: readonly LoginKind[] = ['mirror', 'proxy'];

/**
 * Mirror and proxy of a workspace. The database stores their addresses but never their names and passwords: those are
 * kept in memory, and by the main process in the system's key store.
 */
export class DownloadLogins {
  readonly #store: Store;
  #known: Logins = { mirror: null, proxy: null };

  /** Removes plain-text logins that an older version wrote from the database and its copies. */
  constructor(store: Store) {
    this.#store = store;
    const { mirror, proxy, plainHttp } = store.settings.downloads();
    if (kinds.every((kind) => splitLogin({ mirror, proxy }[kind]).login === null)) return;
    this.save({ mirror, proxy, plainHttp });
    store.forgetRemoved();
  }

  get known(): Logins {
    return this.#known;
  }

  /** Settings without names and passwords. */
  get settings(): DownloadSettings {
    const { mirror, proxy, plainHttp } = this.#store.settings.downloads();
    return { mirror, proxy, plainHttp };
  }

  states(): Record<LoginKind, LoginState> {
    const { logins = [] } = this.#store.settings.downloads();
    const stateOf = (kind: LoginKind): LoginState => {
      if (!logins.includes(kind)) return 'none';
      return this.#known[kind] === null ? 'missing' : 'session';
    };
    return { mirror: stateOf('mirror'), proxy: stateOf('proxy') };
  }

  /**
   * Saves checked settings; an unchanged address without a new login keeps the one it had.
   *
   * @param settings checked settings
   */
  save(settings: DownloadSettings): void {
    const before = this.#store.settings.downloads();
    const parted = { mirror: splitLogin(settings.mirror), proxy: splitLogin(settings.proxy) };
    const isSame = (kind: LoginKind): boolean => parted[kind].address === before[kind];
    const needed = kinds.filter(
      (kind) =>
        parted[kind].login !== null ||
        (isSame(kind) && parted[kind].address !== null && before.logins?.includes(kind) === true),
    );
    this.#store.settings.saveDownloads({
      mirror: parted.mirror.address,
      proxy: parted.proxy.address,
      plainHttp: settings.plainHttp,
      logins: needed.length > 0 ? needed : undefined,
    });
    const loginOf = (kind: LoginKind): string | null =>
      parted[kind].login ?? (isSame(kind) ? this.#known[kind] : null);
    this.#known = { mirror: loginOf('mirror'), proxy: loginOf('proxy') };
  }

  /** Uses the logins that the key store has for the current addresses. */
  unlock({ mirror, proxy }: Logins): void {
    this.#known = { mirror: mirror ?? this.#known.mirror, proxy: proxy ?? this.#known.proxy };
  }

  /**
   * Settings with logins, as a download needs them.
   *
   * @throws UserError 'network' if a login has to be entered again
   */
  complete(): DownloadSettings {
    const settings = this.settings;
    const states = this.states();
    const whole = (kind: LoginKind): string | null => {
      const address = settings[kind];
      if (address === null || states[kind] === 'none') return address;
      const login = this.#known[kind];
      if (login !== null) return withLogin(address, login);
      throw new UserError('network', addressText.loginMissing(kind, address));
    };
    return { ...settings, mirror: whole('mirror'), proxy: whole('proxy') };
  }
}
