/** Notice at the bottom of the window, shown until it is dismissed or expires. */
export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'attention' | 'loss';
  readonly message: string;
  /** Folded details, with a button to copy them. */
  readonly details: string | undefined;
  readonly action: { readonly label: string; run(): void } | undefined;
  /** True for notices about background work, which stay until they are dismissed. */
  readonly isLasting: boolean;
  /** Time of creation, ms as of `performance.now()`. */
  readonly since: number;
}

/** Display time in ms of a notice of kind `done`, and of a notice with an action. */
const readingDone = 6000;
const readingWithAction = 20_000;
/** Time in ms to notice a warning, and to read one word of it slowly. */
const noticed = 5000;
const perWord = 400;
/** Age in ms from which a warning counts as seen. Younger ones survive a change of page. */
const seen = 1500;

/** Display time of a notice in ms; null for one that stays until it is dismissed. */
export function displayTime({
  kind,
  message,
  action,
  isLasting,
}: Omit<Notice, 'id'>): number | null {
  if (kind === 'loss' || isLasting) return null;
  const reading = kind === 'done' ? readingDone : noticed + perWord * message.split(/\s+/).length;
  return action === undefined ? reading : Math.max(reading, readingWithAction);
}

/**
 * Appends a notice and removes equal ones.
 *
 * @param isOverImage true if notices cover an image in the viewer; then only the latest one of kind `done` is kept
 */
export function withNotice(list: readonly Notice[], notice: Notice, isOverImage = false): Notice[] {
  const isSame = ({ kind, message, details }: Notice): boolean =>
    kind === notice.kind && message === notice.message && details === notice.details;
  const isPast = ({ kind }: Notice): boolean =>
    isOverImage && kind === 'done' && notice.kind === 'done';
  return [...list.filter((other) => !isSame(other) && !isPast(other)), notice];
}

/** Notices that remain after a change of page; warnings about the previous page are removed. */
export function afterLeaving(list: readonly Notice[], now: number): Notice[] {
  return list.filter(({ kind, action, isLasting, since }) => {
    const isOfPlace = kind === 'attention' && action === undefined && !isLasting;
    return !isOfPlace || now - since < seen;
  });
}
