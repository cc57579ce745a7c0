import { usualTolerance } from '../../contract/jobs.ts';
import type { EvaluateRequest } from '../../contract/jobs.ts';
import type { WrittenTolerance } from '../../contract/results.ts';
import { UserError } from '../../core/errors.ts';
import type { Size } from '../../core/mask/tiles.ts';
import { boundaryReach, farthestReach } from '../../core/metrics/boundary-f1.ts';
import type { BoundaryTolerance } from '../../core/metrics/boundary-f1.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { ImagePlace } from '../../formats/labelled-images.ts';
import type { PixelSpacing } from '../../formats/raster/image-file.ts';

/** What is to be known of an image to measure lengths on it. */
export interface MeasuredImage extends Size {
  readonly image: ImagePlace;
  readonly spacing: PixelSpacing | null;
}

const millimetres = { mm: 1, m: 1000 } as const;

/** As a request has it; where it has none, the usual one. */
export function toleranceOf({
  tolerance = usualTolerance.distance,
  toleranceUnit = usualTolerance.unit,
}: Pick<EvaluateRequest, 'tolerance' | 'toleranceUnit'>): WrittenTolerance {
  return { distance: tolerance, unit: toleranceUnit };
}

/**
 * What a tolerance is in an image.
 *
 * @throws UserError 'invalid-option' where the image does not say how large its pixels are, or it reaches too far
 */
export function toleranceIn(
  image: MeasuredImage,
  { distance, unit }: WrittenTolerance,
): BoundaryTolerance {
  const spacing = unit === 'px' ? undefined : spacingIn(image, unit);
  const tolerance = { distance, spacing };
  const { x, y } = boundaryReach(tolerance, image);
  if (Math.max(x, y) > farthestReach) {
    throw new UserError(
      'invalid-option',
      `A tolerance of ${distance} ${unit} reaches ${Math.max(x, y)} pixels in ${placeName(image.image)}, and borders are compared up to ${farthestReach}. Choose a smaller one.`,
    );
  }
  return tolerance;
}

/** Measuring comes last, after hours perhaps. @throws UserError as `toleranceIn` */
export function requireTolerance(
  images: readonly MeasuredImage[],
  tolerance: WrittenTolerance,
): void {
  for (const image of images) toleranceIn(image, tolerance);
}

function spacingIn(
  { image, spacing }: MeasuredImage,
  unit: keyof typeof millimetres,
): NonNullable<BoundaryTolerance['spacing']> {
  if (spacing === null) {
    throw new UserError(
      'invalid-option',
      `${placeName(image)} does not say how large its pixels are, so no tolerance in ${unit} can be measured on it. Give the tolerance in px.`,
    );
  }
  if (spacing.unit === 'degree') {
    throw new UserError(
      'invalid-option',
      `${placeName(image)} has its pixels in degrees, whose length differs from place to place, so no tolerance in ${unit} can be measured on it. Give the tolerance in px.`,
    );
  }
  const factor = millimetres[spacing.unit] / millimetres[unit];
  return { x: spacing.x * factor, y: spacing.y * factor };
}
