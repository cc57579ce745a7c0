import { appendFile, lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import { writeFailure } from '../../formats/file-errors.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import type { AreaRow } from '../../formats/vector/area-table.ts';

/** More than any folder of images takes. */
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
  /** Relative to the folder, with `/`. */
  name: z.string(),
  /** Null while it is being written. */
  bytes: z.int().nonnegative().nullable(),
});

const entry = z.strictObject({
  /** What the prediction depended on. */
  fingerprint: z.string(),
  frames: z.int().positive(),
  file: writtenFile,
  rows: z.array(areaRow),
  notes: z.array(z.string()),
});

/** Files that are no whole prediction: tables, what is about to be written, what earlier runs wrote. */
const writing = z.strictObject({ written: z.array(writtenFile) });

/** The masks of a file or a series that were written. */
export interface WrittenPrediction {
  readonly fingerprint: string;
  readonly frames: number;
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly rows: readonly AreaRow[];
  readonly notes: readonly string[];
}

/**
 * What was predicted into a folder, so that nobody waits for it twice and nothing else is written over. A line
 * each; what is no line is passed over, and a later one about a file counts instead of those before.
 */
export class PredictionJournal {
  readonly #folder: string;
  readonly #path: string;
  /** By file. */
  readonly #known = new Map<string, WrittenPrediction>();
  /** Bytes of all files that were written here. */
  readonly #sizes = new Map<string, number | null>();
  #isCutShort = false;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, '.understudy-predictions');
  }

  /** Writes nothing. */
  static async open(folder: string): Promise<PredictionJournal> {
    const journal = new PredictionJournal(folder);
    await journal.#read();
    return journal;
  }

  /** Whether a file was written here by a prediction, whatever has become of it. */
  has(file: string): boolean {
    return this.#sizes.has(file);
  }

  /**
   * That nothing is written over but what a prediction wrote here, as it wrote it, or what is empty.
   *
   * @throws UserError 'disk' for the first file that must not be replaced
   */
  async requireReplaceable(file: string): Promise<void> {
    const path = join(this.#folder, file);
    const found = await lstat(path).catch(() => undefined);
    if (!found) return;
    if (found.isDirectory()) {
      throw new UserError(
        'disk',
        `${path} is a folder, so no file can be written there. Move it away.`,
      );
    }
    const bytes = this.#sizes.get(file);
    if (bytes === null || bytes === found.size || (bytes !== undefined && found.size === 0)) return;
    const what =
      bytes === undefined
        ? 'is there already and no prediction wrote it, so it is not replaced'
        : 'was changed after a prediction wrote it, so it is not replaced';
    throw new UserError(
      'disk',
      `${path} ${what}. Choose another folder with --out, or move it away.`,
    );
  }

  /** Forgets what was predicted, not which files were written. @throws UserError 'disk' */
  async forget(): Promise<void> {
    this.#known.clear();
    if (this.#sizes.size === 0) return;
    const written = [...this.#sizes].map(([name, bytes]) => ({ name, bytes }));
    const line = `${JSON.stringify({ written })}\n`;
    await writeFileAtomically(this.#path, Buffer.from(line, 'utf8'), { durable: false });
    this.#isCutShort = false;
  }

  /** Undefined where it was not predicted into this file, or that is gone or another by now. */
  async find(fingerprint: string, file: string): Promise<WrittenPrediction | undefined> {
    const known = this.#known.get(file);
    if (known?.fingerprint !== fingerprint) return undefined;
    const bytes = await this.#bytesOf(file).catch(() => undefined);
    return bytes === this.#sizes.get(file) ? known : undefined;
  }

  /** To be told before a file is written: then it is known for what it is also where the run is ended. */
  async begin(file: string): Promise<void> {
    await this.#append({ written: [{ name: file, bytes: null }] });
  }

  /** A file that is there now and is no whole prediction. @throws UserError 'disk' */
  async addFile(file: string): Promise<void> {
    await this.#append({ written: [{ name: file, bytes: await this.#bytesOf(file) }] });
  }

  /** @throws UserError 'disk' */
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

  /** What a line says. */
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
    // Cut short by whatever ended the process.
    return undefined;
  }
}

/** JSON cannot tell what is not known from what has no name. */
function withUnknown(row: z.infer<typeof areaRow>): AreaRow {
  return { ...row, class: row.value === ignoreValue ? undefined : row.class };
}
