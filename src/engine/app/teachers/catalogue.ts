import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Teacher } from '../../../contract/app.ts';
import type {
  Card,
  CardFile,
  CatalogueEntry,
  DownloadSettings,
  ShownDownloads,
} from '../../../contract/catalogue.ts';
import { UserError } from '../../../core/errors.ts';
import type { Store } from '../../../store/store.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';
import { cardFolder } from '../../catalogue/card-folder.ts';
import { findCard, cards } from '../../catalogue/cards.ts';
import { DownloadLogins } from '../../catalogue/logins.ts';
import { defaultDownloadLimits } from '../../catalogue/download.ts';
import type { DownloadLimits } from '../../catalogue/download.ts';
import { cardInFolder, fetchCard, weightsPath } from '../../catalogue/fetch-card.ts';
import { checkedSettings, downloadRoute } from '../../catalogue/download-route.ts';
import { ReportPace } from '../../events.ts';
import type { Emit } from '../../events.ts';
import { RunningWork } from '../../running-work.ts';
import { backgroundOf } from './teachers.ts';
import type { TeacherService } from './teachers.ts';
import { workspaceTeacherText } from '../../../text/index.ts';

/** Minimum time between two progress events, ms. */
const reportInterval = 200;

/** Teachers that can be downloaded into a workspace on request. */
export class CatalogueService {
  readonly #store: Store;
  readonly #teachers: TeacherService;
  readonly #pool: ImagePool;
  readonly #emit: Emit;
  readonly #limits: DownloadLimits;
  readonly logins: DownloadLogins;
  readonly #running = new RunningWork<string>();

  /** @param limits limits on retries and waiting; tests set shorter ones */
  constructor(
    store: Store,
    teachers: TeacherService,
    pool: ImagePool,
    emit: Emit,
    limits: DownloadLimits = defaultDownloadLimits,
  ) {
    this.#store = store;
    this.#teachers = teachers;
    this.#pool = pool;
    this.#emit = emit;
    this.#limits = limits;
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
            // Downloaded by hand, and the card has no hash.
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
   * Downloads a card's missing files and adds the teacher, with `catalogue.progress` events. Weights without a known
   * hash that turn out not to be a teacher are deleted, so that another download starts from the beginning.
   *
   * @throws UserError 'in-use' if the card is being downloaded, and as `fetchCard` and `TeacherService.add`
   */
  async fetch(id: string, signal: AbortSignal): Promise<Teacher> {
    const card = findCard(id);
    if (this.#running.has(id)) {
      throw new UserError('in-use', workspaceTeacherText.downloadsAlready(card.name));
    }
    const place = downloadRoute(this.logins.complete(), process.env);
    const context = {
      isOwn: true,
      report: this.#progressReporter(card),
      requireUsable: (of: Card, name: string, path: string) =>
        this.#requireUsable(of, name, path, signal),
    };
    const fetched = await this.#running.run(id, signal, (own) =>
      fetchCard(card, this.#folderOf(card), place, { ...context, signal: own }, this.#limits),
    );
    const [weights] = fetched.files;
    if (weights !== undefined) this.#store.fetched.save({ ...weights, card: id });
    try {
      return await this.#teachers.add(fetched.file, {}, signal, backgroundOf(card));
    } catch (error) {
      // An unverified file that is not a teacher must not block the next download.
      const isUnfit = error instanceof UserError && error.code === 'invalid-file';
      if (isUnfit && weights?.isVerified !== true) {
        await rm(fetched.file, { force: true });
        this.#store.fetched.remove(id);
      }
      throw error;
    }
  }

  /** Stops a download; its partial file stays, and the next download resumes. */
  stop(id: string): void {
    this.#running.abort(id);
  }

  /**
   * Adds a file that the user downloaded for a card as a teacher.
   *
   * @throws UserError 'invalid-file' if it is another file or another transformer, and as `TeacherService.add`
   */
  async bring(id: string, file: string, signal: AbortSignal): Promise<Teacher> {
    const card = findCard(id);
    const path = resolve(file);
    const expected = card.files[0]?.sha256 ?? null;
    if (expected !== null) {
      const sum = await this.#pool.run('hash', { path }, { subject: path, signal });
      const found = Buffer.from(sum).toString('hex');
      if (!found.startsWith(expected)) {
        throw new UserError(
          'invalid-file',
          workspaceTeacherText.otherFile({ path, card: card.name, found, expected }),
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

  /** @throws UserError 'invalid-option' for an invalid address */
  saveSettings(settings: DownloadSettings): ShownDownloads {
    this.logins.save(checkedSettings(settings));
    return this.settings();
  }

  /** Stops all downloads; resolves when nothing is written any more. */
  stopAll(): Promise<void> {
    return this.#running.stopAll();
  }

  /**
   * Checks a downloaded file in a thread, because it may contain anything.
   *
   * @throws UserError as `requireUsable`
   */
  async #requireUsable(card: Card, name: string, path: string, signal: AbortSignal): Promise<void> {
    await this.#pool.run('cardFile', { card, name, path }, { subject: path, signal });
  }

  #folderOf(card: Card): string {
    return cardFolder(this.#store.folder, card);
  }

  /** Reports progress over all files of a card, by listed sizes until the server states them. */
  #progressReporter(card: Card): (file: CardFile, done: number, total: number | null) => void {
    const start = performance.now();
    const sizes = new Map(card.files.map(({ name, bytes }) => [name, bytes]));
    const came = new Map<string, number>();
    /** Bytes of each file that existed before this download. */
    const before = new Map<string, number>();
    const pace = new ReportPace(reportInterval);
    return ({ name }, done, total) => {
      if (total !== null) sizes.set(name, total);
      if (!before.has(name)) before.set(name, done);
      came.set(name, done);
      if (!pace.isDue(done === total)) return;
      const sum = (values: Iterable<number | null>): number =>
        [...values].reduce<number>((all, value) => all + (value ?? 0), 0);
      // Only small files lack a listed size, and they come first.
      const isKnown = sizes.get(card.files[0]?.name ?? '') !== null;
      const whole = isKnown ? Math.max(sum(sizes.values()), sum(came.values())) : 0;
      const fresh = sum(came.values()) - sum(before.values());
      const seconds = (performance.now() - start) / 1000;
      const secondsLeft =
        whole === 0 || fresh <= 0 ? null : (seconds / fresh) * (whole - sum(came.values()));
      const progress = { card: card.id, done: sum(came.values()), total: whole, secondsLeft };
      this.#emit('catalogue.progress', progress);
    };
  }
}

/**
 * Returns the verification state of downloaded weights. Only a SHA-256 pinned in the catalogue counts as
 * verification, whatever an older version of this program recorded.
 */
function fetchedAs(
  { files: [weights] }: Card,
  sha256: string | undefined,
): Pick<CatalogueEntry, 'isVerified' | 'sha256'> {
  if (sha256 === undefined) return { isVerified: null, sha256: null };
  return { isVerified: sha256 === weights?.sha256, sha256 };
}
