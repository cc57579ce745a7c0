import type { Teacher } from '../../../contract/app.ts';
import type { TeacherOverrides } from '../../../contract/jobs.ts';
import { call, RequestError } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { teacherText } from '../../text/en/teacher.ts';

/** Of files that a teacher can be in. */
export const teacherExtensions = ['safetensors', 'pth', 'pt', 'bin', 'ckpt'] as const;

/** What went wrong with a file that was to become a teacher. */
export interface AddFailure {
  readonly file: string;
  readonly message: string;
  readonly details: string | undefined;
}

/** The teachers that this machine knows, and the one that is being read. */
export class TeacherList {
  /** Null until they are known. */
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
      this.loadFailure = error instanceof Error ? error.message : String(error);
    }
  }

  /** Asks for a file and adds it; the teacher, or undefined where there is none. */
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

  async add(path: string): Promise<Teacher | undefined> {
    const file = path.split(/[\\/]/).at(-1) ?? path;
    this.addFailure = null;
    const extension = /\.([^.]+)$/.exec(file)?.[1]?.toLowerCase();
    if (!teacherExtensions.some((known) => known === extension)) {
      this.addFailure = { file, message: teacherText.add.wrongType, details: undefined };
      return undefined;
    }
    this.adding = file;
    try {
      const added = await call('teacher.add', { file: path });
      this.teachers = [...(this.teachers ?? []).filter(({ id }) => id !== added.id), added];
      return added;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const details = error instanceof RequestError ? error.details : undefined;
      this.addFailure = { file, message, details };
      return undefined;
    } finally {
      this.adding = null;
    }
  }

  /** Takes a teacher in again with what a person knows better; why that failed, or null. */
  async correct({ id, file }: Teacher, overrides: TeacherOverrides): Promise<string | null> {
    try {
      const corrected = await call('teacher.add', { file, overrides });
      this.teachers = (this.teachers ?? []).map((each) => (each.id === id ? corrected : each));
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Takes it from the list; whether it is gone. */
  async remove(teacher: number): Promise<boolean> {
    try {
      await call('teacher.remove', { teacher });
      this.teachers = (this.teachers ?? []).filter(({ id }) => id !== teacher);
      return true;
    } catch (error) {
      notices.fail(error);
      // It may be out of the list, though what was fetched of it is still there.
      await this.load();
      return this.teachers?.some(({ id }) => id === teacher) === false;
    }
  }
}
