/** Text of estimated durations, dates and large numbers. */
export const amountText = {
  fewSeconds: 'a few seconds',
  aboutSeconds: (seconds: number) => `about ${seconds} s`,
  aboutMinutes: (minutes: number) => `about ${minutes} min`,
  aboutHours: (hours: number) => `about ${hours} h`,
  aboutHoursAndMinutes: (hours: number, minutes: number) => `about ${hours} h ${minutes} min`,
  today: 'today',
  yesterday: 'yesterday',
  daysAgo: (days: number) => `${days} days ago`,
  million: 'million',
  thousand: 'thousand',
  /** Replaces a percentage that would be rounded up to 100. */
  almostAll: 'more than 99.9',
};
