/** The window's About. */
export const about = {
  /** What else it is looked for by. */
  also: 'version licence license electron information',
  title: 'About Understudy',
  what: 'Turns a large vision transformer into a compact student with a few labelled images. Everything stays on this computer.',
  licence: 'MIT licence',
  rows: {
    version: 'Understudy',
    electron: 'Electron',
    chromium: 'Chromium',
    node: 'Node.js in Electron',
    system: 'System',
    licence: 'Licence',
    workspace: 'Folder for projects',
    log: 'Log',
  },
  standIn: (running: string, intended: string) =>
    `This window runs on Electron ${running}, which stands in for Electron ${intended} during development. Do not work with patient data in it: it no longer gets security updates.`,
};
