import type { CandidateReport, DistillSummary, Interval } from '../../../contract/results.ts';
import { rounded } from '../../lib/format.ts';
import { resultText } from '../../text/en/result.ts';

/** What the figures say, and what they do not. */
export interface Verdict {
  /** Against the teacher. */
  readonly headline: string;
  /** Against the plain copy, and what limits the answer. */
  readonly sentences: readonly string[];
  /** `doubt`: distilling cannot be said to have helped. */
  readonly tone: 'good' | 'doubt';
}

const text = resultText.verdict;

/** Shown with one decimal, this difference would be 0.0. */
const nothing = 0.0005;
/** With fewer, an interval of accuracy is some ten points wide. */
const fewImages = 100;

export function verdict(summary: DistillSummary): Verdict {
  const { copy, student, images, loss } = summary;
  const gain = student.accuracy.value - copy.accuracy.value;
  const isApart = !overlaps(copy.accuracy, student.accuracy);
  const sentences = [againstCopy(gain, isApart, images.tested)];
  if (loss.last >= loss.first) sentences.push(text.notLearnt(loss.first, loss.last));
  if (images.tested < fewImages) sentences.push(text.few(images.tested));
  return {
    headline: againstTeacher(summary),
    sentences,
    tone: gain > 0 && isApart && loss.last < loss.first ? 'good' : 'doubt',
  };
}

function againstCopy(gain: number, isApart: boolean, tested: number): string {
  if (Math.abs(gain) < nothing) return text.same(tested);
  if (gain > 0) return isApart ? text.helped(gain) : text.perhaps(gain, tested);
  return isApart ? text.worse(gain) : text.perhapsWorse(gain, tested);
}

function againstTeacher({ teacher, student }: DistillSummary): string {
  const size = text.size(student.bytes / teacher.bytes);
  return `${accuracy(teacher, student)}, ${size} and ${speed(teacher, student)}.`;
}

function accuracy(teacher: CandidateReport, student: CandidateReport): string {
  const gain = student.accuracy.value - teacher.accuracy.value;
  if (Math.abs(gain) < nothing) return text.asGood;
  const words = gain > 0 ? text.above(gain) : text.below(gain);
  return overlaps(teacher.accuracy, student.accuracy) ? `${words} ${text.overlap}` : words;
}

function speed(teacher: CandidateReport, student: CandidateReport): string {
  const factor = teacher.msPerImage / student.msPerImage;
  return factor > 1.05 ? text.faster(rounded(factor)) : text.noFaster;
}

/** Two intervals share a value. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.low <= b.high && b.low <= a.high;
}

/** One scale for the accuracies of all: from and to a multiple of 5 %, with all intervals inside. */
export function accuracyScale(intervals: readonly Interval[]): { low: number; high: number } {
  const low = Math.floor((Math.min(...intervals.map((one) => one.low)) - 0.01) * 20) / 20;
  const high = Math.ceil((Math.max(...intervals.map((one) => one.high)) + 0.01) * 20) / 20;
  return { low: Math.max(0, low), high: Math.min(1, high) };
}
