import type { EventOf } from '../../../../contract/app.ts';
import type {
  ExportedMasks,
  LabelExportChoices,
  LabelExportReport,
  LabelFormat,
} from '../../../../contract/label-export.ts';
import { call, listen } from '../../../lib/client.ts';
import { errorMessage } from '../../../lib/error-message.ts';
import { notices } from '../../../lib/notices.svelte.ts';
import { labelExportText as words } from '../../../text/en/steps/label-export.ts';
import { defaultFormat } from './format-choices.ts';

/** Export of a project's labels, from the choice of a format to the report. */
export class LabelExport {
  choices: LabelExportChoices | null = $state.raw(null);
  format: LabelFormat = $state('png');
  which: ExportedMasks = $state('all');
  progress: EventOf<'labels.progress'> | null = $state.raw(null);
  report: LabelExportReport | null = $state.raw(null);
  failure: string | null = $state(null);

  readonly #project: number;

  constructor(project: number) {
    this.#project = project;
  }

  /** Starts listening and loads the choices; returns a function that stops both. */
  start(): () => void {
    const controller = new AbortController();
    void this.#load(controller.signal);
    const stopListening = listen('labels.progress', (progress) => {
      if (progress.project === this.#project && this.progress !== null) this.progress = progress;
    });
    return () => {
      controller.abort();
      stopListening();
      // Nobody would see the result.
      if (this.progress !== null) void this.stop();
    };
  }

  get fit(): LabelExportChoices['formats'][number] | undefined {
    return this.choices?.formats.find(({ format }) => format === this.format);
  }

  /** Asks for a folder and writes the files. */
  async run(): Promise<void> {
    this.failure = null;
    const [project, format, which] = [this.#project, this.format, this.which];
    try {
      const folder = await call('shell.chooseFolder', { title: words.chooseTitle });
      if (folder === null) return;
      this.progress = { project, done: 0, total: 0, secondsLeft: null };
      this.report = await call('labels.export', { project, format, which, folder });
    } catch (error) {
      this.failure = errorMessage(error);
    } finally {
      this.progress = null;
    }
  }

  async stop(): Promise<void> {
    await this.#try(() => call('labels.stopExport', { project: this.#project }));
  }

  async show(): Promise<void> {
    const { report } = this;
    if (report === null) return;
    const [first] = report.files;
    const file = first === undefined ? report.folder : `${report.folder}/${first}`;
    await this.#try(() => call('shell.showInFolder', { file }));
  }

  /** Returns to the choice of a format. */
  reset(): void {
    this.report = null;
  }

  async #load(signal: AbortSignal): Promise<void> {
    try {
      const choices = await call('labels.choices', { project: this.#project }, signal);
      this.choices = choices;
      this.format = defaultFormat(choices);
    } catch (error) {
      if (!signal.aborted) this.failure = errorMessage(error);
    }
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      notices.fail(error);
    }
  }
}
