import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Teacher } from '../../contract/app.ts';
import type {
  Card,
  CardFile,
  CatalogueEntry,
  DownloadSettings,
  FetchSummary,
  ShownDownloads,
} from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import type { ImagePool } from '../image-pool/image-pool.ts';
import { cardFolder } from '../catalogue/card-folder.ts';
import { cardOf, cards } from '../catalogue/cards.ts';
import { DownloadLogins } from '../catalogue/logins.ts';
import { usualPatience } from '../catalogue/download.ts';
import type { DownloadPatience } from '../catalogue/download.ts';
import { cardInFolder, fetchCard, weightsPath } from '../catalogue/fetch-card.ts';
import { checkedSettings, placeOf } from '../catalogue/places.ts';
import type { Emit } from './dispatch.ts';
import { backgroundOf } from './teachers.ts';
import type { TeacherService } from './teachers.ts';

/** Between two words of how far a download is, ms. */
const pace = 200;

/** Teachers that can be fetched into a workspace, on request and one by one. */
export class CatalogueService {
  readonly #store: Store;
  readonly #teachers: TeacherService;
  readonly #pool: ImagePool;
  readonly #emit: Emit;
  readonly #patience: DownloadPatience;
  readonly logins: DownloadLogins;
  readonly #running = new Map<
    string,
    { readonly controller: AbortController; readonly ended: Promise<unknown> }
  >();

  /** @param patience with servers; as it should be unless a test has less */
  constructor(
    store: Store,
    teachers: TeacherService,
    pool: ImagePool,
    emit: Emit,
    patience: DownloadPatience = usualPatience,
  ) {
    this.#store = store;
    this.#teachers = teachers;
    this.#pool = pool;
    this.#emit = emit;
    this.#patience = patience;
    this.logins = new DownloadLogins(store);
  }

  list(): Promise<CatalogueEntry[]> {
    const teachers = this.#store.teachers.list();
    const fetched = new Map(this.#store.fetched.list().map((each) => [each.card, each.sha256]));
    return Promise.all(
      cards.map(async (card): Promise<CatalogueEntry> => {
        const folder = this.#folderOf(card);
        const file = weightsPath(card, folder);
        const { isWhole, part } = await cardInFolder(card, folder);
        const hash = card.files[0]?.sha256;
        const teacher = teachers.find(
          ({ file: at, description, name, licence }) =>
            at === file ||
            description.sha256 === hash ||
            // Brought by hand, and nothing is known of its content.
            (name === card.name && licence === card.licence),
        );
        const state = isWhole || teacher ? 'here' : card.isGated ? 'by-hand' : 'absent';
        return {
          card,
          state: this.#running.has(card.id) ? 'fetching' : state,
          part: isWhole ? 0 : part,
          teacher: teacher?.id ?? null,
          file: teacher?.file ?? (isWhole ? file : null),
          ...fetchedAs(card, isWhole ? fetched.get(card.id) : undefined),
        };
      }),
    );
  }

  /**
   * Fetches a card's files, those that are not here yet, and makes a teacher of them. Tells `catalogue.progress`. Weights
   * that are known only to lie here, and with which no teacher can be made, are deleted, so that another fetch begins anew.
   *
   * @throws UserError 'in-use' while the card is being fetched, and as `fetchCard` and `TeacherService.add`
   */
  async fetch(id: string, signal: AbortSignal): Promise<Teacher> {
    const card = cardOf(id);
    if (this.#running.has(id)) {
      throw new UserError('in-use', `${card.name} is being fetched already.`);
    }
    const place = placeOf(this.logins.complete(), process.env);
    const controller = new AbortController();
    const ended = fetchCard(
      card,
      this.#folderOf(card),
      place,
      {
        ...{ signal: AbortSignal.any([signal, controller.signal]), isOwn: true },
        report: this.#teller(card),
        requireUsable: (of, name, path) => this.#requireUsable(of, name, path, signal),
      },
      this.#patience,
    );
    this.#running.set(id, { controller, ended });
    let fetched: FetchSummary;
    try {
      fetched = await ended;
    } finally {
      this.#running.delete(id);
    }
    const [weights] = fetched.files;
    if (weights !== undefined) this.#store.fetched.save({ ...weights, card: id });
    try {
      return await this.#teachers.add(fetched.file, {}, signal, backgroundOf(card));
    } catch (error) {
      // What nobody could compare, and is no teacher, must not stand in the way of the next download.
      const isUnfit = error instanceof UserError && error.code === 'invalid-file';
      if (isUnfit && weights?.isVerified !== true) {
        await rm(fetched.file, { force: true });
        this.#store.fetched.remove(id);
      }
      throw error;
    }
  }

  /** What has come stays; the next download goes on from there. */
  stop(id: string): void {
    this.#running.get(id)?.controller.abort();
  }

  /**
   * Makes a teacher of a file that a person brought for a card.
   *
   * @throws UserError 'invalid-file' where it is another file or another transformer, and as `TeacherService.add`
   */
  async bring(id: string, file: string, signal: AbortSignal): Promise<Teacher> {
    const card = cardOf(id);
    const path = resolve(file);
    const expected = card.files[0]?.sha256 ?? null;
    if (expected !== null) {
      const sum = await this.#pool.run('hash', { path }, { subject: path, signal });
      const found = Buffer.from(sum).toString('hex');
      if (!found.startsWith(expected)) {
        throw new UserError(
          'invalid-file',
          `${path} is not the file of ${card.name}: its SHA-256 begins with ${found.slice(0, 8)} where ${expected.slice(0, 8)} was expected. It may be incomplete, or of another version; download it once more, or add it as a teacher of your own.`,
          `${found}\n${expected}`,
        );
      }
    }
    await this.#requireUsable(card, card.files[0]?.name ?? '', path, signal);
    return this.#teachers.add(path, {}, signal, backgroundOf(card));
  }

  settings(): ShownDownloads {
    return { ...this.logins.settings, logins: this.logins.states() };
  }

  /** @throws UserError 'invalid-option' for what is no address */
  saveSettings(settings: DownloadSettings): ShownDownloads {
    this.logins.save(checkedSettings(settings));
    return this.settings();
  }

  /** Resolves when nothing is written any more. */
  async stopAll(): Promise<void> {
    const all = [...this.#running.values()];
    for (const { controller } of all) controller.abort();
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  /** In a thread: what came may be anything. @throws UserError as `requireUsable` */
  async #requireUsable(card: Card, name: string, path: string, signal: AbortSignal): Promise<void> {
    await this.#pool.run('arrival', { card, name, path }, { subject: path, signal });
  }

  #folderOf(card: Card): string {
    return cardFolder(this.#store.folder, card);
  }

  /** Counts all files of a card as one, by the sizes that are listed until a server says better. */
  #teller(card: Card): (file: CardFile, done: number, total: number | null) => void {
    const start = performance.now();
    const sizes = new Map(card.files.map(({ name, bytes }) => [name, bytes]));
    const came = new Map<string, number>();
    /** What was there when this download began with a file. */
    const before = new Map<string, number>();
    let told = -Infinity;
    return ({ name }, done, total) => {
      if (total !== null) sizes.set(name, total);
      if (!before.has(name)) before.set(name, done);
      came.set(name, done);
      const now = performance.now();
      if (now - told < pace && done !== total) return;
      told = now;
      const sum = (values: Iterable<number | null>): number =>
        [...values].reduce<number>((all, value) => all + (value ?? 0), 0);
      // Only the small ones have no size listed, and they come first.
      const isKnown = sizes.get(card.files[0]?.name ?? '') !== null;
      const whole = isKnown ? Math.max(sum(sizes.values()), sum(came.values())) : 0;
      const fresh = sum(came.values()) - sum(before.values());
      const seconds = (now - start) / 1000;
      const secondsLeft =
        whole === 0 || fresh <= 0 ? null : (seconds / fresh) * (whole - sum(came.values()));
      const progress = { card: card.id, done: sum(came.values()), total: whole, secondsLeft };
      this.#emit('catalogue.progress', progress);
    };
  }
}

/**
 * What is known of weights that were fetched. Only a SHA-256 that the catalogue pins verifies anything, whatever an older
 * version of this program noted of them.
 */
function fetchedAs(
  { files: [weights] }: Card,
  sha256: string | undefined,
): Pick<CatalogueEntry, 'isVerified' | 'sha256'> {
  if (sha256 === undefined) return { isVerified: null, sha256: null };
  return { isVerified: sha256 === weights?.sha256, sha256 };
}
