/**
 * Starts counting; the returned function gives the computing time of this process since, ms. Time on the clock would
 * include other programs.
 */
export function countWork(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}
