import { type ChannelAccountKey, ensureChannelAccount } from '../../db/channel-accounts.ts';
import type { Database } from '../../db/database.ts';
import { type ReadTemplate, storeTemplates } from '../../db/template-sync.ts';
import type { TemplateComponents } from '../../workflows/domain/template-definition.ts';

/** An approved template with two numbered placeholders, where nothing else is said. */
export const aTemplate = (
  more: Partial<Omit<ReadTemplate, 'components'>> & { components?: Partial<TemplateComponents> } = {},
): ReadTemplate => ({
  id: '1689556908129832',
  name: 'order_ready',
  language: 'en_US',
  category: 'utility',
  status: 'approved',
  parameterFormat: 'positional',
  ...more,
  components: { body: { text: 'Your order {{1}} is ready on {{2}}.' }, buttons: [], ...more.components },
});

const DAY_MS = 24 * 60 * 60_000;

/** The account's templates are these and no others, as if they had just been read. */
export async function knowTemplates(
  db: Database,
  account: ChannelAccountKey,
  templates: readonly ReadTemplate[],
): Promise<Awaited<ReturnType<typeof storeTemplates>> & { channelAccountId: string }> {
  const { id } = await db.transaction().execute((trx) => ensureChannelAccount(trx, account));
  // A reading that began later than any other.
  const stored = await storeTemplates(db, { id, startedAt: new Date(Date.now() + 1) }, templates, DAY_MS);
  return { ...stored, channelAccountId: id };
}
