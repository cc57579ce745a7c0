import { about } from './en/about.ts';
import { catalogueText } from './en/catalogue.ts';
import { common } from './en/common.ts';
import { distilText } from './en/distil.ts';
import { endedText } from './en/ended.ts';
import { exportText } from './en/export.ts';
import { files } from './en/files.ts';
import { frame } from './en/frame.ts';
import { images } from './en/images.ts';
import { keysText } from './en/keys.ts';
import { labels } from './en/labels.ts';
import { masksIn } from './en/masks-in.ts';
import { masks } from './en/masks.ts';
import { outlines } from './en/outlines.ts';
import { labelExportText } from './en/label-export.ts';
import { predicting } from './en/predicting.ts';
import { preparation } from './en/preparation.ts';
import { project } from './en/project.ts';
import { resultMasks } from './en/result-masks.ts';
import { resultText } from './en/result.ts';
import { review } from './en/review.ts';
import { skipText } from './en/skip.ts';
import { start } from './en/start.ts';
import { teacherText } from './en/teacher.ts';
import { testSetText } from './en/test-set.ts';
import { viewer } from './en/viewer.ts';

const en = {
  about,
  common,
  frame,
  ended: endedText,
  keys: keysText,
  start,
  project,
  testSet: testSetText,
  images,
  files,
  preparation,
  labels,
  masksIn,
  labelExport: labelExportText,
  outlines,
  predicting,
  review,
  viewer,
  masks,
  teacher: teacherText,
  catalogue: catalogueText,
  skip: skipText,
  distil: distilText,
  result: resultText,
  resultMasks,
  export: exportText,
};

/** All that the window says, by area. Another language is another object of this type. */
export type Text = typeof en;

export const text: Text = en;
