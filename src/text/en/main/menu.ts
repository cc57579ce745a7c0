/** Text of the menu, and of the same actions in the window. `&` stands before the letter that opens a menu. */
export const menuText = {
  file: '&File',
  newProject: 'New project',
  allProjects: 'All projects',
  importImages: 'Import images…',
  workspaceFolder: 'Workspace folder…',

  edit: '&Edit',
  undo: 'Undo',
  redo: 'Redo',

  view: '&View',

  shortcuts: 'Keyboard shortcuts',
  showLog: 'Show the log',
  about: 'About Understudy',
};
