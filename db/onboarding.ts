import type { Told } from '../workflows/domain/problem-findings.ts';
import type { Database } from './database.ts';
import { openProblem } from './problems.ts';

/** Undefined: there is no such connection in use. */
export async function readConnectionOnboarding(
  db: Database,
  connectionId: string,
): Promise<{ planfixAccountId: string } | undefined> {
  return db
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .where('state', 'in', ['connected', 'paused'])
    .select('planfixAccountId')
    .executeTakeFirst();
}

/** The phone app did not hand over its chats or contacts. */
export async function openProblemOfSync(
  db: Database,
  subject: { connectionId: string; planfixAccountId: string },
  told: Told & { reason: string },
): Promise<void> {
  await openProblem(db, { kind: 'business-app-sync', ...subject, ...told });
}
