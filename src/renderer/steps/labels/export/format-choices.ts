import type {
  LabelExportChoices,
  LabelFormat,
  LabelFormatFit,
} from '../../../../contract/label-export.ts';
import { labelExportText as words } from '../../../text/en/steps/label-export.ts';

/** Cards of the formats: what each is for, and whether it fits. */
export function formatCards(
  formats: readonly LabelFormatFit[],
): { value: LabelFormat; title: string; why: string }[] {
  return formats.map(({ format, fits }) => {
    const { title, why } = words.formats[format];
    return { value: format, title, why: `${why} ${words.fits[fits]}` };
  });
}

/** Formats by preference; those that keep most of the images' metadata come first. */
const preferred: readonly LabelFormat[] = ['dicom-seg', 'nifti', 'geotiff', 'png', 'csv'];

/** Format that is chosen by default. */
export function defaultFormat({ formats }: LabelExportChoices): LabelFormat {
  const fitting = (format: LabelFormat): boolean =>
    formats.some((one) => one.format === format && one.fits === 'all');
  return preferred.find(fitting) ?? 'png';
}
