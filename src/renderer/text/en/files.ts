import { count, counted, moment } from '../../lib/format.ts';

/** What became of the files of imported folders, and folders that are watched. */
export const files = {
  open: 'Import report',
  title: 'What became of each file',
  explanation:
    'Every file of the folders that were added, as it was looked at last. Names of files may say who is on them: the list stays in the folder of projects until you save it.',
  report: 'Which folder',
  allFolders: 'All folders',
  folder: (name: string, time: string) => `${name}, ${moment(time)}`,
  show: 'What became of them',
  outcomes: {
    all: 'All files',
    added: 'Imported',
    known: 'Known',
    moved: 'Moved',
    skipped: 'Left out',
    other: 'Not an image',
  },
  choice: (title: string, number: number) => `${title} (${count(number)})`,
  search: 'Search by path',
  total: (number: number) => counted(number, 'file'),
  columns: { outcome: 'Result', name: 'File', reason: 'Why' },
  none: 'No file fits this filter.',
  save: 'Save as CSV…',
  saveTitle: 'Save the report',
  saveName: 'import report.csv',
  saved: (rows: number) => `${counted(rows, 'file')} in the saved report.`,
  showSaved: 'Show it',
  watch: {
    option: 'Keep watching this folder',
    why: 'New images come in by themselves while Understudy is open, with labels from the same place.',
    watching: (folder: string) => `New images in ${folder} come in by themselves`,
    added: (images: number) => `${counted(images, 'image')} so far`,
    missing: (folder: string) => `${folder} is not there at present`,
    missingWhy: 'Its new images come in once it is back.',
    failed: (folder: string) => `Nothing of ${folder} can come in at present`,
    asking: (folder: string) => `${folder} is not watched on this computer yet`,
    askingWhy: 'These projects came from another computer. Watch the folder only if you know it.',
    resume: 'Watch it',
    stop: 'Stop watching',
  },
};
