import type { components } from '@/shared/api/schema';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type Key = Schemas['Key'];
export type NewKey = Schemas['CreateKeyOutputBody'];
export type Scope = 'generate' | 'read' | 'write';
export type Identity = Schemas['Identity'];
export type Subscription = Schemas['Subscription'];
