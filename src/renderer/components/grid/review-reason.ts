import type { ProjectClass, ProjectImage } from '../../../contract/app.ts';
import { text } from '../../text/index.ts';

type Reviewed = Pick<ProjectImage, 'classes' | 'review'>;
type Named = Pick<ProjectClass, 'id' | 'name'>;

/** Reason on a tile why an image is in the review queue; null if it is not. */
export function reviewReason(
  { classes: given, review }: Reviewed,
  classes: readonly Named[],
): string | null {
  if (review === undefined) return null;
  const words = text.review.reasons;
  const nameOf = (id: number): string[] => {
    const found = classes.find((one) => one.id === id);
    return found === undefined ? [] : [found.name];
  };
  const names = (ids: readonly number[] | null | undefined): string[] =>
    (ids ?? []).flatMap(nameOf);
  switch (review.reason) {
    case 'unlabelled':
      return review.student === undefined ? words.open : words.openSaid(names(review.student));
    case 'unsure':
      return words.unsure(
        (review.likeliest ?? []).flatMap(({ class: id, probability }) =>
          nameOf(id).map((name) => ({ name, probability })),
        ),
      );
    case 'teacher':
      return words.teacher(names(review.teacher), names(review.student));
    case 'label':
      return words.label(names(given), names(review.student));
    case 'unreviewed':
      return words.unreviewed;
  }
}

/** Class IDs that accepting an image sets: its labels, else the student's prediction; null if there is neither. */
export function acceptedOf(
  { isLabelled, classes: given, review }: Pick<ProjectImage, 'isLabelled' | 'classes' | 'review'>,
  task: 'single' | 'several' | 'segmentation',
  classes: readonly Pick<ProjectClass, 'id'>[],
): number[] | null {
  if (isLabelled) return given;
  const predicted = review?.student?.filter((id) => classes.some((one) => one.id === id));
  if (predicted === undefined || task === 'segmentation') return null;
  return task === 'single' && predicted.length !== 1 ? null : predicted;
}
