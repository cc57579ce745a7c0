const starts = {
  fitted: 'the fitted copy: its kept blocks are fitted to replace the skipped ones',
  copy: 'the untrained copy: its kept blocks are those of the teacher, unchanged',
};

/** Notices about the recipe of a distillation: where the student starts, and which of its states is kept. */
export const recipeText = {
  starts: ({ isRequested, start }: { isRequested: boolean; start: Start }, trial: StartTrial) =>
    `${isRequested ? 'As requested, the student' : 'The student'} starts as ${starts[start]}. ${triedText(trial)}`,
  notFitted: `The copy could not be fitted. The student starts as ${starts.copy}.`,

  /** @param to completed steps of the state that training is rolled back to */
  rolledBack: (rise: Rise, to: number) =>
    `${riseText(rise)}. Training is rolled back to ${to === 0 ? 'the state before training' : `step ${to}`} and continues with a quarter of the learning rate.`,
  endedEarly: (rise: Rise) =>
    `${riseText(rise)}, even with the smallest learning rate. Training ends here, with the best state so far.`,
  belowCopy: ({ step, student, copy }: { step: number; student: Accuracy; copy: Accuracy }) =>
    `After step ${step} the student classifies ${percent(student)} of the validation images correctly, its untrained copy ${percent(copy)}. The best state so far is kept.`,

  /** @param tested see `StartTrial` */
  keptCopy: (tested: number, accuracy: Accuracy) =>
    `Training did not improve the student. The result is its untrained copy: ${placeText(tested)}, no other state was as good${tested > 0 ? ` (${percent(accuracy)} correct)` : ''}.`,
  keptStart: (tested: number, start: Start) =>
    `Training did not improve the student. The result is its state before training, the ${start === 'fitted' ? 'fitted' : 'untrained'} copy, which was best ${placeText(tested)}.`,
  keptStep: (tested: number, step: number) =>
    `The result is the student after step ${step}, which was best ${placeText(tested)}.`,

  decoderRolledBack: (times: number) =>
    `The loss of the decoder rose above its initial value, so training was rolled back with a lower learning rate ${times === 1 ? 'once' : `${times} times`}.`,
};

type Start = keyof typeof starts;

/** Share of correct predictions, [0, 1]; null if it was not measured. */
type Accuracy = number | null;

/** Comparison of the fitted copy with the untrained one. */
interface StartTrial {
  /** Number of labelled images on which accuracy was measured; 0 if only features were compared. */
  readonly tested: number;
  /** Differences from the teacher. */
  readonly loss: Readonly<Record<Start, number>>;
  readonly accuracy: Readonly<Record<Start, Accuracy>>;
  /** True if the accuracies may differ by chance. */
  readonly isWithinChance: boolean;
}

/** A student that moved away from its teacher: difference at the start, and after a step. */
interface Rise {
  readonly step: number;
  readonly began: number;
  readonly now: number;
}

function triedText({ tested, loss, accuracy, isWithinChance }: StartTrial): string {
  const differences = `the fitted copy differs from the teacher by ${loss.fitted.toFixed(3)}, the untrained one by ${loss.copy.toFixed(3)}`;
  if (tested === 0) return `Tried ${placeText(tested)}: ${differences}.`;
  const noise = isWithinChance ? ' (no difference beyond chance)' : '';
  return `Tried ${placeText(tested)}: the fitted copy is correct for ${percent(accuracy.fitted)}, the untrained one for ${percent(accuracy.copy)}${noise}; ${differences}.`;
}

function riseText({ step, began, now }: Rise): string {
  return `After step ${step} the student is further from its teacher than at the start: ${placeText(0)}, the difference changed from ${began.toFixed(3)} to ${Number.isFinite(now) ? now.toFixed(3) : 'NaN'}`;
}

/** Phrase for the images on which states of the student are compared: never those it is trained on. */
function placeText(tested: number): string {
  return tested > 0
    ? `on ${tested} validation ${tested === 1 ? 'image' : 'images'}`
    : 'on views of validation images';
}

/** Percentage such as `85.0 %`; `-` without a measurement. */
function percent(share: Accuracy): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}
