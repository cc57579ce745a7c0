import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import { stampOf } from '../../formats/open-images.ts';
import { openFileExecutor } from '../devices/open-executor.ts';
import { PhaseProgress, throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import { openModel } from '../model-file.ts';
import { skip } from '../raster-store.ts';
import { keepMask } from './kept-mask.ts';
import { OpenImages } from './open-images.ts';
import { predictionFingerprint, predictMask } from './predict-mask.ts';
import type { TileModel } from './predict-mask.ts';
import { tileModel } from './tile-model.ts';

export interface PredictImagesRequest {
  /** An exported student that outlines. */
  readonly model: string;
  readonly images: readonly (FoundImage & { readonly id: number })[];
  /** Where masks lie while they are made and until somebody takes them. */
  readonly folder: string;
}

/** A mask that is done, as `keepMask` has it; its values those of the model's classes. */
export interface MadeMask {
  readonly id: number;
  readonly file: string;
}

export interface PredictImagesOutcome {
  readonly problems: readonly ImageProblem[];
}

/**
 * Predicts the masks of images, one after the other; memory is bounded whatever their sizes (see `predictMask`). One
 * that was stopped goes on where it was.
 *
 * @param take told of each mask that is done; its file is then the taker's
 * @throws UserError where the model cannot be opened or does not outline, 'disk', and 'cancelled'
 */
export async function predictImages(
  { model: path, images, folder }: PredictImagesRequest,
  context: JobContext,
  take: (predicted: MadeMask) => void,
): Promise<PredictImagesOutcome> {
  const { card, form, graph } = await openModel(path, openFileExecutor());
  const open = new OpenImages(form.preparation, 0);
  try {
    if (card.task !== 'segmentation') {
      throw new UserError(
        'unsupported',
        `${path} names classes of whole images and outlines none.`,
      );
    }
    const model = tileModel(graph, form, card.classes.length);
    const { overlap } = card.masks;
    const mark = JSON.stringify(await stampOf(path));
    const problems: ImageProblem[] = [];
    const progress = new PhaseProgress(context, 'predict', images.length);
    for (const [index, image] of images.entries()) {
      throwIfCancelled(context);
      const place = { image, preparation: form.preparation, model: mark };
      try {
        const fingerprint = await predictionFingerprint(place);
        const file = join(folder, `${image.id}.mask`);
        await predictOne(model, image, open, {
          ...{ overlap, context, file },
          spool: { path: join(folder, `${image.id}.begun`), fingerprint },
          progress: (done, total) => {
            progress.advance(index + done / (total + 1));
          },
        });
        take({ id: image.id, file });
      } catch (error) {
        // No other image would fare better.
        if (error instanceof UserError && error.code === 'disk') throw error;
        problems.push(skip(image, error, context));
      }
      progress.advance(index + 1);
    }
    return { problems };
  } finally {
    await open.close();
    await graph.dispose();
  }
}

interface OnePrediction {
  readonly overlap: number;
  readonly context: JobContext;
  readonly file: string;
  readonly spool: { readonly path: string; readonly fingerprint: string };
  readonly progress: (done: number, total: number) => void;
}

async function predictOne(
  model: TileModel,
  image: FoundImage,
  open: OpenImages,
  { overlap, context: { signal }, file, spool, progress }: OnePrediction,
): Promise<void> {
  const mask = await open.use(image, (prepared) =>
    predictMask(model, prepared, { overlap, spool, signal, progress }),
  );
  try {
    await keepMask(file, mask, signal);
  } catch (error) {
    await mask.close();
    await rm(file, { force: true });
    throw error;
  }
  await mask.remove();
}
