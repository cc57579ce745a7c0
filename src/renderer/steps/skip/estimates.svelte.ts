import type { StudentEstimate, Teacher } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';

/** The project's teacher and what its students would be; a new question ends the one before. */
export class Estimates {
  teacher = $state.raw<Teacher | null>(null);
  /** Null until they are measured. */
  students = $state.raw<readonly StudentEstimate[] | null>(null);
  isMeasuring = $state(false);
  /** The teacher could not be read. */
  teacherFailure = $state<string | null>(null);
  /** This machine could not be measured. */
  failure = $state<string | null>(null);
  #question = new AbortController();

  async load(project: number, teacher: number): Promise<void> {
    this.teacherFailure = null;
    try {
      const teachers = await call('teacher.list', null);
      this.teacher = teachers.find(({ id }) => id === teacher) ?? null;
    } catch (error) {
      this.teacherFailure = messageOf(error);
    }
    if (this.teacher !== null) await this.measure(project, teacher);
  }

  /** Asks, once more where settings changed. */
  async measure(project: number, teacher: number): Promise<void> {
    this.#question.abort();
    const { signal } = (this.#question = new AbortController());
    this.isMeasuring = true;
    this.failure = null;
    try {
      this.students = await call('teacher.estimate', { project, teacher }, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.failure = messageOf(error);
      // Those that are there are of other settings.
      this.students = null;
    } finally {
      if (!signal.aborted) this.isMeasuring = false;
    }
  }

  dispose(): void {
    this.#question.abort();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
