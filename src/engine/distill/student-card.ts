import { cardFormat } from '../../contract/model-card.ts';
import type { ModelCard } from '../../contract/model-card.ts';
import type { RecipeReport } from '../../contract/results.ts';
import { runtimeVersion } from '../../runtime/onnxruntime.ts';
import { version } from '../version.ts';
import type { StudentJob } from './student-task.ts';

/** Returns the card of a student, without classes and metrics. */
export function describeStudent(
  { request, teacher, blocks }: StudentJob,
  { start, kept }: RecipeReport,
): Omit<ModelCard, 'task' | 'classes' | 'metrics' | 'masks'> {
  const { mean, deviation } = teacher.model.normalization;
  const { depth, imageSize, channels } = teacher.model.architecture;
  return {
    format: cardFormat,
    versions: { understudy: version, onnxruntime: runtimeVersion },
    preprocessing: {
      imageSize,
      channels,
      framing: request.framing,
      preparation: request.preparation,
      resampling: 'bicubic, antialiased',
      range: '[0, 1]',
      mean: [...mean],
      deviation: [...deviation],
    },
    teacher: { name: teacher.name, sha256: teacher.sha256, blocks: depth },
    student: {
      blocks: [...blocks],
      skip: request.blocks ? null : request.skip,
      start: kept === 'copy' ? 'copy' : start,
      rank: request.rank,
      // Steps of the state that was kept.
      steps: typeof kept === 'number' ? kept : 0,
      seed: request.seed,
      weights: 'float32',
    },
  };
}

/** Returns the card of the untrained copy, of which only the head or decoder was trained. */
export function copyCard<Card extends ModelCard>(card: Card): Card {
  return { ...card, student: { ...card.student, start: 'copy', steps: 0 } };
}
