import type { ImportReport } from '../../contract/app.ts';
import { text } from '../text/index.ts';

/** What is said once an import is over; `attention` where somebody should look at it. */
export function importNotice({
  found,
  added,
  known,
  masks,
  masksLeftOut,
  cancelled,
}: Omit<ImportReport, 'project' | 'folder' | 'moved' | 'skipped'>): {
  readonly kind: 'attention' | 'done';
  readonly message: string;
} {
  const words = text.images;
  if (cancelled) return { kind: 'attention', message: words.stopped(added) };
  if (found === 0) return { kind: 'attention', message: words.nothingFound };
  const message = words.added(added, known, masks);
  return masksLeftOut === 0
    ? { kind: 'done', message }
    : { kind: 'attention', message: `${message} ${words.masksLeftOut(masksLeftOut)}` };
}
