/** Messages common to all jobs. */
export const jobText = {
  stopped: 'Stopped.',
  /** @param message first line of the error */
  defect: (message: string) => `Something went wrong inside Understudy: ${message}`,
};
