import { about } from './en/about.ts';
import { catalogueText } from './en/steps/catalogue.ts';
import { common } from './en/common.ts';
import { distilText } from './en/steps/distil.ts';
import { endedText } from './en/ended.ts';
import { exportText } from './en/steps/export.ts';
import { files } from './en/files.ts';
import { frame } from './en/frame.ts';
import { images } from './en/steps/images.ts';
import { keysText } from './en/keys.ts';
import { labels } from './en/steps/labels.ts';
import { masksIn } from './en/steps/masks-in.ts';
import { masks } from './en/masks.ts';
import { outlines } from './en/steps/outlines.ts';
import { labelExportText } from './en/steps/label-export.ts';
import { predicting } from './en/predicting.ts';
import { preparation } from './en/steps/preparation.ts';
import { project } from './en/steps/project.ts';
import { resultMasks } from './en/steps/result-masks.ts';
import { resultText } from './en/steps/result.ts';
import { review } from './en/steps/review.ts';
import { skipText } from './en/steps/skip.ts';
import { start } from './en/steps/start.ts';
import { teacherText } from './en/steps/teacher.ts';
import { testSetText } from './en/steps/test-set.ts';
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

/** Text of the window by area. A translation is another object of this type. */
export type Text = typeof en;

export const text: Text = en;
