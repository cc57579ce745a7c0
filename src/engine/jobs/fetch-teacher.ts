import { resolve } from 'node:path';
import type { Card, FetchRequest, FetchSummary } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { findCard } from '../catalogue/cards.ts';
import { fetchCard } from '../catalogue/fetch-card.ts';
import { downloadRoute } from '../catalogue/download-route.ts';
import { ReportPace } from '../events.ts';
import { PhaseProgress } from '../job.ts';
import type { JobContext } from '../job.ts';
import { workspaceJobText } from '../../text/index.ts';

/** Minimum time between two progress reports of a file, ms. */
const reportInterval = 200;

/**
 * Downloads a teacher of the catalogue into a folder; each file is a phase.
 *
 * @throws UserError 'not-found' if there is no such card, and as `fetchCard`
 */
export async function fetchTeacher(
  { card: id, out, mirror, proxy, plainHttp = false, sha256 }: FetchRequest,
  context: JobContext,
): Promise<FetchSummary> {
  const card = withHash(findCard(id), sha256);
  let at = '';
  let progress: PhaseProgress | undefined;
  const pace = new ReportPace(reportInterval);
  const { signal } = context;
  const place = downloadRoute(
    { mirror: mirror ?? null, proxy: proxy ?? null, plainHttp },
    process.env,
  );
  return fetchCard(card, resolve(out), place, {
    signal,
    isOwn: false,
    report: ({ name }, done, total) => {
      // Progress needs a known size.
      if (total === null) return;
      if (name !== at) progress = new PhaseProgress(context, 'download', total, done);
      at = name;
      if (pace.isDue(done >= total)) progress?.advance(done);
    },
  });
}

/**
 * Returns a card with the SHA-256 that the user gave for its weights.
 *
 * @throws UserError 'invalid-option' if the catalogue has a different one
 */
function withHash(card: Card, sha256: string | undefined): Card {
  if (sha256 === undefined) return card;
  const wanted = sha256.toLowerCase();
  const [weights, ...others] = card.files;
  if (weights === undefined) return card;
  if (weights.sha256 !== null && !wanted.startsWith(weights.sha256)) {
    const message = workspaceJobText.otherHash(card.name, weights.sha256);
    throw new UserError('invalid-option', message);
  }
  return { ...card, files: [{ ...weights, sha256: wanted }, ...others] };
}
