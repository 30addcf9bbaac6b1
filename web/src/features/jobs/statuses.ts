import type { JobStatus } from '@/shared/api/types';

/** Apart from how they look: the address of the page, which every first visit can read, needs no more of them. */
export const statuses = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const satisfies JobStatus[];
