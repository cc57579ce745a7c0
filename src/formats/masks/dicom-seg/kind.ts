import { readHead } from '../../raster/file-source.ts';
import { isDicom } from '../../raster/dicom/dicom.ts';

/** Segmentation Storage, and Label Map Segmentation Storage (PS3.4, B.5). */
const segmentation = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.66\.[47]$/;
/** The same codes in a file's meta information, which comes before everything else. */
const inMeta = /1\.2\.840\.10008\.5\.1\.4\.1\.1\.66\.[47](?![\d.])/;
/** The class is the second element of the meta information. */
const headLength = 512;

export function isSegmentationClass(sopClass: string): boolean {
  return segmentation.test(sopClass);
}

/** Returns true if a file is a DICOM segmentation, judging by its beginning; false if it cannot be read. */
export async function isSegmentationFile(path: string): Promise<boolean> {
  const head = await readHead(path, headLength).catch(() => new Uint8Array());
  if (!isDicom(head)) return false;
  return inMeta.test(Buffer.from(head.buffer, 0, head.length).toString('latin1'));
}
