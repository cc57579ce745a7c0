/** Messages about requests of the window to the engine that it refuses. */
export const requestText = {
  unknown: 'Unknown request.',
  invalidParameters: (method: string) => `The request ${method} has invalid parameters.`,

  taskFixedByImages:
    'The task of a project that has images cannot be changed. Create a new project for another task.',
  taskFixedByRuns:
    'The task of a project that has runs cannot be changed. Create a new project for another task.',
};

/** Name of the sample as a project. */
export const sampleText = {
  projectName: (set: string) => `${set} (sample)`,
};
