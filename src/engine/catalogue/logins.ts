import type { DownloadSettings } from '../../contract/catalogue.ts';
import { splitLogin, withLogin } from '../../contract/logins.ts';
import type { LoginKind, Logins, LoginState } from '../../contract/logins.ts';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';

const kinds: readonly LoginKind[] = ['mirror', 'proxy'];

/**
 * Mirror and proxy of a workspace. Their addresses lie in its database, their names and passwords nowhere in it: they
 * are in memory, and the window's process keeps them in the system's key store.
 */
export class DownloadLogins {
  readonly #store: Store;
  #known: Logins = { mirror: null, proxy: null };

  /** Takes what an older version wrote as plain text out of the database and its copies. */
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

  /** Without names and passwords. */
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

  /** @param settings checked; an address that was there before without a login given anew keeps the one it had */
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
      ...(needed.length > 0 && { logins: [...needed] }),
    });
    const loginOf = (kind: LoginKind): string | null =>
      parted[kind].login ?? (isSame(kind) ? this.#known[kind] : null);
    this.#known = { mirror: loginOf('mirror'), proxy: loginOf('proxy') };
  }

  /** Takes what the key store has for the addresses that are set. */
  unlock({ mirror, proxy }: Logins): void {
    this.#known = { mirror: mirror ?? this.#known.mirror, proxy: proxy ?? this.#known.proxy };
  }

  /** As a download needs them. @throws UserError 'network' where a login has to be entered again */
  complete(): DownloadSettings {
    const settings = this.settings;
    const states = this.states();
    const whole = (kind: LoginKind): string | null => {
      const address = settings[kind];
      if (address === null || states[kind] === 'none') return address;
      const login = this.#known[kind];
      if (login !== null) return withLogin(address, login);
      throw new UserError(
        'network',
        `The ${kind} ${address} needs its name and password, which this computer has not kept. Enter its address with them under Network, as http://name:password@${kind}.example.`,
      );
    };
    return { ...settings, mirror: whole('mirror'), proxy: whole('proxy') };
  }
}
