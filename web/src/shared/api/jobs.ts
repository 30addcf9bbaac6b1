/** The beginning of the cache keys of all lists of jobs: whatever changes a job makes them ask anew. */
export const jobsKey = ['jobs'] as const;
