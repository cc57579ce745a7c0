import type {
  LabelExportChoices,
  LabelFormat,
  LabelFormatFit,
} from '../../../../contract/label-export.ts';
import { labelExportText as words } from '../../../text/en/label-export.ts';

/** The formats as cards: what each is for, and whether it fits. */
export function formatCards(
  formats: readonly LabelFormatFit[],
): { value: LabelFormat; title: string; why: string }[] {
  return formats.map(({ format, fits }) => {
    const { title, why } = words.formats[format];
    return { value: format, title, why: `${why} ${words.fits[fits]}` };
  });
}

/** Those that keep most of what the files know come first. */
const preferred: readonly LabelFormat[] = ['dicom-seg', 'nifti', 'geotiff', 'png', 'csv'];

/** What is chosen until a person chooses. */
export function likelyFormat({ formats }: LabelExportChoices): LabelFormat {
  const fitting = (format: LabelFormat): boolean =>
    formats.some((one) => one.format === format && one.fits === 'all');
  return preferred.find(fitting) ?? 'png';
}
