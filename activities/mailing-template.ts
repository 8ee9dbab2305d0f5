import { moveMailing } from '../db/mailings.ts';
import { readTemplateById } from '../db/templates.ts';
import type { MailingPageWork } from './mailing.ts';

/**
 * Stops a mailing whose number or template cannot be used any more as it was checked. Templates are followed by the
 * sync; it is looked here, too, because a mailing may begin or be resumed after that. True: it has been stopped.
 */
export async function stopIfUnsendable({ mailing, held, dependencies }: MailingPageWork): Promise<boolean> {
  const isGone = mailing.connectionState === 'disconnecting' || mailing.connectionState === 'disconnected';
  const reason = isGone ? 'connection-gone' : await faultOfTemplate(dependencies.db, mailing);
  if (reason === undefined) return false;
  await moveMailing(dependencies.db, held, mailing.state as 'checking' | 'running', { state: 'stopped', reason });
  return true;
}

async function faultOfTemplate(
  db: MailingPageWork['dependencies']['db'],
  { templateId, isMarketing }: Pick<MailingPageWork['mailing'], 'templateId' | 'isMarketing'>,
): Promise<string | undefined> {
  if (templateId === null) return undefined;
  const template = await readTemplateById(db, templateId);
  if (!template || template.replacedAt !== null) return 'template-gone';
  if (template.status !== 'approved') return `template-${template.status.replaceAll('_', '-')}`;
  return (template.category === 'marketing') === isMarketing ? undefined : 'template-recategorised';
}
