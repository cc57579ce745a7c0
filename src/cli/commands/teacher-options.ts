import type { TeacherOverrides } from '../../contract/jobs.ts';
import type { OptionSpec } from '../options/option-table.ts';

const group = 'If the teacher is not read as it should be';

/** Options for what a checkpoint does not say. */
export const overrideOptions: Record<keyof TeacherOverrides, OptionSpec> = {
  heads: { flags: '--heads <n>', help: 'attention heads of a block', group },
  epsilon: { flags: '--epsilon <x>', help: 'epsilon of its layer norms', group },
  activation: { flags: '--activation <name>', help: 'activation in its MLPs', group },
  pooling: { flags: '--pooling <name>', help: 'where the features of an image are taken', group },
  mean: { flags: '--mean <a,b,c>', help: 'mean of each channel, for pixels in [0, 1]', group },
  deviation: { flags: '--std <a,b,c>', help: 'standard deviation of each channel', group },
  colourBands: {
    flags: '--teacher-bands <list>',
    help: 'which of the bands that it was trained on see red, green and blue of the images, or the bands that --bands chooses, in that order, counted from 1; all others see the mean of those',
    group,
  },
};
