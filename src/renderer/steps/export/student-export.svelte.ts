import type { ExportFormat, ExportedModel, Run } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { describeError } from '../../lib/error-message.ts';
import { endedWork } from '../../lib/ended-work.svelte.ts';
import { text } from '../../text/index.ts';
import { splitPath } from './formats.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { exportText } from '../../text/en/steps/export.ts';
import { fileName } from './formats.ts';

/** Saves the student of one run. */
export class StudentExport {
  format = $state<ExportFormat>('float32');
  model: ExportedModel = $state('student');
  isSaving = $state(false);
  saved = $state.raw<{ readonly file: string; readonly bytes: number } | null>(null);
  failure = $state.raw<{ readonly message: string; readonly details: string | undefined } | null>(
    null,
  );

  /** @param model default model to save */
  constructor(model: ExportedModel) {
    this.model = model;
  }

  choose(format: ExportFormat): void {
    this.format = format;
    this.saved = null;
    this.failure = null;
  }

  chooseModel(model: ExportedModel): void {
    this.model = model;
    this.saved = null;
    this.failure = null;
  }

  async save(project: string, run: Run): Promise<void> {
    const { format, model } = this;
    this.failure = null;
    try {
      const name = fileName(project, run, format, model);
      const file = await call('shell.chooseSave', { title: exportText.dialog[model], name });
      if (file === null) return;
      this.isSaving = true;
      const saved = await call('run.export', { run: run.id, format, file, model });
      this.saved = saved;
      this.#notify(run, 'done', exportText.saved.title(splitPath(saved.file).name), saved.file);
    } catch (error) {
      this.saved = null;
      this.failure = describeError(error);
      this.#notify(run, 'loss', `${exportText.failed[model]}. ${this.failure.message}`);
    } finally {
      this.isSaving = false;
    }
  }

  /** Notifies a user who is at another step or in another project by then. */
  #notify({ id, project }: Run, kind: 'done' | 'loss', message: string, file?: string): void {
    endedWork.report({
      project,
      run: id,
      kind,
      message,
      step: 'export',
      open: text.ended.openExport,
      shownAt: ['export'],
      action:
        file === undefined
          ? undefined
          : { label: exportText.saved.show, run: () => void this.#showFile(file) },
    });
  }

  async show(): Promise<void> {
    if (this.saved) await this.#showFile(this.saved.file);
  }

  async #showFile(file: string): Promise<void> {
    try {
      await call('shell.showInFolder', { file });
    } catch (error) {
      notices.fail(error);
    }
  }
}
