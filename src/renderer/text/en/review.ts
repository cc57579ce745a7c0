import { count, counted, decimals, roughDuration } from '../../lib/format.ts';

const none = 'none of them';
const list = (names: readonly string[]): string =>
  names.length === 0 ? none : names.join(' and ');

/** What to look at next: finding it, and why an image is among it. */
export const review = {
  show: 'What to look at next',
  find: 'Find what to look at next',
  findAgain: 'Ask again',
  go: 'Show it',
  about: (seconds: number) => roughDuration(Math.max(1, seconds)),
  offer: (images: number) =>
    `A student is there: it can say which of ${counted(images, 'image')} to look at next.`,
  ready: 'The latest student has said what to look at next.',
  finding: (done: number, total: number) =>
    total === 0
      ? 'Finding what to look at next'
      : `Finding what to look at next: ${count(done)} of ${count(total)}`,
  left: (seconds: number) => `${roughDuration(seconds)} left`,
  stop: 'Stop',
  found: (images: number, skipped: number) =>
    `The student was asked about ${counted(images, 'image')}${skipped > 0 ? `; ${counted(skipped, 'image')} could not be read or changed` : ''}.`,
  accept: (names: readonly string[]) => `Accept ${list(names)}`,
  hint: (key: string) => `${key} accepts what is shown and goes on. Numbers give another class.`,
  done: 'Nothing is left to look at.',
  reasons: {
    open: 'no label yet',
    openSaid: (student: readonly string[]) => `no label; student says ${list(student)}`,
    unsure: (likeliest: readonly { name: string; probability: number }[]) =>
      `student unsure: ${likeliest.map(({ name, probability }) => `${name} ${decimals(probability, 2)}`).join(', ')}`,
    teacher: (teacher: readonly string[], student: readonly string[]) =>
      `teacher says ${list(teacher)}, student says ${list(student)}`,
    label: (label: readonly string[], student: readonly string[]) =>
      `labelled ${list(label)}, student says ${list(student)}`,
    unreviewed: 'nobody has looked at its label',
  },
};
