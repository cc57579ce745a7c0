import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/core/errors.ts';
import { tensor } from '../../../src/core/tensor.ts';
import { openTensorFile } from '../../../src/formats/checkpoints/open-tensor-file.ts';
import {
  dict,
  floatStorage,
  legacyFile,
  made,
  tensorOf,
  torchEntries,
  zipOf,
} from '../../../src/formats/testing/torch-fixtures.ts';
import { encodeSafetensors } from '../../../src/formats/safetensors/safetensors.ts';
import type { Case } from './case.ts';

/** PyTorch checkpoints in all their forms, and safetensors. */

const goldens = join(import.meta.dirname, '..', '..', 'goldens', 'checkpoints');

const storage = floatStorage('0', [1, 2, 3, 4, 5, 6]);
const model = dict({
  model: dict({
    weight: tensorOf(storage, [2, 3]),
    transposed: tensorOf(storage, [3, 2], { strides: [1, 3] }),
    bias: tensorOf(storage, [2], { offset: 1 }),
  }),
  args: made('argparse', 'Namespace', [], dict({ model: 'vit', lr: 0.5, betas: [1, 2n ** 70n] })),
});
const weights = Buffer.concat([
  ...encodeSafetensors(
    new Map([
      ['a', tensor([2, 2], [1, 2, 3, 4])],
      ['b', tensor([3], [1, 2, 3])],
    ]),
  ),
]);

export function checkpointCases(): Case[] {
  const forms = ['lightning-zip', 'views-protocol-4', 'lightning-legacy', 'parameters-legacy'];
  const names = [...forms.map((name) => `${name}.pth`), 'script.pt'];
  const legacy = legacyFile(dict({ a: tensorOf(storage, [2, 3], { part: null }) }), [storage]);
  const index = Buffer.from(JSON.stringify({ weight_map: { a: 'part.bin', b: 'part.bin' } }));
  return [
    ...names.map((name) => checkpointCase(name, readFileSync(join(goldens, name)))),
    checkpointCase('archive', zipOf(torchEntries(model, [storage]))),
    checkpointCase('legacy', legacy),
    checkpointCase('safetensors', weights),
    { ...checkpointCase('index', index), form: 'text', beside: { 'part.bin': weights } },
    // The pickle in an archive, so that the archive reader does not notice the change first.
    ...([2, 4] as const).map((protocol) => pickleCase(protocol)),
  ];
}

function checkpointCase(name: string, content: Buffer): Case {
  const path = 'model.pth';
  return { name, path, form: 'bytes', content, read: (folder) => readAll(join(folder, path)) };
}

function pickleCase(protocol: 2 | 4): Case {
  const entries = torchEntries(model, [storage], protocol);
  const isPickle = ({ name }: { name: string }): boolean => name.endsWith('.pkl');
  const pickle = Buffer.from(entries.find(isPickle)?.data ?? []);
  return {
    ...checkpointCase(`pickle of protocol ${protocol}`, pickle),
    pack: (data) => zipOf(entries.map((entry) => (isPickle(entry) ? { ...entry, data } : entry))),
  };
}

/** Reads the tensors; a damaged one does not prevent reading the others. */
async function readAll(path: string): Promise<void> {
  const file = await openTensorFile(path);
  try {
    for (const name of file.tensors.keys()) {
      await file.read(name).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
      });
    }
  } finally {
    await file.close();
  }
}
