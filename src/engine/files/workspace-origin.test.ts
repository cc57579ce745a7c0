import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../store/store.ts';
import { noteOpening } from './workspace-origin.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-origin-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);

function open(workspace: string, computer: string): string {
  const store = openStore(at(workspace));
  try {
    return noteOpening(store, at(computer));
  } finally {
    store.close();
  }
}

test('recognises a workspace on the computer that opened it last, even if it was moved', () => {
  expect(open('work', 'mine')).toBe('elsewhere');
  expect(open('work', 'mine')).toBe('here');
  renameSync(at('work'), at('moved'));
  expect(open('moved', 'mine')).toBe('here');
  // One note per workspace, however often it is opened.
  expect(readdirSync(at('mine'))).toHaveLength(1);
});

test('does not recognise one that another computer opened', () => {
  open('work', 'mine');
  expect(open('work', 'theirs')).toBe('elsewhere');
  expect(open('work', 'mine')).toBe('elsewhere');
  expect(open('work', 'mine')).toBe('here');
});

test('does not recognise a copy that was handed out and returned, whatever it contains', () => {
  open('work', 'mine');
  cpSync(at('work'), at('copy'), { recursive: true });
  expect(open('work', 'mine')).toBe('here');
  rmSync(at('work'), { recursive: true });
  cpSync(at('copy'), at('work'), { recursive: true });
  expect(open('work', 'mine')).toBe('elsewhere');
});

test('does not recognise a copy in the place of the original, which has the same mark', () => {
  open('work', 'mine');
  renameSync(at('work'), at('original'));
  cpSync(at('original'), at('work'), { recursive: true });
  expect(open('work', 'mine')).toBe('elsewhere');
});
