import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Domain, Project, ProjectSettings } from '../../contract/app.ts';
import type { ProjectTask } from '../../contract/app.ts';
import { usualTraining } from '../../contract/jobs.ts';
import { nextColour } from '../../contract/palette.ts';
import { UserError } from '../../core/errors.ts';
import { sampleSets } from '../../core/sample/sets.ts';
import type { Store } from '../../store/store.ts';
import { removeOwnFolder } from '../../store/workspace-files.ts';
import type { JobContext } from '../job.ts';
import { writeSample } from '../images/sample.ts';
import type { Emit } from '../events.ts';
import type { ImageService } from './imports/images.ts';
import type { ImageToImport } from './imports/import-images.ts';
import { requestText, sampleText } from '../../text/index.ts';

/** Default settings, as measured: docs/adr and README. */
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

/** Settings small enough for a minute or two: the sample shows the whole workflow. */
const sampleSettings = { steps: 130, batch: 64, views: 12 };
/**
 * Images per class in the sample, and the number of labelled ones; there are as many test images again.
 */
const sampleImages = { perClass: 60, labelled: 10 };

export interface ProjectRequest {
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

  create({ name, domain, task, classes }: ProjectRequest, isSample = false): Project {
    const colours: string[] = [];
    const coloured = classes.map((className) => {
      const colour = nextColour(colours);
      colours.push(colour);
      return { name: className, colour };
    });
    const usual = { ...defaults, ...settingsOf(domain), ...trainingOf(task) };
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
      // With a full disk the user can still view the project.
      console.error(error);
      return project;
    }
    return this.#store.projects.get(id);
  }

  /**
   * Updates a project. Another domain or task applies its defaults, unless they are set at the same time.
   *
   * @throws UserError 'invalid-option' for another task of a project that has images or runs, or whose classes masks
   * cannot have
   */
  update(
    id: number,
    change: {
      name?: string | undefined;
      domain?: Domain | undefined;
      task?: ProjectTask | undefined;
      settings?: { [K in keyof ProjectSettings]?: ProjectSettings[K] | undefined } | undefined;
    },
  ): Project {
    const { domain, task, settings } = change;
    return this.#store.transaction(() => {
      const old = this.#store.projects.get(id);
      const isOtherTask = task !== undefined && task !== old.task;
      if (isOtherTask) this.#requireEmpty(old);
      const usual = {
        ...(domain === undefined || domain === old.domain ? {} : settingsOf(domain)),
        ...(isOtherTask ? trainingOf(task) : {}),
      };
      return this.#store.projects.update(id, { ...change, settings: { ...usual, ...settings } });
    });
  }

  /**
   * Throws if a project is not empty and its task would change: labels, masks and runs are valid only for their task.
   */
  #requireEmpty({ id, images }: Project): void {
    const hasRuns = this.#store.runs.list(id).length > 0;
    if (images === 0 && !hasRuns && !this.#images.isImporting(id)) return;
    throw new UserError(
      'invalid-option',
      images === 0 && hasRuns ? requestText.taskFixedByRuns : requestText.taskFixedByImages,
    );
  }

  /**
   * Removes a project. Image files stay in place, except the sample's; files of its runs are deleted, and every name
   * of the project in the database and its copies.
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

  /** Updates the paths of the sample's images, which move with the workspace. */
  followWorkspace(): void {
    for (const { id, isSample } of this.#store.projects.list()) {
      if (!isSample) continue;
      const isMoved = (folder: string): boolean => /[\\/]sample[\\/]land$/.test(folder);
      this.#store.images.moveFolders(id, isMoved, this.#sampleFolder);
    }
  }

  /** Returns the sample as a project: the existing one, or the one being created. */
  sample(signal: AbortSignal): Promise<Project> {
    this.#sampling ??= this.#makeSample(signal).finally(() => {
      this.#sampling = undefined;
    });
    return this.#sampling;
  }

  async #makeSample(signal: AbortSignal): Promise<Project> {
    const known = this.#store.projects.list().find(({ isSample }) => isSample);
    const { classes } = sampleSets.land;
    // Complete unless the first attempt was interrupted.
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
        name: sampleText.projectName(title),
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
    // Masks are for segmentation; here they would be imported as images.
    await rm(join(folder, 'masks'), { recursive: true, force: true });
  }

  #changed(id: number): Project {
    this.#emit('project.changed', { project: id });
    return this.#store.projects.get(id);
  }
}

type DomainSettings = Pick<ProjectSettings, 'orientation' | 'adapt'>;

/**
 * Defaults by domain. Satellite images have no fixed orientation; radiographs have one, and for others it is unknown.
 * Satellite images also differ from what most teachers were trained on, so fine-tuning on masks helps with them
 * (docs/adr/0021).
 */
function settingsOf(domain: Domain): DomainSettings {
  const isSatellite = domain === 'satellite';
  return { orientation: isSatellite ? 'overhead' : 'upright', adapt: isSatellite };
}

/** Returns the default numbers of training steps and images per step. */
function trainingOf(task: ProjectTask): Pick<ProjectSettings, 'steps' | 'batch'> {
  const { steps, batch } =
    usualTraining[task === 'segmentation' ? 'segmentation' : 'classification'];
  return { steps, batch };
}

/**
 * Removes most labels, because few labels are the point: ten training images per class keep theirs.
 */
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
