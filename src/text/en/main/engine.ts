/** Text about the engine, the background process of the window. */
export const engineText = {
  notStarted:
    'The engine could not be started with this workspace. Start it again, or open the log for details.',
  keepsStopping: 'The engine keeps stopping. Start it again, or open the log for details.',
  stopped: 'The engine stopped before it answered. Saved data is safe; try again.',
  notSent: (failure: string) => `The request could not be sent: ${failure}`,
  nodeMissing: ({ platform, architecture }: System) =>
    `Node.js is not installed for ${platform} on ${architecture}. Run npm install without --omit=optional.`,
};

interface System {
  readonly platform: string;
  readonly architecture: string;
}
