import type { Interval } from './results.ts';

/** Usefulness of a student, with reason and next step: one rule for classes and outlines. */

/** A measured quality, and the baseline without a model. */
export interface Measure {
  readonly quality: Interval;
  readonly baseline: number;
  /** Quality below which a student is useless, however far above the baseline. */
  readonly least?: number;
}

/** Reason for a useless student; figures are those of the run. */
export type Cause =
  | { readonly kind: 'teacher'; readonly quality: Interval; readonly baseline: number }
  | { readonly kind: 'steps'; readonly steps: number; readonly usual: number }
  | { readonly kind: 'decoderSteps'; readonly steps: number; readonly usual: number }
  | { readonly kind: 'labelled'; readonly images: number }
  | { readonly kind: 'tested'; readonly images: number };

/** Next step, the quickest first; `blocks`: keep more of them. */
export type Remedy = 'copy' | 'steps' | 'label' | 'adapt' | 'blocks' | 'teacher';

/** Usefulness of a student. */
export interface Use {
  /** `useless`: nobody should use the student; `unsuitable`: its teacher is hardly better than no model. */
  readonly verdict: 'usable' | 'useless' | 'unsuitable';
  /** Weakness of its main measure: indistinguishable from no model, near that, or too low to be useful. */
  readonly shortfall: 'chance' | 'near' | 'least' | null;
  /** None if the student is usable. */
  readonly causes: readonly Cause[];
  readonly remedies: readonly Remedy[];
  /** Recommended model; null if neither is useful. */
  readonly recommended: 'student' | 'copy' | null;
}

/** Facts of a run that determine its usefulness. */
interface UseFacts {
  /** Measures that count, per model; one good measure makes a model useful. */
  readonly teacher: readonly Measure[];
  readonly copy: readonly Measure[];
  readonly student: readonly Measure[];
  /** True if the untrained copy did better than the student on the test images. */
  readonly isCopyBetter: boolean;
  /** True if the student was trained on labels too, so that it may be good even if its teacher is not. */
  readonly isAdapted: boolean;
  /** True if it could also have been fine-tuned on labels. */
  readonly canAdapt: boolean;
  readonly steps: number;
  /** Default number of steps. */
  readonly usualSteps: number;
  readonly decoderSteps?: { readonly steps: number; readonly usual: number };
  readonly labelled: number;
  /** Number of labelled images below which there is little to train on. */
  readonly enoughLabelled: number;
  /** Number of test images, or of independent groups of them. */
  readonly tested: number;
}

/** Share of the way from the baseline to a perfect score that still counts as near the baseline. */
const nearShare = 0.15;
/** Share of the default steps below which a student has hardly begun to train. */
const fewSteps = 1 / 3;
/** Number of test images below which even a good student can hardly be distinguished from guessing. */
const enoughTested = 20;

/** Returns true if a quality is above the baseline by more than chance. */
function isBeyondChance({ quality, baseline }: Measure): boolean {
  return quality.low > baseline;
}

/** Returns true if a quality is near the baseline, or too low to be useful. */
function isLow({ quality, baseline, least = 0 }: Measure): boolean {
  return quality.value <= baseline + nearShare * (1 - baseline) || quality.value < least;
}

/** Returns true if every measure is indistinguishable from the baseline. */
function isOfNoUse(measures: readonly Measure[]): boolean {
  return measures.every((measure) => !isBeyondChance(measure) || isLow(measure));
}

/** Returns true if every measure is near the baseline; a wide interval alone is not enough. */
function isNearNothing(measures: readonly Measure[]): boolean {
  return measures.every(isLow);
}

/** Determines what a student is good for. */
export function judgeUse(facts: UseFacts): Use {
  const { teacher, copy, student, isCopyBetter, isAdapted } = facts;
  const isUseless = isOfNoUse(student);
  const isUnsuitable = isNearNothing(teacher) && !isAdapted;
  const isCopyOfUse = !isOfNoUse(copy);
  const verdict = isUseless ? 'useless' : isUnsuitable ? 'unsuitable' : 'usable';
  const takesCopy = isCopyBetter && isCopyOfUse;
  const recommended = takesCopy ? 'copy' : isUseless ? null : 'student';
  const shortfall = isUseless ? shortfallOf(student[0]) : null;
  const judged = { verdict, shortfall, recommended } as const;
  if (verdict === 'usable') return { ...judged, causes: [], remedies: [] };
  const causes = [...causesOf(facts)];
  return { ...judged, causes, remedies: remediesFor(causes, facts, takesCopy) };
}

function shortfallOf(main: Measure | undefined): Use['shortfall'] {
  if (!main) return null;
  if (!isBeyondChance(main)) return 'chance';
  return main.quality.value < (main.least ?? 0) ? 'least' : 'near';
}

function* causesOf(facts: UseFacts): Generator<Cause> {
  const { teacher, steps, usualSteps, decoderSteps, labelled, tested } = facts;
  const [main] = teacher;
  if (main && isOfNoUse(teacher)) {
    yield { kind: 'teacher', quality: main.quality, baseline: main.baseline };
  }
  if (steps < fewSteps * usualSteps) yield { kind: 'steps', steps, usual: usualSteps };
  if (decoderSteps && decoderSteps.steps < fewSteps * decoderSteps.usual) {
    yield { kind: 'decoderSteps', ...decoderSteps };
  }
  if (labelled < facts.enoughLabelled) yield { kind: 'labelled', images: labelled };
  if (tested < enoughTested) yield { kind: 'tested', images: tested };
}

function remediesFor(
  causes: readonly Cause[],
  { canAdapt }: UseFacts,
  takesCopy: boolean,
): readonly Remedy[] {
  const has = (...kinds: readonly Cause['kind'][]): boolean =>
    causes.some(({ kind }) => kinds.includes(kind));
  const wanted: readonly (readonly [Remedy, boolean])[] = [
    ['copy', takesCopy],
    ['steps', has('steps', 'decoderSteps')],
    ['label', has('labelled', 'tested')],
    ['adapt', canAdapt],
    ['teacher', has('teacher')],
    ['blocks', !has('teacher')],
  ];
  return wanted.flatMap(([remedy, isWanted]) => (isWanted ? [remedy] : []));
}
