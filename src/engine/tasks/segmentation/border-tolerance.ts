import { usualTolerance } from '../../../contract/jobs.ts';
import type { EvaluateRequest } from '../../../contract/jobs.ts';
import type { WrittenTolerance } from '../../../contract/results.ts';
import { UserError } from '../../../core/errors.ts';
import type { Size } from '../../../core/mask/tiles.ts';
import { boundaryReach, farthestReach } from '../../../core/metrics/boundary-f1.ts';
import type { BoundaryTolerance } from '../../../core/metrics/boundary-f1.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { ImagePlace } from '../../../formats/labels/labelled-images.ts';
import type { PixelSpacing } from '../../../formats/raster/image-file.ts';
import { segmentationText } from '../../../text/index.ts';

/** Size and spacing of an image, for measuring lengths in it. */
export interface MeasuredImage extends Size {
  readonly image: ImagePlace;
  readonly spacing: PixelSpacing | null;
}

const millimetres = { mm: 1, m: 1000 } as const;

/** Returns the tolerance of a request, or the default one. */
export function toleranceOf({
  tolerance = usualTolerance.distance,
  toleranceUnit = usualTolerance.unit,
}: Pick<EvaluateRequest, 'tolerance' | 'toleranceUnit'>): WrittenTolerance {
  return { distance: tolerance, unit: toleranceUnit };
}

/**
 * Returns the tolerance converted for an image.
 *
 * @throws UserError 'invalid-option' if the image does not give its pixel size, or the tolerance reaches too far
 */
export function toleranceIn(
  image: MeasuredImage,
  { distance, unit }: WrittenTolerance,
): BoundaryTolerance {
  const spacing = unit === 'px' ? undefined : spacingIn(image, unit);
  const tolerance = { distance, spacing };
  const { x, y } = boundaryReach(tolerance, image);
  if (Math.max(x, y) > farthestReach) {
    const limits = { pixels: Math.max(x, y), limit: farthestReach };
    throw new UserError(
      'invalid-option',
      segmentationText.toleranceTooLarge(placeName(image.image), { distance, unit }, limits),
    );
  }
  return tolerance;
}

/**
 * Checks the tolerance early: measuring comes last, possibly after hours.
 *
 * @throws UserError as `toleranceIn`
 */
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
    throw new UserError('invalid-option', segmentationText.noPixelSize(placeName(image), unit));
  }
  if (spacing.unit === 'degree') {
    const message = segmentationText.pixelSizeInDegrees(placeName(image), unit);
    throw new UserError('invalid-option', message);
  }
  const factor = millimetres[spacing.unit] / millimetres[unit];
  return { x: spacing.x * factor, y: spacing.y * factor };
}
