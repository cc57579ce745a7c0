import type { MaskSourceKind } from '../../contract/mask-sources.ts';
import { readHead } from '../raster/file-source.ts';
import { isCvatArchive } from './cvat/read.ts';
import { openZip } from './cvat/zip.ts';

/** Bytes inspected at the start of a file: members may come in any order, and lists of images are long. */
const headLength = 2 ** 16;

/** Kinds of which a folder may have a file for each image. */
export const polygonKinds: ReadonlySet<MaskSourceKind> = new Set(['geojson', 'gpkg']);

/**
 * Determines the kind of a label file by its name and its first bytes; undefined for other files, including those with
 * the name of an image.
 *
 * @throws UserError as `readHead`
 */
export async function kindOfFile(path: string): Promise<MaskSourceKind | undefined> {
  if (/\.zip$/i.test(path)) {
    const zip = await openZip(path);
    await zip.close();
    return isCvatArchive(zip.names) ? 'cvat' : undefined;
  }
  if (/\.gpkg$/i.test(path)) return isSqlite(await readHead(path, 16)) ? 'gpkg' : undefined;
  if (!/\.(?:geo)?json$/i.test(path)) return undefined;
  return kindOfJson(Buffer.from(await readHead(path, headLength)).toString('utf8'));
}

function kindOfJson(text: string): MaskSourceKind | undefined {
  if (!/^\ufeff?\s*\{/.test(text)) return undefined;
  if (/"type"\s*:\s*"FeatureCollection"/.test(text)) return 'geojson';
  if (/"type"\s*:\s*"Feature"/.test(text) && /"geometry"\s*:/.test(text)) return 'geojson';
  const isCoco = /"(?:annotations|categories)"\s*:\s*\[/.test(text);
  const beginsAsCoco = /"images"\s*:\s*\[\s*\{/.test(text) && /"file_name"\s*:/.test(text);
  return isCoco || beginsAsCoco ? 'coco' : undefined;
}

function isSqlite(head: Uint8Array): boolean {
  return Buffer.from(head).toString('latin1').startsWith('SQLite format 3\0');
}
