import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '@/shared/api/client';

// Other tabs, other devices and programs change these, so they are asked for
// anew whenever they are looked at.
const staleTime = 0;

export const sessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/users/me/sessions', { signal })),
  staleTime,
});

export const keysQuery = queryOptions({
  queryKey: ['account', 'keys'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/users/me/keys', { signal })),
  staleTime,
});

export const identitiesQuery = queryOptions({
  queryKey: ['account', 'identities'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/users/me/identities', { signal })),
  staleTime,
});

export const subscriptionQuery = queryOptions({
  queryKey: ['account', 'subscription'],
  queryFn: ({ signal }) => answer(api.GET('/api/v1/users/me/subscription', { signal })),
  staleTime,
});
