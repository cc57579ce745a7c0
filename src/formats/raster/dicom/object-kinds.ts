import { dicomAdvice, dicomKinds, dicomText } from '../../../text/index.ts';
import type { DataSet } from './data-set.ts';
import { damaged, unsupported, type DicomFault } from './faults.ts';
import { firstText } from './values.ts';

const root = '1.2.840.10008.5.1.4.1.1.';

/** Objects without pixels, by how their class identifiers begin (PS3.4, B.5); longer ones first. */
const kinds: readonly (readonly [prefix: string, name: string])[] = [
  ['1.2.840.10008.1.3.10', dicomKinds.directory],
  [`${root}481.3`, dicomKinds.structureSet],
  [`${root}481.5`, dicomKinds.plan],
  [`${root}481.8`, dicomKinds.plan],
  [`${root}481.4`, dicomKinds.treatmentRecord],
  [`${root}481.6`, dicomKinds.treatmentRecord],
  [`${root}481.7`, dicomKinds.treatmentRecord],
  [`${root}481.9`, dicomKinds.treatmentRecord],
  [`${root}481.`, dicomKinds.radiotherapy],
  [`${root}88.59`, dicomKinds.keyObjects],
  [`${root}88.`, dicomKinds.report],
  [`${root}9.`, dicomKinds.waveform],
  [`${root}11.`, dicomKinds.presentation],
  [`${root}104.1`, dicomKinds.pdf],
  [`${root}104.2`, dicomKinds.cda],
  [`${root}104.`, dicomKinds.model],
  [`${root}66.5`, dicomKinds.surface],
  [`${root}66.6`, dicomKinds.tractography],
  [`${root}66.`, dicomKinds.rawData],
  [`${root}67`, dicomKinds.realWorldValues],
  [`${root}4.2`, dicomKinds.spectroscopy],
  [`${root}78.`, dicomKinds.ophthalmic],
];

const modalities: Readonly<Record<string, string>> = {
  ECG: dicomKinds.waveform,
  KO: dicomKinds.keyObjects,
  PR: dicomKinds.presentation,
  REG: dicomKinds.registration,
  RTPLAN: dicomKinds.plan,
  RTRECORD: dicomKinds.treatmentRecord,
  RTSTRUCT: dicomKinds.structureSet,
  SR: dicomKinds.report,
};

/** Returns the error for a file without pixels: its kind has none, or they are missing. */
export function withoutPixels(dataSet: DataSet, fault: DicomFault | null): DicomFault {
  const kind = kindOf(dataSet);
  if (kind !== null) {
    return unsupported(dicomText.otherKind(kind), dicomAdvice.chooseImages);
  }
  if (dataSet.has('PixelDataProviderURL')) {
    return unsupported(dicomText.pixelsOnServer, dicomAdvice.download);
  }
  if (fault !== null) return fault;
  if (dataSet.has('Rows')) return damaged(dicomText.pixelsMissing);
  return unsupported(dicomText.noImage, dicomAdvice.chooseOther);
}

function kindOf(dataSet: DataSet): string | null {
  const sopClass =
    firstText(dataSet, 'SOPClassUID') ?? firstText(dataSet, 'MediaStorageSOPClassUID') ?? '';
  const named = kinds.find(([prefix]) => sopClass.startsWith(prefix))?.[1];
  return named ?? modalities[firstText(dataSet, 'Modality') ?? ''] ?? null;
}
