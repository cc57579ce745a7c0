/**
 * Begins to count; what it returns tells how long this process has computed since, ms. Time on the clock would be other
 * programs' too.
 */
export function countWork(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}
