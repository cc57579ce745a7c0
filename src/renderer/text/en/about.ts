import { menuText, windowText } from '../../../text/index.ts';

/** Text of the About dialog. */
export const about = {
  /** Further search words of the action. */
  also: 'version licence license electron information',
  title: menuText.about,
  what: 'Distils a large vision transformer into a compact model, the student, with a few labelled images. Everything stays on this computer.',
  licence: 'MIT licence',
  rows: {
    version: windowText.app,
    electron: 'Electron',
    chromium: 'Chromium',
    node: 'Node.js in Electron',
    system: 'System',
    licence: 'Licence',
    workspace: windowText.workspaceFolder,
    log: 'Log',
  },
  standIn: (running: string, intended: string) =>
    `For development, this window runs on Electron ${running} instead of Electron ${intended}. Electron ${running} no longer gets security updates: do not use this window with patient data.`,
};
