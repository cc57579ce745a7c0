import type { StudentEstimate, Teacher } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { errorMessage } from '../../lib/error-message.ts';

/** Teacher of a project, and estimates for each of its students; a new request aborts the previous one. */
export class Estimates {
  teacher = $state.raw<Teacher | null>(null);
  /** Null until this computer's speed is measured. */
  students = $state.raw<readonly StudentEstimate[] | null>(null);
  isMeasuring = $state(false);
  /** Why the teacher could not be read. */
  teacherFailure = $state<string | null>(null);
  /** Why this computer's speed could not be measured. */
  failure = $state<string | null>(null);
  #request = new AbortController();

  async load(project: number, teacher: number): Promise<void> {
    this.teacherFailure = null;
    try {
      const teachers = await call('teacher.list', null);
      this.teacher = teachers.find(({ id }) => id === teacher) ?? null;
    } catch (error) {
      this.teacherFailure = errorMessage(error);
    }
    if (this.teacher !== null) await this.measure(project, teacher);
  }

  /** Estimates all students; called again after settings change. */
  async measure(project: number, teacher: number): Promise<void> {
    this.#request.abort();
    const { signal } = (this.#request = new AbortController());
    this.isMeasuring = true;
    this.failure = null;
    try {
      this.students = await call('teacher.estimate', { project, teacher }, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.failure = errorMessage(error);
      // Earlier estimates belong to other settings.
      this.students = null;
    } finally {
      if (!signal.aborted) this.isMeasuring = false;
    }
  }

  dispose(): void {
    this.#request.abort();
  }
}
