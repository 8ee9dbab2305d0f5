import type { Role } from '../api/session.ts';

export const ROLES: readonly Role[] = ['admin', 'agent', 'viewer'];

/** A link that was just made, and for whom. */
export type MadeLink = { name: string; address: string; expiresAt: string };
