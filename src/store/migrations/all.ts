import { workspace } from './010-workspace.ts';
import { predictions } from './020-predictions.ts';
import { glimpses } from './030-glimpses.ts';
import { slices } from './040-slices.ts';
import { masks } from './050-masks.ts';
import { segmentation } from './060-segmentation.ts';
import { review } from './070-review.ts';
import { importFiles } from './080-import-files.ts';
import { watchedMasks } from './090-watched-masks.ts';
import { runMasks } from './100-run-masks.ts';
import { decoderCurves } from './110-decoder-curves.ts';
import { devices } from './120-devices.ts';
import { teacherOverrides } from './130-teacher-overrides.ts';
import { settings } from './140-settings.ts';
import { fetchedCards } from './150-fetched-cards.ts';
import { gpuSpeeds } from './160-gpu-speeds.ts';
import { precision } from './170-precision.ts';
import { testSets } from './180-test-sets.ts';
import { unfinishedFiles } from './190-unfinished-files.ts';
import { riskyFiles } from './210-risky-files.ts';
import type { Migration } from './migration.ts';

/** Migrations in the order in which they run. Add a new one at the end, and its rows to testing/rows.ts. */
export const migrations: readonly Migration[] = [
  workspace,
  predictions,
  glimpses,
  slices,
  masks,
  segmentation,
  review,
  importFiles,
  watchedMasks,
  runMasks,
  decoderCurves,
  devices,
  teacherOverrides,
  settings,
  fetchedCards,
  gpuSpeeds,
  precision,
  testSets,
  unfinishedFiles,
  riskyFiles,
];
