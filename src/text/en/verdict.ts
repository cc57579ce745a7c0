/** Texts on what a run delivered, the same in the window and on the command line. */
export const deliveryText = {
  /** Training that distinguishes the student from the untrained copy. */
  doer: {
    distilling: 'Distilling',
    fitting: 'Fitting the kept blocks',
    masks: 'Fine-tuning on the masks',
  },
  isCopy:
    'The student is the untrained copy: no trained state was as good on the validation images.',
  isEncoderCopy:
    'The encoder of the student is the untrained copy: no trained state was closer to the teacher.',
  isFitted:
    'The student is the fitted copy, the state before training: its blocks are adjusted to replace the skipped ones. Training did not improve it, so nothing was distilled.',
};
