import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';

/** Opens a dialog to choose a folder. @returns its path; null if the dialog was cancelled or failed */
export async function chooseFolder(): Promise<string | null> {
  try {
    return await call('shell.chooseFolder', { title: text.images.chooseTitle });
  } catch (error) {
    notices.fail(error);
    return null;
  }
}

/** Opens a dialog to choose a table of labels. @returns its path; null if the dialog was cancelled or failed */
export async function chooseTable(): Promise<string | null> {
  try {
    const title = text.images.chooseCsvTitle;
    return await call('shell.chooseFile', { title, extensions: ['csv', 'tsv', 'txt'] });
  } catch (error) {
    notices.fail(error);
    return null;
  }
}

/** Opens a dialog to choose a file of masks. @returns its path; null if the dialog was cancelled or failed */
export async function chooseMaskFile(): Promise<string | null> {
  try {
    const title = text.masksIn.chooseFile;
    const extensions = ['json', 'geojson', 'gpkg', 'zip', 'dcm', 'tif', 'tiff', 'nii', 'gz'];
    return await call('shell.chooseFile', { title, extensions });
  } catch (error) {
    notices.fail(error);
    return null;
  }
}
