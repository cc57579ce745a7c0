import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';

/** Where the folder that a person picks lies; null if none. */
export async function chooseFolder(): Promise<string | null> {
  try {
    return await call('shell.chooseFolder', { title: text.images.chooseTitle });
  } catch (error) {
    notices.fail(error);
    return null;
  }
}

/** Where the table of labels that a person picks lies; null if none. */
export async function chooseTable(): Promise<string | null> {
  try {
    const title = text.images.chooseCsvTitle;
    return await call('shell.chooseFile', { title, extensions: ['csv', 'tsv', 'txt'] });
  } catch (error) {
    notices.fail(error);
    return null;
  }
}

/** Where the file of masks that a person picks lies; null if none. */
export async function chooseMaskFile(): Promise<string | null> {
  try {
    const title = text.masksIn.chooseFile;
    const extensions = ['json', 'geojson', 'zip', 'dcm', 'tif', 'tiff', 'nii', 'gz'];
    return await call('shell.chooseFile', { title, extensions });
  } catch (error) {
    notices.fail(error);
    return null;
  }
}
