import type { PatientStatus, RekeyReport } from '../../contract/patients.ts';
import { UserError } from '../../core/errors.ts';
import { frameGroup, goneGroup } from '../../formats/frames.ts';
import type { FileFrames } from '../../formats/frames.ts';
import type { KeyedImage } from '../../store/queries/images.ts';
import type { Store } from '../../store/store.ts';
import type { ImagePool } from '../image-pool/image-pool.ts';
import type { Emit } from './dispatch.ts';
import { fileStates } from './image-files.ts';
import { readFramesIn } from './import-images.ts';
import { findSecret, newSecret, replaceSecret, secretProblem } from './workspace-secret.ts';

/** Files whose headers are read between two words of how far it is. */
const filesAtOnce = 64;

/** A file of images with groups, and what it says of whose they are. */
interface ReadFile {
  readonly images: readonly KeyedImage[];
  /** Undefined where it is gone, was changed or cannot be read. */
  readonly frames: FileFrames | undefined;
}

/** Groups of images by patient, and the secret under which they are kept. */
export class PatientService {
  readonly #store: Store;
  readonly #pool: ImagePool;
  readonly #emit: Emit;
  #isAtWork = false;

  constructor(store: Store, pool: ImagePool, emit: Emit) {
    this.#store = store;
    this.#pool = pool;
    this.#emit = emit;
  }

  async status(): Promise<PatientStatus> {
    const found = await findSecret(this.#store);
    const groups = this.#store.images.keyedGroups();
    return {
      state: found.state,
      groups,
      message: secretProblem(this.#store, found)?.message ?? null,
    };
  }

  /**
   * Reads whose each image is again from its file, and keeps all groups under a new secret. Images whose file is
   * gone stay with the images that they were with; where none of those is there either, all such images of a project
   * become one group: nobody can tell whose they are, so none may be on the other side of a split from another. They
   * get their own group once their folder is imported again. Groups that a person gave stay.
   *
   * @throws UserError 'in-use' while this is at work, 'cancelled', 'disk'; then everything is as it was
   */
  async rekey(signal: AbortSignal): Promise<RekeyReport> {
    if (this.#isAtWork) {
      throw new UserError('in-use', 'Patients are being read again already. Wait for it.');
    }
    this.#isAtWork = true;
    try {
      return await this.#rekey(signal);
    } finally {
      this.#isAtWork = false;
    }
  }

  async #rekey(signal: AbortSignal): Promise<RekeyReport> {
    const files = await this.#readAll(this.#store.images.keyed(), signal);
    if (signal.aborted) throw stopped();
    const secret = newSecret();
    const { groups, gone } = regroup(files, secret);
    await replaceSecret(this.#store, secret, () => {
      this.#store.images.regroup(groups);
      // Read once more when their folder is imported again.
      this.#store.importFiles.forgetFiles(gone);
    });
    for (const { id } of this.#store.projects.list())
      this.#emit('project.changed', { project: id });
    return {
      images: groups.length,
      groups: new Set(groups.map(({ group }) => group)).size,
      gone: gone.map(({ path }) => path),
    };
  }

  async #readAll(images: readonly KeyedImage[], signal: AbortSignal): Promise<ReadFile[]> {
    const byFile = [...Map.groupBy(images, ({ project, path }) => `${project} ${path}`).values()];
    const read = readFramesIn(this.#pool, signal);
    const all: ReadFile[] = [];
    for (let from = 0; from < byFile.length; from += filesAtOnce) {
      if (signal.aborted) throw stopped();
      const part = byFile.slice(from, from + filesAtOnce);
      const firsts = part.flatMap(([first]) => (first === undefined ? [] : [first]));
      const states = await fileStates(firsts);
      const paths = firsts.filter((_, at) => states[at] === 'same').map(({ path }) => path);
      const frames = paths.length === 0 ? [] : await read(paths);
      const known = new Map(paths.map((path, at) => [path, frames[at]]));
      for (const images of part) all.push({ images, frames: known.get(images[0]?.path ?? '') });
      this.#emit('patients.progress', {
        done: Math.min(from + filesAtOnce, byFile.length),
        total: byFile.length,
      });
    }
    return all;
  }
}

/** New groups for all images that have one under the old secret. Exported for tests. */
function regroup(
  files: readonly ReadFile[],
  secret: Uint8Array,
): { groups: { id: number; group: string }[]; gone: KeyedImage[] } {
  const keyOf = ({ project, group }: KeyedImage): string => `${project} ${group}`;
  /** Old groups that a person gave, which only look like ours: a file in them has none of its own. */
  const given = new Set<string>();
  /** New groups of the images that were in an old one, of those that can be read. */
  const found = new Map<string, Set<string>>();
  for (const { images, frames } of files) {
    for (const image of images) {
      const set = found.get(keyOf(image)) ?? new Set<string>();
      found.set(keyOf(image), set);
      const group = frames && frameGroup(image.path, frames, secret);
      if (group !== undefined) set.add(group);
      else if (frames !== undefined) given.add(keyOf(image));
    }
  }
  const groups: { id: number; group: string }[] = [];
  const gone: KeyedImage[] = [];
  for (const { images, frames } of files) {
    const [first] = images;
    if (first !== undefined && frames === undefined) gone.push(first);
    for (const image of images) {
      const candidates = [...(found.get(keyOf(image)) ?? [])];
      // Several patients in one group: a person put them together under a name that looks like a hash.
      if (candidates.length > 1 || given.has(keyOf(image))) continue;
      const [group = goneGroup(image.project, secret)] = candidates;
      groups.push({ id: image.id, group });
    }
  }
  return { groups, gone };
}

function stopped(): UserError {
  return new UserError('cancelled', 'Stopped. Patients and their groups are as they were.');
}
