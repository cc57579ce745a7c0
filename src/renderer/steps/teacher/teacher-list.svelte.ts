import type { Teacher } from '../../../contract/app.ts';
import type { TeacherOverrides } from '../../../contract/jobs.ts';
import { call } from '../../lib/client.ts';
import { describeError, errorMessage } from '../../lib/error-message.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { teacherText } from '../../text/en/steps/teacher.ts';

/** Extensions of files that can hold a teacher. */
export const teacherExtensions = ['safetensors', 'pth', 'pt', 'bin', 'ckpt'] as const;

/** Why a file could not be added as a teacher. */
export interface AddFailure {
  readonly file: string;
  readonly message: string;
  readonly details: string | undefined;
}

/** Teachers on this computer, and the file that is being read. */
export class TeacherListState {
  /** Null until the teachers are loaded. */
  teachers = $state<Teacher[] | null>(null);
  loadFailure = $state<string | null>(null);
  addFailure = $state<AddFailure | null>(null);
  /** Name of the file that is being read. */
  adding = $state<string | null>(null);

  async load(): Promise<void> {
    this.loadFailure = null;
    try {
      this.teachers = await call('teacher.list', null);
    } catch (error) {
      this.loadFailure = errorMessage(error);
    }
  }

  /** Asks for a file and adds it. @returns the teacher; undefined if none was added */
  async chooseFile(): Promise<Teacher | undefined> {
    try {
      const file = await call('shell.chooseFile', {
        title: teacherText.add.dialog,
        extensions: [...teacherExtensions],
      });
      return file === null ? undefined : await this.add(file);
    } catch (error) {
      notices.fail(error);
      return undefined;
    }
  }

  /** Adds a teacher from a file. @param isFolder true for a folder, in which the engine finds the only model */
  async add(path: string, isFolder = false): Promise<Teacher | undefined> {
    const file = path.split(/[\\/]/).at(-1) ?? path;
    this.addFailure = null;
    const extension = /\.([^.]+)$/.exec(file)?.[1]?.toLowerCase();
    if (!isFolder && !teacherExtensions.some((known) => known === extension)) {
      this.addFailure = { file, message: teacherText.add.wrongType, details: undefined };
      return undefined;
    }
    this.adding = file;
    try {
      const added = await call('teacher.add', { file: path });
      this.teachers = [...(this.teachers ?? []).filter(({ id }) => id !== added.id), added];
      return added;
    } catch (error) {
      this.addFailure = { file, ...describeError(error) };
      return undefined;
    } finally {
      this.adding = null;
    }
  }

  /** Reads a teacher again with corrected properties. @returns why that failed; null if it worked */
  async correct({ id, file }: Teacher, overrides: TeacherOverrides): Promise<string | null> {
    try {
      const corrected = await call('teacher.add', { file, overrides });
      this.teachers = (this.teachers ?? []).map((each) => (each.id === id ? corrected : each));
      return null;
    } catch (error) {
      return errorMessage(error);
    }
  }

  /** Removes a teacher. @returns true if it is no longer listed */
  async remove(teacher: number): Promise<boolean> {
    try {
      await call('teacher.remove', { teacher });
      this.teachers = (this.teachers ?? []).filter(({ id }) => id !== teacher);
      return true;
    } catch (error) {
      notices.fail(error);
      // The teacher may be removed even if deleting its downloaded files failed.
      await this.load();
      return this.teachers?.some(({ id }) => id === teacher) === false;
    }
  }
}
