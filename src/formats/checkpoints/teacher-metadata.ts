import type { z } from 'zod';
import { teacherOverrides } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import type { TensorFile } from './tensor-file.ts';
import { checkpointText } from '../../text/index.ts';

/** Key of the metadata entry in files that Understudy writes. */
export const teacherMetadataKey = 'understudy.encoder';

const properties = teacherOverrides.required();
/** Properties that cannot be inferred from weights. */
export type TeacherProperties = z.infer<typeof properties>;

/** A student's input is colour images, so it has no bands of its own. */
const encoderMetadata = properties.omit({ colourBands: true });
export type EncoderMetadata = z.infer<typeof encoderMetadata>;

/** Returns the metadata entry of a student's file, as JSON. */
export function teacherMetadata({ architecture, normalization }: VitModel): string {
  const { heads, epsilon, activation, pooling } = architecture;
  const { mean, deviation } = normalization;
  const metadata: EncoderMetadata = {
    heads,
    epsilon,
    activation,
    pooling,
    mean: [...mean],
    deviation: [...deviation],
  };
  return JSON.stringify(metadata);
}

/** @throws UserError 'invalid-file' if another program has changed it */
export function readMetadata({ path, metadata }: TensorFile): Partial<EncoderMetadata> {
  const text = metadata[teacherMetadataKey];
  if (text === undefined) return {};
  try {
    return encoderMetadata.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(
      'invalid-file',
      checkpointText.unreadableMetadata(path, teacherMetadataKey),
      String(error),
    );
  }
}
