import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../../contract/app.ts';
import { databaseName, openStore } from '../../../store/store.ts';
import { addProject, newTeacher, settings } from '../../../store/testing/fixtures.ts';
import { RunStates } from './run-states.ts';

function openStates(): {
  states: RunStates;
  run: Run;
  events: Run[];
  hold: () => () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-states-'));
  const store = openStore(folder);
  const others: Database.Database[] = [];
  onTestFinished(() => {
    for (const other of others) other.close();
    store.close();
    rmSync(folder, { recursive: true });
  });
  const events: Run[] = [];
  const states = new RunStates(store, (_, content) => events.push(content as Run));
  const project = addProject(store).id;
  const teacher = store.teachers.upsert(newTeacher()).id;
  const run = store.runs.create({ project, teacher, settings });
  /** Another program that locks the database. */
  const hold = (): (() => void) => {
    const other = new Database(join(folder, databaseName));
    others.push(other);
    other.exec('BEGIN IMMEDIATE');
    return () => {
      other.close();
    };
  };
  return { states, run, events, hold };
}

const failed = { state: 'failed', error: { code: 'disk', message: 'The disk is full.' } } as const;

it('shows a run as ended even if that cannot be stored, and does not restart it', () => {
  const { states, run, events, hold } = openStates();
  states.change(run.id, { state: 'running' });
  const release = hold();
  states.note(run.id, { ...failed, step: 7 });
  expect(events.at(-1)).toMatchObject({ id: run.id, ...failed, step: 7 });
  expect(states.get(run.id)).toMatchObject({ ...failed, step: 7 });
  expect(states.list(run.project)).toMatchObject([failed]);
  expect(states.waiting()).toEqual([]);
  expect(() => {
    states.change(run.id, { state: 'queued', error: null });
  }).toThrow(/in use by another program/);
  expect(states.get(run.id)).toMatchObject(failed);
  release();
  states.change(run.id, { state: 'queued', error: null });
  expect(states.waiting()).toMatchObject([{ id: run.id, step: 7, error: null }]);
});

it('a state that can be stored is no longer kept in memory', () => {
  const { states, run, hold } = openStates();
  const release = hold();
  states.note(run.id, failed);
  release();
  states.note(run.id, { state: 'paused', error: null });
  expect(states.get(run.id)).toMatchObject({ state: 'paused', error: null });
  states.remove(run.id);
  expect(states.list(run.project)).toEqual([]);
});
