import type { PatientStatus, RekeyReport } from '../../../contract/patients.ts';
import { UserError } from '../../../core/errors.ts';
import { frameGroup, goneGroup } from '../../../formats/frames.ts';
import { identitiesOf } from '../../../formats/patient-identities.ts';
import type { FileFrames } from '../../../formats/patient-identities.ts';
import type { KeyedImage } from '../../../store/queries/image-rows.ts';
import type { Store } from '../../../store/store.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';
import type { Emit } from '../../events.ts';
import { fileStates } from '../../images/file-states.ts';
import { readFramesIn } from './import-images.ts';
import { findSecret, newSecret, replaceSecret, secretProblem } from './workspace-secret.ts';
import { patientsText } from '../../../text/index.ts';

/** Number of files whose headers are read between two progress reports. */
const filesAtOnce = 64;

/** A file of grouped images, with the patient identity in its header. */
interface ReadFile {
  readonly images: readonly KeyedImage[];
  /** Group of the file's images; undefined if the file is missing, changed or unreadable. */
  readonly frames: FileFrames | undefined;
}

/** Groups images by patient, and keeps the workspace's secret key for this. */
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
   * Reads the patient of each image again from its file, and stores all groups under a new secret. Images whose file
   * is missing stay with the images of their group. If none of those can be read either, all such images of a project
   * form one group: their patients are unknown, so they must stay on one side of a split. They get their own groups
   * when their folder is imported again. Groups made by the user stay.
   *
   * @throws UserError 'in-use' while this is running, 'cancelled', 'disk'; then nothing has changed
   */
  async rekey(signal: AbortSignal): Promise<RekeyReport> {
    if (this.#isAtWork) {
      throw new UserError('in-use', patientsText.readAlready);
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
      // Read again when their folder is imported again.
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

/** Returns the new groups for all images that have one under the old secret. */
function regroup(
  files: readonly ReadFile[],
  secret: Uint8Array,
): { groups: { id: number; group: string }[]; gone: KeyedImage[] } {
  const keyOf = ({ project, group }: KeyedImage): string => `${project} ${group}`;
  /** Old groups made by the user that only look like generated ones: a file in them has no group itself. */
  const given = new Set<string>();
  /** New groups of the readable images, by old group. */
  const found = new Map<string, Set<string>>();
  const identities = identitiesOf(files.map(({ frames }) => frames));
  for (const [at, { images, frames }] of files.entries()) {
    for (const image of images) {
      const set = found.get(keyOf(image)) ?? new Set<string>();
      found.set(keyOf(image), set);
      const group = frames && frameGroup(image.path, frames, identities[at] ?? '', secret);
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
      // Several patients in one group: the user combined them under a name that looks like a hash.
      if (candidates.length > 1 || given.has(keyOf(image))) continue;
      const [group = goneGroup(image.project, secret)] = candidates;
      groups.push({ id: image.id, group });
    }
  }
  return { groups, gone };
}

function stopped(): UserError {
  return new UserError('cancelled', patientsText.stopped);
}
