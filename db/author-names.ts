import { type EmployeeChoice, readDirectory } from './choices.ts';
import type { Database } from './database.ts';

/** Who wrote a message on our side: an employee ("user:5") of that account, or whoever called the API. */
type Authored = { planfixAccountId: string; planfixAuthor: string | null; requestedBy: string | null };
export type Author = { id: string; name: string | null };

/** For each of these messages who sent it, as far as that is known; names as they are now. */
export async function readAuthors(db: Database, messages: readonly Authored[]): Promise<(Author | null)[]> {
  const accounts = messages.filter(({ planfixAuthor }) => planfixAuthor !== null).map((one) => one.planfixAccountId);
  const employees = new Map<string, string>();
  for (const account of new Set(accounts)) {
    const items = ((await readDirectory(db, account, 'employees'))?.items ?? []) as EmployeeChoice[];
    for (const { ref, name } of items) employees.set(`${account} ${ref}`, name);
  }
  const callers = await readCallerNames(
    db,
    messages.flatMap(({ requestedBy }) => requestedBy ?? []),
  );
  return messages.map(({ planfixAccountId, planfixAuthor, requestedBy }) => {
    if (planfixAuthor !== null) {
      return { id: planfixAuthor, name: employees.get(`${planfixAccountId} ${planfixAuthor}`) ?? null };
    }
    return requestedBy === null ? null : { id: requestedBy, name: callers.get(requestedBy) ?? null };
  });
}

/** Names of operators and API keys, by what the audit calls them. */
async function readCallerNames(db: Database, actors: readonly string[]): Promise<Map<string, string>> {
  const idsOf = (kind: string) =>
    actors.flatMap((actor) => (actor.startsWith(`${kind}:`) ? [actor.slice(kind.length + 1)] : []));
  const names = new Map<string, string>();
  for (const [kind, table] of [
    ['operator', 'operator'],
    ['api-key', 'apiKey'],
  ] as const) {
    const ids = [...new Set(idsOf(kind))];
    if (ids.length === 0) continue;
    const rows = await db.selectFrom(table).where('id', 'in', ids).select(['id', 'name']).execute();
    for (const { id, name } of rows) names.set(`${kind}:${id}`, name);
  }
  return names;
}
