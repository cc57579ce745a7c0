/** Work that ended while nobody looked at it. */
export const endedText = {
  /** In a notice, before what happened. */
  ofProject: (project: string, message: string) => `${project}: ${message}`,
  aProject: 'Another project',
  runDone: (student: string) => `The run is done: ${student}.`,
  runFailed: (message: string) => `The run stopped. ${message}`,
  openResult: 'Open result',
  openRun: 'Open run',
  openImages: 'Open images',
  openLabels: 'Open labels',
  openTeacher: 'Open teachers',
  openExport: 'Open export',
  /** Beside the name of a project. */
  badge: 'New',
  badgeSpoken: 'with news that you have not seen',
  /** Begins with the number that is to be seen, so that the button can be said to a voice control. */
  news: (projects: number) =>
    projects === 1 ? '1 other project has news' : `${projects} other projects have news`,
  notifications: {
    on: 'System notifications are on: work that ends while this window is in the background is announced. Turn off',
    off: 'System notifications are off. Turn on',
    turnOn: 'Turn system notifications on',
    turnOff: 'Turn system notifications off',
  },
};
