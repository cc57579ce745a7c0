import { tensor } from '../tensor.ts';
import type { Normalization } from './architecture.ts';
import { weightOf } from './weights.ts';
import type { VitModel } from './weights.ts';

/**
 * Adapts an encoder to images with another number of bands: an image whose bands are all equal gives the same
 * tokens as before. Fewer bands each take the mean of all former weights, additional bands take copies of them in turn.
 * If it is known which stored bands the new ones are, those keep their weights and the other weights are averaged over
 * the new ones.
 *
 * With x the stored bands, m and d their mean and deviation, w a patch embedding and b its bias, the embedding is
 * Σ_c w_c·(x_c − m_c)/d_c + b. For x_c = g this is g·Σ_c w_c/d_c − Σ_c w_c·m_c/d_c + b, and both sums are preserved.
 *
 * @param channels new number of bands
 * @param known stored band of each new one, counted from 0
 */
export function adaptBands(model: VitModel, channels: number, known?: readonly number[]): VitModel {
  const { architecture, weights, normalization } = model;
  const { channels: before, width, patchSize } = architecture;
  const isSame = known?.every((source, band) => source === band) ?? true;
  if (channels === before && isSame) return model;
  const area = patchSize * patchSize;
  const { data } = weightOf(weights, 'patch_embed.proj.weight');
  const adapted = new Float32Array(width * channels * area);
  const bias = Float64Array.from(weightOf(weights, 'patch_embed.proj.bias').data);
  const next = adaptNormalization(normalization, channels, known);
  const shares = sharesOf(before, channels, known);
  for (let output = 0; output < width; output++) {
    let shift = 0;
    for (let at = 0; at < area; at++) {
      for (let band = 0; band < channels; band++) {
        let slope = 0;
        for (const { source, share } of shares[band] ?? []) {
          const weight = data[(output * before + source) * area + at] ?? 0;
          slope += (share * weight) / (normalization.deviation[source] ?? 1);
        }
        const weight = slope * (next.deviation[band] ?? 1);
        adapted[(output * channels + band) * area + at] = weight;
        shift += slope * (next.mean[band] ?? 0);
      }
      for (let source = 0; source < before; source++) {
        const weight = data[(output * before + source) * area + at] ?? 0;
        shift -=
          (weight * (normalization.mean[source] ?? 0)) / (normalization.deviation[source] ?? 1);
      }
    }
    bias[output] = (bias[output] ?? 0) + shift;
  }
  return {
    architecture: { ...architecture, channels },
    normalization: next,
    weights: new Map([
      ...weights,
      ['patch_embed.proj.weight', tensor([width, channels, patchSize, patchSize], adapted)],
      ['patch_embed.proj.bias', tensor([width], Float32Array.from(bias))],
    ]),
  };
}

/** Normalisation of the known bands; otherwise the mean of all if there are fewer bands now, or copies in turn. */
export function adaptNormalization(
  { mean, deviation }: Normalization,
  channels: number,
  known?: readonly number[],
): Normalization {
  const adapt = (values: readonly number[]): number[] => {
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Array.from({ length: channels }, (_, band) =>
      channels < values.length && known === undefined
        ? average
        : (values[known?.[band] ?? band % values.length] ?? average),
    );
  };
  return { mean: adapt(mean), deviation: adapt(deviation) };
}

/** Stored bands that make up each new one, with their shares, which sum to 1 over all new ones for each stored band. */
function sharesOf(
  before: number,
  channels: number,
  known?: readonly number[],
): readonly (readonly { readonly source: number; readonly share: number }[])[] {
  const all = Array.from({ length: before }, (_, source) => source);
  if (known !== undefined) {
    const others = all
      .filter((source) => !known.includes(source))
      .map((source) => ({ source, share: 1 / channels }));
    return known.map((source) => [{ source, share: 1 }, ...others]);
  }
  return Array.from({ length: channels }, (_, band) => {
    if (channels < before) return all.map((source) => ({ source, share: 1 / channels }));
    const source = band % before;
    const copies = Math.ceil((channels - source) / before);
    return [{ source, share: 1 / copies }];
  });
}
