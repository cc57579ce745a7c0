import type { DataSet } from './data-set.ts';
import { damaged, unsupported, type DicomFault } from './faults.ts';
import { text } from './values.ts';

const root = '1.2.840.10008.5.1.4.1.1.';

/** Objects without pixels, by how their class identifiers begin (PS3.4, B.5); longer ones first. */
const kinds: readonly (readonly [prefix: string, name: string])[] = [
  ['1.2.840.10008.1.3.10', 'directory (DICOMDIR)'],
  [`${root}481.3`, 'radiotherapy structure set'],
  [`${root}481.5`, 'radiotherapy plan'],
  [`${root}481.8`, 'radiotherapy plan'],
  [`${root}481.4`, 'radiotherapy treatment record'],
  [`${root}481.6`, 'radiotherapy treatment record'],
  [`${root}481.7`, 'radiotherapy treatment record'],
  [`${root}481.9`, 'radiotherapy treatment record'],
  [`${root}481.`, 'radiotherapy object'],
  [`${root}88.59`, 'key object selection'],
  [`${root}88.`, 'structured report'],
  [`${root}9.`, 'waveform'],
  [`${root}11.`, 'presentation state'],
  [`${root}104.1`, 'document (PDF)'],
  [`${root}104.2`, 'document (CDA)'],
  [`${root}104.`, 'three-dimensional model'],
  [`${root}66.5`, 'surface segmentation'],
  [`${root}66.6`, 'tractography result'],
  [`${root}66.`, 'raw or registration data set'],
  [`${root}67`, 'real world value mapping'],
  [`${root}4.2`, 'spectroscopy data set'],
  [`${root}78.`, 'ophthalmic measurement'],
];

const modalities: Readonly<Record<string, string>> = {
  ECG: 'waveform',
  KO: 'key object selection',
  PR: 'presentation state',
  REG: 'registration data set',
  RTPLAN: 'radiotherapy plan',
  RTRECORD: 'radiotherapy treatment record',
  RTSTRUCT: 'radiotherapy structure set',
  SR: 'structured report',
};

/** Why a file without pixels is refused: by its kind, or because they should be there. */
export function withoutPixels(dataSet: DataSet, fault: DicomFault | null): DicomFault {
  const kind = kindOf(dataSet);
  if (kind !== null) {
    return unsupported(
      `is a DICOM ${kind}, which holds no image`,
      'Leave it out, or choose the images that it belongs to.',
    );
  }
  if (dataSet.has('PixelDataProviderURL')) {
    return unsupported(
      'holds no pixels, only the address of a server that has them',
      'Fetch the whole file.',
    );
  }
  if (fault !== null) return fault;
  if (dataSet.has('Rows')) return damaged('describes an image, but has no pixels');
  return unsupported('is a DICOM file without an image', 'Leave it out.');
}

function kindOf(dataSet: DataSet): string | null {
  const sopClass = text(dataSet, 'SOPClassUID') ?? text(dataSet, 'MediaStorageSOPClassUID') ?? '';
  const named = kinds.find(([prefix]) => sopClass.startsWith(prefix))?.[1];
  return named ?? modalities[text(dataSet, 'Modality') ?? ''] ?? null;
}
