import { expect, it } from 'vitest';
import type { Run } from '../../../contract/app.ts';
import type { JobPhase } from '../../../contract/jobs.ts';
import type { Store } from '../../../store/store.ts';
import { addProject, newTeacher, settings } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import { CurveRecorder } from './curve-recorder.ts';

const decoderSteps = 12;

/** A run with its curve keeper, and events of its worker. */
class Watched {
  readonly store: Store = temporaryStore();
  readonly run: Run;
  readonly keeper: CurveRecorder;

  constructor() {
    const project = addProject(this.store).id;
    const teacher = this.store.teachers.upsert(newTeacher()).id;
    this.run = this.store.runs.create({ project, teacher, settings });
    this.keeper = new CurveRecorder(this.store, () => undefined, this.run, new Map());
  }

  begin(phase: JobPhase, done = 0): void {
    const total = phase === 'decoder' ? decoderSteps : settings.steps;
    this.keeper.note({ type: 'progress', phase, done, total, secondsLeft: null });
  }

  step(phase: JobPhase, steps: readonly number[], loss: number): void {
    const total = phase === 'decoder' ? decoderSteps : settings.steps;
    for (const done of steps) {
      this.keeper.note({ type: 'progress', phase, done, total, secondsLeft: null, loss });
    }
  }

  /** Losses by step in the database. */
  kept(curve: 'distill' | 'decoder'): [number, number][] {
    this.keeper.flush();
    return this.store.records.metrics(this.run.id, curve).map(({ step, loss }) => [step, loss]);
  }
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const at = (steps: readonly number[], loss: number): [number, number][] =>
  steps.map((step) => [step, loss]);

it('stores both curves, and the number of distillation steps', () => {
  const watched = new Watched();
  watched.keeper.begin();
  watched.begin('distill');
  watched.step('distill', range(1, 5), 0.5);
  watched.begin('decoder');
  watched.step('decoder', range(1, decoderSteps), 0.25);
  // The last step is written immediately.
  const { id } = watched.run;
  expect(watched.store.records.metrics(id, 'decoder')).toHaveLength(decoderSteps);
  expect(watched.kept('distill')).toEqual(at(range(1, 5), 0.5));
  expect(watched.kept('decoder')).toEqual(at(range(1, decoderSteps), 0.25));
  expect(watched.store.runs.get(id).step).toBe(5);
});

it.each([
  ['after two stored decoders', [4, 8], 8],
  ['from the first decoder on', [], 0],
])('a worker that continues %s drops the lost points', (_, kept, first) => {
  const watched = new Watched();
  watched.keeper.begin();
  watched.step('decoder', range(1, 11), 0.5);
  watched.keeper.begin();
  watched.begin('distill', 5);
  expect(watched.kept('decoder')).toHaveLength(11);
  watched.begin('decoder');
  watched.step('decoder', kept, 0.5);
  expect(watched.kept('decoder')).toHaveLength(11);
  watched.step('decoder', [first + 1], 0.25);
  expect(watched.kept('decoder')).toEqual([...at(range(1, first), 0.5), [first + 1, 0.25]]);
});

it('a student that is trained further has other decoders', () => {
  const watched = new Watched();
  watched.keeper.begin();
  watched.step('distill', [1, 2], 0.5);
  watched.step('decoder', range(1, decoderSteps), 0.5);
  watched.keeper.begin();
  watched.begin('distill', 2);
  watched.step('distill', [3], 0.25);
  expect(watched.kept('decoder')).toEqual([]);
});
