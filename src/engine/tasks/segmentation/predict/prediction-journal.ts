import { appendFile, lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../../core/errors.ts';
import { ignoreValue } from '../../../../core/mask/tiles.ts';
import { writeFailure } from '../../../../formats/files/file-errors.ts';
import { writeFileAtomically } from '../../../../formats/files/write-file.ts';
import type { AreaRow } from '../../../../formats/vector/area-table.ts';
import { predictText } from '../../../../text/index.ts';

/** Largest journal that is read, bytes; more than any folder of images needs. */
const largestJournal = 2 ** 28;

const areaRow = z.strictObject({
  file: z.string(),
  frame: z.int().nonnegative().nullable(),
  value: z.int().min(0).max(255),
  class: z.string().nullable(),
  pixels: z.number().nonnegative(),
  mm2: z.number().nullable(),
  m2: z.number().nullable(),
  share: z.number().nullable(),
});

const writtenFile = z.strictObject({
  /** Path relative to the folder, with `/`. */
  name: z.string(),
  /** Null while it is being written. */
  bytes: z.int().nonnegative().nullable(),
});

const entry = z.strictObject({
  /** Everything that the prediction depended on. */
  fingerprint: z.string(),
  frames: z.int().positive(),
  file: writtenFile,
  rows: z.array(areaRow),
  notes: z.array(z.string()),
});

/** Files that are not complete predictions: tables, files being written, files of earlier runs. */
const writing = z.strictObject({ written: z.array(writtenFile) });

/** Written masks of a file or a series. */
export interface WrittenPrediction {
  readonly fingerprint: string;
  readonly frames: number;
  /** Path relative to the folder, with `/`. */
  readonly file: string;
  readonly rows: readonly AreaRow[];
  readonly notes: readonly string[];
}

/**
 * Journal of predictions in a folder, so that finished ones are not repeated and other files are not overwritten. One
 * JSON entry per line; invalid lines are skipped, and a later line about a file replaces earlier ones.
 */
export class PredictionJournal {
  readonly #folder: string;
  readonly #path: string;
  /** Predictions by file. */
  readonly #known = new Map<string, WrittenPrediction>();
  /** Size in bytes of every file written here. */
  readonly #sizes = new Map<string, number | null>();
  #isCutShort = false;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, '.understudy-predictions');
  }

  /** Reads the journal of a folder, without writing. */
  static async open(folder: string): Promise<PredictionJournal> {
    const journal = new PredictionJournal(folder);
    await journal.#read();
    return journal;
  }

  /** Returns true if a prediction wrote this file here, whatever happened to it since. */
  has(file: string): boolean {
    return this.#sizes.has(file);
  }

  /**
   * Checks that a file may be written: it is absent, empty, or unchanged since a prediction wrote it.
   *
   * @throws UserError 'disk' if the file must not be replaced
   */
  async requireReplaceable(file: string): Promise<void> {
    const path = join(this.#folder, file);
    const found = await lstat(path).catch(() => undefined);
    if (!found) return;
    if (found.isDirectory()) {
      throw new UserError('disk', predictText.isFolder(path));
    }
    const bytes = this.#sizes.get(file);
    if (bytes === null || bytes === found.size || (bytes !== undefined && found.size === 0)) return;
    throw new UserError(
      'disk',
      bytes === undefined ? predictText.notPredicted(path) : predictText.changed(path),
    );
  }

  /**
   * Forgets the predictions, but not which files were written.
   *
   * @throws UserError 'disk'
   */
  async forget(): Promise<void> {
    this.#known.clear();
    if (this.#sizes.size === 0) return;
    const written = [...this.#sizes].map(([name, bytes]) => ({ name, bytes }));
    const line = `${JSON.stringify({ written })}\n`;
    await writeFileAtomically(this.#path, Buffer.from(line, 'utf8'), { durable: false });
    this.#isCutShort = false;
  }

  /**
   * Finds a finished prediction; undefined if it was not written to this file, or the file is missing or changed.
   */
  async find(fingerprint: string, file: string): Promise<WrittenPrediction | undefined> {
    const known = this.#known.get(file);
    if (known?.fingerprint !== fingerprint) return undefined;
    const bytes = await this.#bytesOf(file).catch(() => undefined);
    return bytes === this.#sizes.get(file) ? known : undefined;
  }

  /**
   * Records a file before it is written, so that it is recognised as a prediction even if the run is interrupted.
   */
  async begin(file: string): Promise<void> {
    await this.#append({ written: [{ name: file, bytes: null }] });
  }

  /**
   * Records a written file that is not a complete prediction.
   *
   * @throws UserError 'disk'
   */
  async addFile(file: string): Promise<void> {
    await this.#append({ written: [{ name: file, bytes: await this.#bytesOf(file) }] });
  }

  /**
   * Records a complete prediction.
   *
   * @throws UserError 'disk'
   */
  async add({ rows, file, notes, ...rest }: WrittenPrediction): Promise<void> {
    const plain = rows.map((row) => ({ ...row, class: row.class ?? null }));
    const written = { name: file, bytes: await this.#bytesOf(file) };
    await this.#append({ ...rest, file: written, rows: plain, notes: [...notes] });
  }

  async #bytesOf(file: string): Promise<number> {
    const path = join(this.#folder, file);
    const found = await lstat(path).catch((error: unknown) => {
      throw writeFailure(error, path);
    });
    return found.size;
  }

  async #append(line: z.input<typeof entry> | z.input<typeof writing>): Promise<void> {
    const text = `${this.#isCutShort ? '\n' : ''}${JSON.stringify(line)}\n`;
    await appendFile(this.#path, text).catch((error: unknown) => {
      throw writeFailure(error, this.#path);
    });
    this.#isCutShort = false;
    this.#take(line);
  }

  async #read(): Promise<void> {
    const found = await lstat(this.#path).catch(() => undefined);
    if (!found?.isFile() || found.size > largestJournal) return;
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    this.#isCutShort = text !== '' && !text.endsWith('\n');
    for (const line of text.split('\n')) this.#take(parse(line));
  }

  /** Applies a line of the journal. */
  #take(line: unknown): void {
    const files = writing.safeParse(line);
    for (const { name, bytes } of files.data?.written ?? []) {
      this.#known.delete(name);
      this.#sizes.set(name, bytes);
    }
    const prediction = entry.safeParse(line);
    if (!prediction.success) return;
    const { rows, file, ...rest } = prediction.data;
    this.#known.set(file.name, { ...rest, file: file.name, rows: rows.map(withUnknown) });
    this.#sizes.set(file.name, file.bytes);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Cut short when the process ended.
    return undefined;
  }
}

/** Restores the class of unknown pixels: JSON has no `undefined`. */
function withUnknown(row: z.infer<typeof areaRow>): AreaRow {
  return { ...row, class: row.value === ignoreValue ? undefined : row.class };
}
