import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../../core/errors.ts';
import type { FoundImage, ImageProblem } from '../../../../formats/labels/labelled-images.ts';
import { stampOf } from '../../../../formats/open-images.ts';
import { openFileExecutor } from '../../../devices/open-executor.ts';
import { PhaseProgress, throwIfCancelled } from '../../../job.ts';
import type { JobContext } from '../../../job.ts';
import { openModel } from '../../../models/model-file.ts';
import { skip } from '../../../images/raster-store.ts';
import { writeMaskFile } from '../data/mask-file.ts';
import { OpenImages } from '../../../images/open-images.ts';
import { predictionFingerprint, predictMask } from './predict-mask.ts';
import type { TileModel } from './predict-mask.ts';
import { tileModel } from './tile-model.ts';
import { predictText } from '../../../../text/index.ts';

export interface PredictImagesRequest {
  /** File of an exported segmentation student. */
  readonly model: string;
  readonly images: readonly (FoundImage & { readonly id: number })[];
  /** Folder for masks in progress, and for finished masks until the caller takes them. */
  readonly folder: string;
}

/** A finished mask file as `writeMaskFile` writes it, with the values of the model's classes. */
export interface MadeMask {
  readonly id: number;
  readonly file: string;
}

export interface PredictImagesOutcome {
  readonly problems: readonly ImageProblem[];
}

/**
 * Predicts the masks of images, one after the other; memory is bounded whatever their sizes (see `predictMask`). An
 * interrupted mask is continued.
 *
 * @param take called with each finished mask, whose file it then owns
 * @throws UserError if the model cannot be opened or is not for segmentation, 'disk', and 'cancelled'
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
      throw new UserError('unsupported', predictText.notSegmentation(path));
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
          overlap,
          context,
          file,
          spool: { path: join(folder, `${image.id}.begun`), fingerprint },
          progress: (done, total) => {
            progress.advance(index + done / (total + 1));
          },
        });
        take({ id: image.id, file });
      } catch (error) {
        // A disk error affects all images.
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
    await writeMaskFile(file, mask, signal);
  } catch (error) {
    await mask.close();
    await rm(file, { force: true });
    throw error;
  }
  await mask.remove();
}
