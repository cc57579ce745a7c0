import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeTeacher } from '../../../src/formats/checkpoints/read-teacher.ts';
import { csvText } from '../../../src/formats/labels/csv-text.ts';
import { findImages } from '../../../src/formats/image-folder.ts';
import { findLabelFiles, readLabelFile } from '../../../src/formats/labels/label-file.ts';
import { findLabelList } from '../../../src/formats/masks/paired/find-list.ts';
import type { Case } from './case.ts';

/** Tables of labels, lists of classes and the configurations of teachers. */

const goldens = join(import.meta.dirname, '..', '..', 'goldens');

export function labelCases(): Case[] {
  return [...tableCases(), ...listCases(), ...teacherCases()];
}

/** Files that are recognised only by their names. */
const images = {
  'one.png': Buffer.alloc(0),
  'folder/two é.png': Buffer.alloc(0),
  '3.dcm': Buffer.alloc(0),
};

function tableCases(): Case[] {
  const rows = [
    ['path', 'label', 'split', 'group'],
    ['one.png', 'cat', 'train', 'p1'],
    ['folder/two é.png', 'dog|cat', 'test', '=1+1'],
    ['3.dcm', '-', '', 'p "2"'],
    ['missing.png', "'-", 'train', 'a;b'],
  ];
  const tabs = rows.map((row) => row.slice(0, 2).join('\t')).join('\n');
  const semicolons = `\ufeff${rows.map((row) => row.slice(0, 3).join(';')).join('\r\n')}`;
  return Object.entries({
    'labels.csv': csvText(rows),
    'labels.tsv': tabs,
    'excel.csv': semicolons,
  }).map(([path, text]) => ({
    name: path,
    ...{ path, form: 'text', content: Buffer.from(text), beside: images },
    read: async (folder) => {
      await findLabelFiles(folder);
      await readLabelFile(join(folder, path), folder, await findImages(folder));
    },
  }));
}

function listCases(): Case[] {
  return Object.entries({
    'classes.txt': 'background\nroad\n2: car #ff8000\n255 ignore\n',
    'labelmap.txt': '# label:color_rgb:parts:actions\nbackground:0,0,0::\nroad:128,64,0:a,b:c\n',
    'class_dict.csv': 'name,r,g,b\nroad,1,2,3\ncar,4,5,6\n',
    'label_colors.txt': '64 128 64\tAnimal\n192 0 128 car\n',
    'dataset.json':
      '{"channel_names":{"0":"CT"},"labels":{"background":0,"tumour":1,"both":[1,3]},"ignore":4}',
  }).map(([path, text]) => ({
    name: path,
    ...{ path, form: 'text', content: Buffer.from(text) },
    read: async (folder) => {
      await findLabelList([folder], folder);
    },
  }));
}

/** Weights with a configuration next to them. */
const teachers = [
  ['hf-clip', 'config.json'],
  ['hf-dinov2-registers', 'config.json'],
  ['hf-siglip', 'config.json'],
  ['timm-deit', 'config.json'],
  ['open-clip', 'open_clip_config.json'],
] as const;

const preprocessor = JSON.stringify({
  ...{ do_normalize: true, do_rescale: true, rescale_factor: 1 / 255 },
  ...{ image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] },
});

function teacherCases(): Case[] {
  const folderOf = (name: string): string => join(goldens, 'naming', name);
  const weightsOf = (name: string): Buffer =>
    readFileSync(join(folderOf(name), 'model.safetensors'));
  const teacherCase = (name: string, path: string, content: Buffer, more = {}): Case => ({
    name: `${name} ${path}`,
    ...{ path, form: 'text', content, beside: { 'model.safetensors': weightsOf(name), ...more } },
    read: async (folder) => {
      await describeTeacher(join(folder, 'model.safetensors'));
      await describeTeacher(folder);
    },
  });
  return [
    ...teachers.map(([name, path]) =>
      teacherCase(name, path, readFileSync(join(folderOf(name), path))),
    ),
    teacherCase('hf-siglip', 'preprocessor_config.json', Buffer.from(preprocessor), {
      'config.json': readFileSync(join(folderOf('hf-siglip'), 'config.json')),
    }),
  ];
}
