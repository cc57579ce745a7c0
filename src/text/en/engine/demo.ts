/** Messages of the demo. */
export const demoText = {
  /** @param number the student's number, from 1 */
  classStudent: (number: number, skip: number, left: TimeLeft | undefined) =>
    `Student ${number} of 3, which predicts classes with ${skip === 2 ? 'half' : 'a third'} of the blocks.${timeLeft(left)}`,
  regionStudent: (number: number, left: TimeLeft | undefined) =>
    `Student ${number} of 3, which segments regions with half of the blocks.${timeLeft(left)}`,
};

/** Estimate of the time left. */
interface TimeLeft {
  readonly seconds: number;
  /** Number of finished students that it is based on. */
  readonly students: number;
}

function timeLeft(left: TimeLeft | undefined): string {
  if (left === undefined) return '';
  const { seconds, students } = left;
  const time = seconds < 45 ? 'less than a minute' : `about ${Math.round(seconds / 60)} min`;
  const basis = students === 1 ? 'the first student' : 'the first two';
  return ` Time left: ${time}, estimated from ${basis}.`;
}
