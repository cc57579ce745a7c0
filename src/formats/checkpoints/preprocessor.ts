import { z } from 'zod';
import { flippedChannels, unknownPreparation } from './configurations/image-processors.ts';
import type { Collected } from './configuration-facts.ts';
import { teacherNotes } from '../../text/index.ts';

const band = z.number().min(-1e6).max(1e6);
/** List with one number per band. */
export const bands = z.array(band).min(1).max(64);

/** Fields read from `preprocessor_config.json`, or from `image_processor` in `processor_config.json`. */
export const preprocessorConfig = z.object({
  do_normalize: z.boolean().nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().positive().max(1).nullish(),
  image_mean: z.union([band, bands]).nullish(),
  image_std: z.union([band, bands]).nullish(),
});

/**
 * Reads the image preparation of a transformers model. A file with an unknown step is ignored, and mean
 * and standard deviation become a guess.
 *
 * @param json the whole file
 * @param channels number of bands that a single number applies to
 * @param file its name, for messages
 */
export function addPreprocessor(
  collected: Collected,
  json: Readonly<Record<string, unknown>>,
  config: z.infer<typeof preprocessorConfig>,
  channels: number,
  file: string,
): void {
  const flipped = flippedChannels(json);
  if (flipped !== undefined) collected.sayOtherOrder(flipped, file);
  const unknown = flipped ?? unknownPreparation(json);
  if (unknown !== undefined) {
    collected.sayOtherImages(unknown, file);
    return;
  }
  const { image_mean: mean, image_std: deviation } = config;
  const aBand = (value: number | number[] | null | undefined): number[] | null | undefined =>
    typeof value === 'number' ? Array.from({ length: channels }, () => value) : value;
  // Factor that scales pixels from 0 to 255 to the scale of the mean.
  const factor = config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255);
  if (config.do_normalize === false) {
    collected.sayNormalization(aBand(0), aBand(1), 255 * factor, `${file}, do_normalize`);
    return;
  }
  const where = `${file}, image_mean`;
  if (config.do_rescale === false) {
    const largest = Math.max(...[deviation ?? []].flat());
    if (largest > 0 && largest <= 1) {
      // Deviation is larger than that of pixels from 0 to 255: they were scaled before, in an unknown way.
      collected.sayOtherImages(teacherNotes.smallDeviation(largest), file);
      return;
    }
    if (collected.sayStoredNormalization(aBand(mean), aBand(deviation), where)) return;
  }
  collected.sayNormalization(aBand(mean), aBand(deviation), 255 * factor, where);
}
