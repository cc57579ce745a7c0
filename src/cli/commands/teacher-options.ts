import type { TeacherOverrides } from '../../contract/jobs.ts';
import type { OptionSpec } from '../options/option-table.ts';

const group = 'Corrections, if Understudy infers properties of the teacher wrongly';

/** Options for properties that a checkpoint does not state. */
export const overrideOptions: Record<keyof TeacherOverrides, OptionSpec> = {
  heads: { flags: '--heads <n>', help: 'number of attention heads per block', group },
  epsilon: { flags: '--epsilon <x>', help: 'epsilon of the layer norms', group },
  activation: { flags: '--activation <name>', help: 'activation function of the MLPs', group },
  pooling: {
    flags: '--pooling <name>',
    help: 'source of the features of an image: its class token, or the mean of its patches',
    group,
  },
  mean: {
    flags: '--mean <a,b,c>',
    help: 'mean that is subtracted from each channel, for pixels in [0, 1]',
    group,
  },
  deviation: {
    flags: '--std <a,b,c>',
    help: 'standard deviation that each channel is divided by',
    group,
  },
  colourBands: {
    flags: '--teacher-bands <list>',
    help: "for teachers of more than three bands: which of the teacher's bands, counted from 1, receive the red, green and blue of the images (or the bands of --bands), in this order; its other bands receive the mean of these",
    group,
  },
};
