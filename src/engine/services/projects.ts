import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Domain, Project, ProjectSettings } from '../../contract/app.ts';
import type { ProjectTask } from '../../contract/app.ts';
import { usualTraining } from '../../contract/jobs.ts';
import { nextColour } from '../../contract/palette.ts';
import { sampleSets } from '../../core/sample/sets.ts';
import type { Store } from '../../store/store.ts';
import { removeOwnFolder } from '../../store/workspace-files.ts';
import type { JobContext } from '../job.ts';
import { writeSample } from '../sample.ts';
import type { Emit } from './dispatch.ts';
import type { ImageService } from './images.ts';
import type { ImageToImport } from './import-images.ts';

/** As in the measured recipe: docs/adr and README. */
const defaults: Omit<ProjectSettings, 'teacher' | 'steps' | 'batch' | keyof DomainSettings> = {
  skip: 2,
  rank: 16,
  views: 64,
  device: 'auto',
  precision: 'float32',
  start: 'auto',
  preparation: { range: 'auto' },
  imageSize: null,
  decoderSteps: 200,
  overlap: 0.5,
  tolerance: 2,
  toleranceUnit: 'px',
};

/** Small enough for a minute or two: the sample is there to see the whole path. */
const sampleSettings = { steps: 130, batch: 64, views: 12 };
/** Images of each class in the sample, and how many of them are labelled, besides as many to test on. */
const sampleImages = { perClass: 60, labelled: 10 };

export interface NewProject {
  readonly name: string;
  readonly domain: Domain;
  readonly task: ProjectTask;
  readonly classes: readonly string[];
}

/** Projects and the sample. */
export class ProjectService {
  readonly #store: Store;
  readonly #images: ImageService;
  readonly #emit: Emit;
  readonly #bundledTeacher: number;
  #sampling: Promise<Project> | undefined;

  constructor(store: Store, images: ImageService, emit: Emit, bundledTeacher: number) {
    this.#store = store;
    this.#images = images;
    this.#emit = emit;
    this.#bundledTeacher = bundledTeacher;
  }

  create({ name, domain, task, classes }: NewProject, isSample = false): Project {
    const colours: string[] = [];
    const coloured = classes.map((className) => {
      const colour = nextColour(colours);
      colours.push(colour);
      return { name: className, colour };
    });
    const { steps, batch } =
      usualTraining[task === 'segmentation' ? 'segmentation' : 'classification'];
    const usual = { ...defaults, ...settingsOf(domain), steps, batch };
    const settings = { ...usual, teacher: this.#bundledTeacher };
    return this.#store.projects.create({
      name,
      domain,
      task,
      isSample,
      settings,
      classes: coloured,
    });
  }

  get(id: number): Project {
    const project = this.#store.projects.get(id);
    try {
      this.#store.projects.touch(id);
    } catch (error) {
      // On a full disk one can still look.
      console.error(error);
      return project;
    }
    return this.#store.projects.get(id);
  }

  /** Another domain brings its defaults, unless they are chosen at the same time. */
  update(
    id: number,
    change: {
      name?: string | undefined;
      domain?: Domain | undefined;
      settings?: { [K in keyof ProjectSettings]?: ProjectSettings[K] | undefined } | undefined;
    },
  ): Project {
    const { domain, settings } = change;
    const usual = domain === undefined ? {} : settingsOf(domain);
    return this.#store.projects.update(id, { ...change, settings: { ...usual, ...settings } });
  }

  /**
   * The images of others stay where they lie; what runs made goes, and with it every name that the project had
   * in the database and in its copies.
   */
  async remove(id: number): Promise<void> {
    const folders = this.#store.runs.ownFolders(id);
    const contents = this.#store.images.contents(id);
    this.#store.projects.remove(id);
    await this.#images.forgetPictures(contents);
    for (const folder of folders) await removeOwnFolder(this.#store.folder, folder);
    this.#store.forgetRemoved();
  }

  addClass(project: number, name: string): Project {
    const taken = this.#store.classes.list(project).map(({ colour }) => colour);
    this.#store.classes.add(project, { name, colour: nextColour(taken) });
    return this.#changed(project);
  }

  updateClass(id: number, name: string | undefined, colour: string | undefined): Project {
    return this.#store.transaction(() => {
      if (name !== undefined) this.#store.classes.rename(id, name);
      if (colour !== undefined) this.#store.classes.recolour(id, colour);
      return this.#changed(this.#store.classes.projectOf(id));
    });
  }

  removeClass(id: number): Project {
    return this.#changed(this.#store.classes.remove(id));
  }

  /** After the workspace was moved: the sample's images lie in it, and moved with it. */
  followWorkspace(): void {
    for (const { id, isSample } of this.#store.projects.list()) {
      if (!isSample) continue;
      const isMoved = (folder: string): boolean => /[\\/]sample[\\/]land$/.test(folder);
      this.#store.images.moveFolders(id, isMoved, this.#sampleFolder);
    }
  }

  /** The sample as a project; the one that is there, or is being drawn, if any. */
  sample(signal: AbortSignal): Promise<Project> {
    this.#sampling ??= this.#makeSample(signal).finally(() => {
      this.#sampling = undefined;
    });
    return this.#sampling;
  }

  async #makeSample(signal: AbortSignal): Promise<Project> {
    const known = this.#store.projects.list().find(({ isSample }) => isSample);
    const { classes } = sampleSets.land;
    // The second time it is there, unless the first was interrupted.
    if (known && known.images >= 2 * sampleImages.perClass * classes.length) {
      return this.get(known.id);
    }
    const { id } = known ?? this.#emptySample();
    const folder = this.#sampleFolder;
    await this.#draw(id, folder, signal);
    await this.#images.import(id, folder, 'folders', signal, { prepare: withFewLabels });
    return this.get(id);
  }

  #emptySample(): Project {
    const { title, classes } = sampleSets.land;
    const project = this.create(
      {
        name: `${title} (sample)`,
        domain: 'satellite',
        task: 'single',
        classes: classes.map(({ name }) => name),
      },
      true,
    );
    for (const { id, name } of project.classes) {
      const colour = classes.find((one) => one.name === name)?.colour;
      if (colour !== undefined) this.#store.classes.recolour(id, colour);
    }
    return this.#store.projects.update(project.id, { settings: sampleSettings });
  }

  get #sampleFolder(): string {
    return join(this.#store.folder, 'sample', 'land');
  }

  async #draw(project: number, folder: string, signal: AbortSignal): Promise<void> {
    // The list of colours is written last.
    const isDrawn = await stat(join(folder, 'labelmap.txt')).catch(() => undefined);
    if (isDrawn) return;
    const request = { set: 'land', out: folder, perClass: sampleImages.perClass, seed: 0 } as const;
    const context: JobContext = {
      signal,
      report: (event) => {
        if (event.type !== 'progress') return;
        const { done, total, secondsLeft } = event;
        this.#emit('import.progress', { project, done, total, secondsLeft, skipped: 0 });
      },
    };
    await writeSample(request, context, this.#store.folder);
    // Masks are for segmentation; here they would be taken for images.
    await rm(join(folder, 'masks'), { recursive: true, force: true });
  }

  #changed(id: number): Project {
    this.#emit('project.changed', { project: id });
    return this.#store.projects.get(id);
  }
}

type DomainSettings = Pick<ProjectSettings, 'orientation' | 'adapt'>;

/**
 * Satellite images have no up; radiographs do, and of others nobody knows. They are also far from what most teachers
 * were trained on: there the student does better where it learns on from the masks (docs/adr/0021).
 */
function settingsOf(domain: Domain): DomainSettings {
  const isSatellite = domain === 'satellite';
  return { orientation: isSatellite ? 'overhead' : 'upright', adapt: isSatellite };
}

/** Few labels are the point: all but ten of each class's training images have none. */
function withFewLabels(images: readonly ImageToImport[]): ImageToImport[] {
  const seen = new Map<string, number>();
  return images.map((image) => {
    const [label = ''] = image.labels;
    if (image.isTest) return image;
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count <= sampleImages.labelled ? image : { ...image, labels: [], isLabelled: false };
  });
}
