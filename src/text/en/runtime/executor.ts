/** Messages about results of models, on any device. */
export const executorText = {
  /** @param name name of the values in the model */
  notFinite: (name: string) =>
    `The model produced NaN or infinite values (${name}). Its file may be damaged, or the device may be faulty.`,
};
