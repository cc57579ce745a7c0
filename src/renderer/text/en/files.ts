import { count, counted, moment } from '../../lib/format.ts';

/** Text of the import report and of watched folders. */
export const files = {
  open: 'Import report',
  title: 'Import report',
  explanation:
    'Each file of the added folders, with the result of its latest import. File names may identify patients: the report stays in the workspace until you save it elsewhere.',
  report: 'Folder',
  allFolders: 'All folders',
  folder: (name: string, time: string) => `${name}, ${moment(time)}`,
  show: 'Result',
  outcomes: {
    all: 'All files',
    added: 'Imported',
    known: 'Already in the project',
    moved: 'Moved',
    skipped: 'Left out',
    other: 'Not an image',
  },
  choice: (title: string, number: number) => `${title} (${count(number)})`,
  search: 'Search by path',
  total: (number: number) => counted(number, 'file'),
  columns: { outcome: 'Result', name: 'File', reason: 'Reason' },
  none: 'No file matches this filter.',
  save: 'Save as CSV…',
  saveTitle: 'Save the report',
  saveName: 'import report.csv',
  saved: (rows: number) => `Saved a report of ${counted(rows, 'file')}.`,
  showSaved: 'Show in folder',
  watch: {
    option: 'Keep watching this folder',
    why: 'New images are imported automatically while Understudy is open, with labels from the same source.',
    outlinedWhy:
      'New images are imported automatically while Understudy is open, with masks from the same source if masks are imported now.',
    watching: (folder: string) => `New images in ${folder} are imported automatically`,
    added: (images: number) => `${counted(images, 'image')} so far`,
    missing: (folder: string) => `${folder} cannot be found at the moment`,
    missingWhy: 'Its new images are imported once the folder is available again.',
    failed: (folder: string) => `No file in ${folder} can be imported at the moment`,
    asking: (folder: string) => `${folder} is not watched on this computer yet`,
    askingWhy:
      'These projects come from another computer. Watch this folder only if you know where it comes from.',
    resume: 'Watch folder',
    stop: 'Stop watching',
  },
};
