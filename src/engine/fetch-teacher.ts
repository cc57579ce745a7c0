import { resolve } from 'node:path';
import type { FetchRequest, FetchSummary } from '../contract/catalogue.ts';
import { cardOf } from './catalogue/cards.ts';
import { fetchCard } from './catalogue/fetch-card.ts';
import { placeOf } from './catalogue/places.ts';
import { PhaseProgress } from './job.ts';
import type { JobContext } from './job.ts';

/** Between two words of how far a file is, ms. */
const pace = 200;

/**
 * Fetches a teacher of the catalogue into a folder; each file is a phase.
 *
 * @throws UserError 'not-found' where there is no such card, and as `fetchCard`
 */
export async function fetchTeacher(
  { card: id, out, mirror, proxy }: FetchRequest,
  context: JobContext,
): Promise<FetchSummary> {
  const card = cardOf(id);
  let at = '';
  let progress: PhaseProgress | undefined;
  let told = 0;
  const { signal } = context;
  const place = placeOf({ mirror: mirror ?? null, proxy: proxy ?? null }, process.env);
  return fetchCard(card, resolve(out), place, {
    signal,
    isOwn: false,
    report: ({ name }, done, total) => {
      // Without a size there is nothing to be far in.
      if (total === null) return;
      if (name !== at) progress = new PhaseProgress(context, 'download', total, done);
      at = name;
      const now = performance.now();
      if (now - told < pace && done < total) return;
      told = now;
      progress?.advance(done);
    },
  });
}
