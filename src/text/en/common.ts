/** Text common to all layers. */
export const commonText = {
  stopped: 'Stopped.',
  unknownError: 'An unknown error occurred.',
  /** @param message first line of the error */
  defect: (message: string) => `Something went wrong inside Understudy: ${message}`,
};
