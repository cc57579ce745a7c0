/** Text about finished background work. */
export const endedText = {
  /** Notice about another project. */
  ofProject: (project: string, message: string) => `${project}: ${message}`,
  aProject: 'Another project',
  runDone: (student: string) => `Run finished: ${student}.`,
  runFailed: (message: string) => `Run stopped. ${message}`,
  openResult: 'Open result',
  openRun: 'Open run',
  openImages: 'Open images',
  openLabels: 'Open labels',
  openTeacher: 'Open teachers',
  openExport: 'Open export',
  /** Badge beside the name of a project with news. */
  badge: 'New',
  badgeSpoken: 'has updates that you have not seen',
  /** Accessible name of the badge. It begins with the visible number, so that voice control can use it. */
  news: (projects: number) =>
    projects === 1 ? '1 other project has updates' : `${projects} other projects have updates`,
  notifications: {
    on: 'System notifications are on: they report work that ends while this window is in the background. Turn off',
    off: 'System notifications are off. Turn on',
    turnOn: 'Turn system notifications on',
    turnOff: 'Turn system notifications off',
  },
};
